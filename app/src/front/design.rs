//! The page that shows every component in all its states, to administrators. Its words are made up.

use leptos::prelude::*;

use crate::access::account::Permission;
use crate::access::page::page;
use crate::ui::{
    BarChart, Confirm, DefList, DiffText, Empty, Field, FilterBar, Form, HeardBlock, Help, LineChart, Notice, PageHead, Pager, Pick,
    Progress, Reply, ReplyLook, RowMenu, Search, SegBadge, Select, Series, StateBadge, Strip, Submit, Tabs, TextArea, Th, Tick, Tile, Tone,
};

pub fn design() -> impl IntoView {
    page("Components", Permission::ManageAccounts, |_| async {
        Ok(view! {
            <PageHead title="Components" sub="Every part of a page, in every state. Light or dark follows the system." crumbs=vec![("/".into(), "Today".into())]>
                <a class="btn" href="#forms">"Forms"</a>
                <button class="btn-1" type="button">"The main thing"</button>
            </PageHead>
            <div class="stack-l">
                <Badges/>
                <Signature/>
                <Lists/>
                <Forms/>
                <Numbers/>
                <Others/>
            </div>
        }
        .into_any())
    })
}

#[component]
fn Badges() -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Segments and states"</h2>
            <div class="row wrap">
                <SegBadge class="ranter" label="Ranter"/>
                <SegBadge class="raver" label="Raver"/>
                <SegBadge class="apathetic" label="Apathetic"/>
                <SegBadge label="No items yet"/>
            </div>
            <div class="row wrap">
                <StateBadge label="planned"/>
                <StateBadge tone=Tone::Live label="live"/>
                <StateBadge tone=Tone::Good label="delivered"/>
                <StateBadge tone=Tone::Warn label="due soon"/>
                <StateBadge tone=Tone::Bad label="overdue 4 days"/>
                <span class="tag">"hand-over"</span>
            </div>
            <div class="row wrap">
                <button class="btn-1" type="button">"Save"</button>
                <button type="button">"Preview"</button>
                <button class="btn-danger" type="button">"Withdraw"</button>
                <button class="btn-quiet" type="button">"Cancel"</button>
                <button type="button" disabled>"Not now"</button>
                <span>"or "<button class="btn-link" type="button">"inside a sentence"</button></span>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Signature() -> impl IntoView {
    let edge = || {
        view! {
            <SegBadge class="ranter" label="Ranters 8"/>
            <SegBadge class="raver" label="Raver 1"/>
            <span class="push"><StateBadge tone=Tone::Warn label="due 30 Sep"/></span>
        }
        .into_any()
    };
    let by =
        || view! { "Nine people, in " <a href="#signature">"Support when something breaks"</a> " · 14 notes · 41 mentions" }.into_any();
    view! {
        <section class="stack" id="signature">
            <h2>"We heard, and what we answered"</h2>
            <div class="cols-2">
                <div class="card">
                    <HeardBlock text="Offended by upsell while trying to get support." href="#signature" edge=edge() by=by() level=3>
                        <Reply
                            label="Dell · commitment, version 2"
                            before="We are increasing audits of support agents and call monitoring so that no one is offered a sale before the problem is solved."
                            text="We are increasing audits of support agents and call monitoring so that no one is offered a sale before the problem is solved, and will publish the audit result each quarter."
                            small="Owner: head of support quality · due 30 Sep · published 21 Jul · reworded 2 Sep: “panel asked how they would know”"
                        />
                    </HeardBlock>
                    <HeardBlock text="Recycling my old machine took three calls." level=3>
                        <Reply look=ReplyLook::Done label="Dell · kept" text="One form now books the pick-up. In August 1,204 people used it; the median wait was two days."/>
                        <div class="ask" role="group" aria-label="Does this answer you?">
                            <button type="button" aria-pressed="true">"Yes"</button>
                            <button type="button" aria-pressed="false">"Partly"</button>
                            <button type="button" aria-pressed="false">"Not what I said"</button>
                            <button type="button" aria-pressed="false">"Still broken"</button>
                        </div>
                    </HeardBlock>
                </div>
                <div class="card">
                    <HeardBlock text="I repeat my story at every hand-over." level=3>
                        <Reply look=ReplyLook::Draft label="Draft" text="Second-line agents will see the chat history." small="In review since 2 days"/>
                    </HeardBlock>
                    <HeardBlock text="Ship without a pre-installed trial of anything." level=3>
                        <Reply look=ReplyLook::Declined label="Dell · declined: cost" text="The trials lower the price of entry models. We now say so in the shop, and the business line ships without them."/>
                    </HeardBlock>
                    <HeardBlock text="Tell me which colour actually ships this month." level=3>
                        <Reply look=ReplyLook::None label="" text="No owner yet, for 8 days."/>
                    </HeardBlock>
                </div>
            </div>
            <p>"A change on its own: "<DiffText before="Due in May, in Texas only." after="Due in June, in all states."/></p>
        </section>
    }
    .into_any()
}

