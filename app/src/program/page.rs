//! `/programs`, and one program with its charter and its panel days.

use leptos::prelude::*;

use super::{Charter, Program, Segment, branding, rules, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock;
use crate::kernel::error::Error;
use crate::kernel::fold::Needle;
use crate::kernel::ids::ProgramId;
use crate::program::day::{self, PanelDay};
use crate::ui::{
    DefList, Empty, Field, FilterBar, Form, Help, Hidden, Notice, PageHead, Pager, Search, Submit, TextArea, Tone, count, param, query,
    refused,
};

/// Colour, shape and word of a segment; "Mixed" for a day without one.
pub fn chip(segment: Option<Segment>) -> impl IntoView {
    match segment {
        Some(segment) => view! { <span class=format!("seg {}", segment.as_str())>{segment.label()}</span> },
        None => view! { <span class="seg none".to_owned()>"Mixed"</span> },
    }
}

/// `/programs`.
pub fn programs() -> impl IntoView {
    page("Programs", Permission::SeeProgram, |cx| async move {
        let mut tx = cx.db.read().await?;
        let needle = query("q").unwrap_or_default();
        let all = store::list(&mut tx).await?;
        let days = day::store::list(&mut tx).await?;
        let total = all.len();
        let shown = search(all, &needle);
        let may_edit = cx.actor.scope(Permission::EditProgram).is_some();
        let (none, found) = (shown.is_empty(), i64::try_from(shown.len()).unwrap_or(i64::MAX));
        let has_market = shown.iter().any(|program| !program.charter.market.is_empty());
        let rows = shown
            .into_iter()
            .map(|program| {
                let held = days.iter().filter(|day| day.program_id == program.id).count();
                let charter = program.charter;
                view! {
                    <tr>
                        <td><a href=format!("/programs/{}", program.id) dir="auto">{charter.name}</a> <small dir="auto">{charter.purpose}</small></td>
                        <td data-label="Organisation" dir="auto">{charter.organisation}</td>
                        {has_market.then(|| view! { <td data-label="Market" dir="auto">{charter.market}</td> })}
                        <td data-label="Language">{charter.language}</td>
                        <td data-label="Panel days" class="n">{held}</td>
                    </tr>
                }
            })
            .collect_view();
        let creating = total == 0 || refused("create") || query("new").is_some();
        Ok(view! {
            <PageHead title="Programs" sub="A program is one customer advisory panel: its charter, mentions, panel days and reports.">
                {(may_edit && !creating).then(|| view! { <a class="btn btn-1" href="?new=1#new">"Create program"</a> })}
            </PageHead>
            {(may_edit && creating).then(|| view! {
                <section class="card pad stack" id="new">
                    <h2>"Create program"</h2>
                    {charter_form(None)}
                </section>
            })}
            {(total > 0 && query("new").is_none()).then(|| view! { <FilterBar><Search label="Search programs"/></FilterBar> })}
            {none.then(|| none_shown(total, may_edit))}
            {(!none).then(|| view! {
                <section class="card">
                    <table class="list">
                        <caption class="sr">"Programs"</caption>
                        <thead><tr>
                            <th scope="col">"Program"</th>
                            <th scope="col">"Organisation"</th>
                            {has_market.then(|| view! { <th scope="col">"Market"</th> })}
                            <th scope="col">"Language"</th>
                            <th scope="col" class="n">"Panel days"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
                <Pager count=found one="program" many="programs" per=i64::MAX csv=format!("/programs.csv?q={}", url_part(&needle))/>
            })}
        })
    })
}

/// Why no program is listed.
fn none_shown(total: usize, may_edit: bool) -> impl IntoView {
    let (title, text) = match (total, may_edit) {
        (0, true) => ("No programs yet", "Enter a name above to create the first one. You can write its charter later."),
        (0, false) => ("No programs yet", "Program staff create the first one."),
        _ => ("No matching programs", "Search for another word, or clear the search."),
    };
    view! { <Empty title text/> }
}

/// The programs that have the words in their name, organisation, market or purpose: what the page and its CSV show.
#[must_use]
pub fn search(programs: Vec<Program>, needle: &str) -> Vec<Program> {
    let needle = Needle::of(needle);
    programs
        .into_iter()
        .filter(|program| {
            needle.is_in([&program.charter.name, &program.charter.organisation, &program.charter.market, &program.charter.purpose])
        })
        .collect()
}

/// `/programs/{id}`.
pub fn program() -> impl IntoView {
    let id = param::<ProgramId>("id");
    page("Program", Permission::SeeProgram, move |cx| async move {
        let mut tx = cx.db.read().await?;
        let program = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let days = day::store::list_program(&mut tx, program.id).await?;
        let branding = branding::store::find(&mut tx, program.id).await?;
        let may_edit = cx.actor.scope(Permission::EditProgram).is_some();
        let imports = cx.actor.scope(Permission::Import).is_some().then(|| format!("/imports?program={}", program.id));
        let new_day = format!("/days?new=1&program={}", program.id);
        let first = days.is_empty();
        let sub = [&program.charter.organisation, &program.charter.market].map(String::as_str);
        let sub = sub.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
        let (import_class, day_class) = if first { ("btn btn-1", "btn") } else { ("btn", "btn btn-1") };
        Ok(view! {
            <PageHead title=program.charter.name.clone() sub crumbs=vec![("/programs".into(), "Programs".into())]>
                {may_edit.then(|| view! { <a class=day_class href=new_day>"Plan panel day"</a> })}
                {imports.map(|to| view! { <a class=import_class href=to>"Import mentions"</a> })}
            </PageHead>
            {missing_notice(&program.charter, may_edit)}
            <div class="side">
                <div class="stack">
                    <section class="card pad stack">
                        <h2>"Charter"</h2>
                        {charter(&program.charter)}
                    </section>
                    {may_edit.then(|| view! {
                        <details class="card pad" id="edit" open=refused("update") || query("edit").is_some()>
                            <summary>"Edit program"</summary>
                            {charter_form(Some(program.clone()))}
                        </details>
                    })}
                </div>
                <div class="stack">
                    <section class="card pad stack">
                        <h2>"Panel days"</h2>
                        {day_list(days)}
                    </section>
                    {branding::page::card(&branding, &program, cx.actor.scope(Permission::EditBranding).is_some())}
                </div>
            </div>
        })
    })
}

fn day_list(days: Vec<PanelDay>) -> impl IntoView {
    if days.is_empty() {
        return view! { <p class="dim">"No panel days yet. Import mentions first, to find people to invite."</p> }.into_any();
    }
    let days = days.into_iter().map(|day| {
        view! {
            <li>
                <a href=format!("/days/{}", day.id) dir="auto">{day.title.clone()}</a>
                " "
                {chip(day.segment)}
                <br/>
                <small dir="auto">{clock::long_date(day.day)} ", " {day.place}</small>
            </li>
        }
    });
    view! { <ul class="plain stack">{days.collect_view()}</ul> }.into_any()
}

/// What is missing before people may be invited, with the way to the form.
fn missing_notice(charter: &Charter, may_edit: bool) -> Option<impl IntoView + use<>> {
    let missing = rules::missing_in_words(charter)?;
    let help = missing.contains("lawful basis").then(|| view! { <Help term="lawful basis"/> });
    Some(view! {
        <Notice tone=Tone::Warn>
            "Before you can send the first invitation, add: " {missing} ". " {help} " "
            {may_edit.then(|| view! { <a href="?edit=1#edit">"Complete the charter"</a> })}
        </Notice>
    })
}

fn charter(charter: &Charter) -> impl IntoView + use<> {
    let list = |lines: &str| lines.replace('\n', ", ");
    let rows = vec![
        ("Purpose", charter.purpose.clone()),
        ("Sponsor", charter.sponsor.clone()),
        ("Ground rules", charter.rules_of_listening.clone()),
        ("Length of membership", charter.term.clone()),
        ("Benefits", charter.benefits.clone()),
        ("Expenses we cover", charter.disclosed_costs.clone()),
        ("Lawful basis", charter.lawful_basis.clone()),
        ("Privacy notice", charter.notice.clone()),
        (
            "Retention",
            format!(
                "Original rows: {}. Mentions: {}. Both count from the import.",
                count(charter.source_row_days, "day", "days"),
                count(charter.mention_months, "month", "months")
            ),
        ),
        ("Language", charter.language.clone()),
        ("Own accounts", list(&charter.own_handles)),
        ("Brands", list(&charter.brands)),
        ("Employees’ accounts", list(&charter.staff_handles)),
        ("Employees’ hashtags", list(&charter.staff_hashtags)),
        ("Own sites", list(&charter.own_domains)),
    ];
    view! { <div dir="auto"><DefList rows/></div> }
}

/// Creates a program, or changes this one: three fields first, the rest in closed parts.
fn charter_form(program: Option<Program>) -> impl IntoView {
    let (act, label) = if program.is_some() { ("update", "Save program") } else { ("create", "Create program") };
    let is_new = program.is_none();
    let revision = program.as_ref().map(|program| program.revision.to_string());
    let charter = program.map_or_else(Charter::unwritten, |program| program.charter);
    let missing: Vec<&str> = rules::missing(&charter).into_iter().map(|(field, _)| field).collect();
    let is_open = |fields: &[&str]| !is_new && fields.iter().any(|field| missing.contains(field));
    let (promises, privacy) = (is_open(PROMISES), is_open(PRIVACY));
    let language = if charter.language.is_empty() { "en".to_owned() } else { charter.language };
    view! {
        <Form act=act>
            {revision.map(|revision| view! { <Hidden name="revision" value=revision/> })}
            <Field name="name" label="Name" value=charter.name hint="Guests see this name. For example “Customer advisory panel US”."/>
            <Field name="organisation" label="Organisation" value=charter.organisation hint="The name that guests and panelists see."/>
            <Field name="language" label="Language" value=language hint="A code such as en, de or zh."/>
            {is_new.then(|| view! { <p class="dim">"The charter can wait. It must be complete before the first invitation is approved."</p> })}
            <details class="more" open=promises>
                <summary>"Purpose, ground rules and expenses"</summary>
                <div class="stack">
                    <TextArea name="purpose" label="Purpose" value=charter.purpose rows=2 hint="What the panel is for. Invitations quote it."/>
                    <Field name="sponsor" label="Sponsor" value=charter.sponsor hint="The executive who is responsible, such as “Chief customer officer”."/>
                    <TextArea name="rules_of_listening" label="Ground rules" value=charter.rules_of_listening hint="What you promise the panel. Invitations quote it."/>
                    <TextArea name="term" label="Length of membership" value=charter.term rows=2 hint="For example “One year. A third of the panel changes every year.”"/>
                    <TextArea name="benefits" label="Benefits (optional)" value=charter.benefits rows=2/>
                    <TextArea name="disclosed_costs" label="Expenses we cover" value=charter.disclosed_costs rows=2 hint="For example travel, hotel and meals. Enter “None” if you cover none."/>
                </div>
            </details>
            <details class="more" open=privacy>
                <summary>"Privacy and retention"</summary>
                <div class="stack">
                    <TextArea name="lawful_basis" label="Lawful basis" value=charter.lawful_basis rows=2 hint="The legal reason for reading public mentions and contacting people, such as legitimate interest or consent. Ask your privacy team."/>
                    <TextArea name="notice" label="Privacy notice" value=charter.notice hint="What you tell people whose public mentions you read."/>
                    <div class="pair">
                        <Field name="source_row_days" label="Keep original rows (days)" value=charter.source_row_days.to_string() kind="number"/>
                        <Field name="mention_months" label="Keep mentions (months)" value=charter.mention_months.to_string() kind="number"/>
                    </div>
                </div>
            </details>
            <details class="more">
                <summary>"Market, own accounts, brands and employees"</summary>
                <div class="stack">
                    <Field name="market" label="Market (optional)" value=charter.market hint="For example “United States”."/>
                    <TextArea name="own_handles" label="Own accounts (optional)" value=charter.own_handles hint="Your organisation’s handles, one per line. They are excluded from rankings."/>
                    <TextArea name="brands" label="Brands (optional)" value=charter.brands rows=3 hint="Your other brand names, one per line. Accounts and shops named after them are excluded."/>
                    <TextArea name="staff_handles" label="Employees’ accounts (optional)" value=charter.staff_handles rows=3 hint="Handles of employees who post about your organisation, one per line. They are excluded from rankings."/>
                    <TextArea name="staff_hashtags" label="Employees’ hashtags (optional)" value=charter.staff_hashtags rows=2 hint="Hashtags of your employees, one per line. #IWork4… and #LifeAt… with your organisation’s name are recognised automatically."/>
                    <TextArea name="own_domains" label="Own sites (optional)" value=charter.own_domains rows=2 hint="Domains of your sites, one per line, such as example.com. A customer may link to them too, so a link alone does not exclude anyone."/>
                </div>
            </details>
            <Submit label=label main=true/>
        </Form>
    }
}

/// What invitations state, and what the law asks for: the fields of the two parts that must be complete before people are invited.
const PROMISES: &[&str] = &["purpose", "sponsor", "rules_of_listening", "term", "disclosed_costs"];
const PRIVACY: &[&str] = &["lawful_basis", "notice"];

/// A typed text as part of an address.
pub(crate) fn url_part(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_asks_for_every_field_of_the_charter() {
        let html = Owner::new().with(|| charter_form(None).to_html());
        let missing: Vec<_> = Charter::FIELDS.iter().filter(|field| !html.contains(&format!("name=\"{field}\""))).collect();
        assert!(missing.is_empty(), "The form does not ask for {missing:?}: {html}");
    }
}