#[component]
fn Lists() -> impl IntoView {
    let tabs = vec![
        ("/design".into(), "All".into(), Some(38)),
        ("/design?open".into(), "Waiting".into(), Some(3)),
        ("/design?kept".into(), "Kept".into(), None),
    ];
    view! {
        <section>
            <h2>"Lists"</h2>
            <Tabs label="Views" current="/design" tabs/>
            <FilterBar>
                <Search/>
                <Pick name="unit" label="Unit" options=vec![("support".into(), "Support".into()), ("product".into(), "Product".into())]/>
                <Pick name="state" label="Status" options=vec![("overdue".into(), "Overdue".into())]/>
            </FilterBar>
            <div class="card">
                <table class="list">
                    <thead>
                        <tr>
                            <Th label="We heard"/>
                            <Th label="People" sort="people" n=true/>
                            <Th label="Unit" sort="unit"/>
                            <Th label="Status"/>
                        </tr>
                    </thead>
                    <tbody>{sample_rows()}</tbody>
                </table>
            </div>
            <Pager count=138 one="item" many="items" csv="/design"/>
            <div class="cols-2">
                <div class="card">
                    <Empty title="Nothing was heard yet" text="Items are made from the notes of a session. Open one, choose notes, and put them in the panel’s words.">
                        <a class="btn btn-1" href="#lists">"Open the notes"</a>
                    </Empty>
                </div>
                <div class="card">
                    <Empty title="Nothing matches" text="No item fits all of these filters."><a class="btn" href="?">"Show all"</a></Empty>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn sample_rows() -> impl IntoView {
    let items: [(&str, &str, &str, Tone, &str); 4] = [
        ("Offended by upsell while trying to get support", "9", "Support", Tone::Warn, "due soon"),
        ("I repeat my story at every hand-over", "11", "Support", Tone::Bad, "overdue 4 days"),
        ("Recycling my old machine took three calls", "4", "Sustainability", Tone::Good, "delivered"),
        ("Ship without a pre-installed trial of anything", "6", "Product", Tone::Plain, "declined"),
    ];
    items
        .into_iter()
        .enumerate()
        .map(|(row, (text, people, unit, tone, state))| {
            view! {
                <tr class:sel=row == 0>
                    <td><a class="q" href="#signature">{text}</a></td>
                    <td class="n" data-label="People">{people}</td>
                    <td data-label="Unit">{unit}</td>
                    <td data-label="Status"><StateBadge tone label=state/></td>
                </tr>
            }
        })
        .collect_view()
}

#[component]
fn Forms() -> impl IntoView {
    let topics = || vec![("support".into(), "Support".into()), ("buying".into(), "Buying".into())];
    view! {
        <section class="stack" id="forms">
            <h2>"Forms"</h2>
            <div class="cols-2">
                <Form act="design" class="card pad">
                    <Field name="title" label="Title" hint="As the panel will read it." value="Support when something breaks"/>
                    <div class="pair">
                        <Field name="day" label="Day" kind="date" value="2010-06-15"/>
                        <Field name="from" label="From" kind="time" value="10:30"/>
                    </div>
                    <Select name="topic" label="Topic" options=topics()/>
                    <TextArea name="words" label="In the panel’s words" serif=true value="Offended by upsell while trying to get support."/>
                    <Tick name="separate" label="Keep this cohort to itself" hint="Ranters and ravers do not meet." ticked=true/>
                    <div class="row wrap">
                        <Submit main=true label="Save"/>
                        <a href="#forms">"Cancel"</a>
                    </div>
                </Form>
                {refused_form()}
            </div>
            <div class="row wrap">
                <Confirm label="Lock the notes">
                    <p>"No one can add or change notes of this session afterwards. Unlocking asks for a reason."</p>
                    <button type="button">"Lock 34 notes"</button>
                </Confirm>
                <RowMenu of="Ada Lovelace">
                    <a href="#forms">"Change the email address"</a>
                    <button type="button">"Remove from shortlist"</button>
                </RowMenu>
                <span>"Segment" <Help term="segment"/></span>
                <Confirm danger=true label="Undo this import">
                    <p>"1,204 mentions and 310 authors that only came with it are removed."</p>
                    <button class="btn-danger" type="button">"Undo the import"</button>
                </Confirm>
            </div>
        </section>
    }
    .into_any()
}

/// A form as it comes back when it was refused.
fn refused_form() -> impl IntoView {
    view! {
        <form class="form card pad" method="post">
            <div class="error-summary" role="group" aria-label="What a refused form says">
                <strong>"This was not saved yet"</strong>
                <ul><li>"The due date is before today."</li></ul>
            </div>
            <div class="field wrong">
                <label for="design-due">"Due"</label>
                <small id="design-due-hint">"The day by which the panel may expect it."</small>
                <p class="field-error" id="design-due-error">"The due date is before today."</p>
                <input id="design-due" type="date" value="2010-06-01" aria-invalid="true" aria-describedby="design-due-hint design-due-error"/>
            </div>
            <fieldset class="choices">
                <legend>"How may we quote you?"</legend>
                <label><input type="radio" name="quote" checked/>"Not at all"</label>
                <label><input type="radio" name="quote"/>"Without my name"</label>
                <label><input type="radio" name="quote"/>"With my name"</label>
            </fieldset>
            <div class="drop">
                <label for="design-file">"Listening export"</label>
                <small>"CSV, with any column names."</small>
                <input id="design-file" type="file"/>
            </div>
        </form>
    }
}

#[component]
fn Numbers() -> impl IntoView {
    let bars =
        vec![Series::bar("Ranters", "ranter", 412.0), Series::bar("Ravers", "raver", 268.0), Series::bar("Apathetics", "apathetic", 57.0)];
    let lines = vec![
        Series { label: "Ranters".into(), class: "ranter", values: vec![30.0, 34.0, 41.0, 38.0, 22.0], ..Series::default() },
        Series { label: "Ravers".into(), class: "raver", values: vec![12.0, 15.0, 14.0, 21.0, 25.0], ..Series::default() },
    ];
    let months = ["January", "February", "March", "April", "May"].map(str::to_owned).to_vec();
    view! {
        <section class="stack">
            <h2>"Numbers"</h2>
            <div class="tiles">
                <Tile label="Items" value="38" note="from 212 notes, 29 people" href="#signature"/>
                <Tile label="Answered" value="31" note="median 6 working days"/>
                <Tile label="Promises kept" value="9 of 14" tone=Tone::Good note="2 slipped, by 12 days"/>
                <Tile label="Waiting for an owner" value="3" tone=Tone::Bad note="oldest 8 days"/>
            </div>
            <div class="cols-2">
                <div class="card pad"><BarChart title="Authors by segment" sub="CAP Days US 2010, January to May" unit="Authors" bars/></div>
                <div class="card pad"><LineChart title="Mentions a day" sub="Mean of each month" x=months lines/></div>
                <div class="card pad stack">
                    <Progress label="Reading rows" noun="rows" done=9_120 of=14_363/>
                    <Progress label="Sending reports" noun="sent" tone=Tone::Good done=15 of=15/>
                    <Strip parts=vec![("good", 3, "done".into()), ("accent", 2, "promised".into()), ("plain", 1, "declined".into())]/>
                </div>
                <div class="card pad">
                    <DefList rows=vec![
                        ("Sponsor", "Head of customer experience".into()),
                        ("Place", "Round Rock, Texas".into()),
                        ("Lawful basis", "Legitimate interest: reading what customers say in public about what they bought".into()),
                    ]/>
                </div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Others() -> impl IntoView {
    view! {
        <section class="stack">
            <h2>"Words around the work"</h2>
            <p class="flash" role="note">"The report is final. 15 copies wait to be sent."</p>
            <Notice>"Sessions are shown in the time of Round Rock, Texas."</Notice>
            <Notice tone=Tone::Warn>"No mail server is set up: email waits in the outbox."</Notice>
            <Notice tone=Tone::Bad>"Three rows could not be read. "<a href="#lists">"Download them"</a></Notice>
            <div class="cols-2">
                <div class="card pad">
                    <ol class="trail">
                        <li>"41 mentions from 9 authors, January to May " <a href="#signature">"open"</a></li>
                        <li>"14 notes in 2 sessions, 5 quoted word for word"</li>
                        <li class="done">"Promise published 21 July, version 2 on 2 September"</li>
                    </ol>
                </div>
                <div class="card pad stack">
                    <ul class="seat">
                        <li><b class="ranter">"MO"</b></li>
                        <li><b class="raver">"JL"</b></li>
                        <li><b class="apathetic">"PD"</b></li>
                        <li><b class="quiet">"TK"</b></li>
                    </ul>
                    <details class="more">
                        <summary>"More"</summary>
                        <p>"Details that most people do not need are folded."</p>
                    </details>
                    <p class="row wrap"><span><kbd>"/"</kbd>" speaker"</span><span><kbd>"Enter"</kbd>" save"</span></p>
                </div>
            </div>
            <div class="board" role="group" aria-label="Board" tabindex="0">
                <div class="column">
                    <h3 class="row">"Waiting for an owner"<span class="count push">"1"</span></h3>
                    <div class="ticket"><a class="quote" href="#signature">"Tell me which colour actually ships this month"</a><StateBadge tone=Tone::Bad label="8 days"/></div>
                </div>
                <div class="column">
                    <h3 class="row">"Promised"<span class="count push">"1"</span></h3>
                    <div class="ticket"><a class="quote" href="#signature">"Offended by upsell while trying to get support"</a><StateBadge tone=Tone::Warn label="due soon"/></div>
                </div>
                <div class="column">
                    <h3 class="row">"Kept"<span class="count push">"1"</span></h3>
                    <div class="ticket"><a class="quote" href="#signature">"Recycling my old machine took three calls"</a><StateBadge tone=Tone::Good label="delivered"/></div>
                </div>
            </div>
        </section>
    }
    .into_any()
}
