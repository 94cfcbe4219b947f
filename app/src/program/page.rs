//! `/programs` and one program: its charter, to read and to change, and its days.

use leptos::prelude::*;

use super::{Charter, Program, Segment, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock;
use crate::kernel::error::Error;
use crate::kernel::fold::Needle;
use crate::kernel::ids::ProgramId;
use crate::program::day;
use crate::ui::{Field, Form, Hidden, Submit, TextArea, param, query, refused};

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
        let count = format!("{} of {total}", shown.len());
        let may_edit = cx.actor.scope(Permission::EditProgram).is_some();
        let none = shown.is_empty();
        let rows = shown
            .into_iter()
            .map(|program| {
                let held = days.iter().filter(|day| day.program_id == program.id).count();
                view! {
                    <tr>
                        <td><a href=format!("/programs/{}", program.id)>{program.charter.name}</a><small>{program.charter.purpose}</small></td>
                        <td data-label="Organisation">{program.charter.organisation}</td>
                        <td data-label="Market">{program.charter.market} " (" {program.charter.language} ")"</td>
                        <td data-label="Days" class="n">{held}</td>
                    </tr>
                }
            })
            .collect_view();
        Ok(view! {
            <header class="page-head">
                <div>
                    <h1>"Programs"</h1>
                    <p>"Each has a charter: who listens to whom, by which rules, and what it costs."</p>
                </div>
                <div class="actions"><a class="btn" href=format!("/programs.csv?q={}", url_part(&needle))>"CSV"</a></div>
            </header>
            <form class="filter" role="search">
                <label class="grow">"Search" <input type="search" name="q" value=needle/></label>
                <button type="submit">"Filter"</button>
                <span class="push dim">{count}</span>
            </form>
            {none.then(|| none_shown(total))}
            {(!none).then(|| view! {
                <section class="card">
                    <table class="list">
                        <thead><tr><th>"Program"</th><th>"Organisation"</th><th>"Market"</th><th class="n">"Days"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
            })}
            {may_edit.then(|| view! {
                <section>
                    <details class="card pad" open=total == 0 || refused("create")>
                        <summary>"Start a program"</summary>
                        {charter_form(None)}
                    </details>
                </section>
            })}
        })
    })
}

/// Why no program is shown.
fn none_shown(total: usize) -> impl IntoView {
    view! {
        <section class="card empty">
            <h2>{if total == 0 { "No program yet" } else { "No program has that in its name or charter" }}</h2>
            <p>{if total == 0 { "Start one below. Its charter is what every invitation rests on." } else { "Try a shorter word, or show all." }}</p>
            {(total > 0).then(|| view! { <p><a href="/programs">"Show all"</a></p> })}
        </section>
    }
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
        let may_edit = cx.actor.scope(Permission::EditProgram).is_some();
        let new_day = format!("/days?program={}#new", program.id);
        let no_days = days.is_empty();
        let days = days
            .into_iter()
            .map(|day| {
                view! {
                    <li>
                        <a href=format!("/days/{}", day.id)>{day.title.clone()}</a>
                        <small>" " {clock::long_date(day.day)} ", " {day.place.clone()} " "</small>
                        {chip(day.segment)}
                    </li>
                }
            })
            .collect_view();
        Ok(view! {
            <header class="page-head">
                <div>
                    <nav class="crumbs" aria-label="Where this is"><a href="/programs">"Programs"</a></nav>
                    <h1>{program.charter.name.clone()}</h1>
                    <p>{program.charter.organisation.clone()} " · " {program.charter.market.clone()} " · " {program.charter.language.clone()}</p>
                </div>
            </header>
            <div class="side">
                <section class="card pad stack">
                    <h2>"Charter"</h2>
                    {charter(&program.charter)}
                    {may_edit.then(|| view! {
                        <details class="more" open=refused("update")>
                            <summary>"Change the charter"</summary>
                            {charter_form(Some(program.clone()))}
                        </details>
                    })}
                </section>
                <section class="card pad stack">
                    <h2>"Panel days"</h2>
                    {no_days.then(|| view! { <p class="dim">"None yet. A day has one place and one cohort."</p> })}
                    <ul>{days}</ul>
                    {may_edit.then(|| view! { <p><a class="btn" href=new_day>"Plan a day"</a></p> })}
                </section>
            </div>
        })
    })
}

fn charter(charter: &Charter) -> impl IntoView + use<> {
    let own = if charter.own_handles.is_empty() { "none named".to_owned() } else { charter.own_handles.replace('\n', ", ") };
    let brands = if charter.brands.is_empty() { "none named".to_owned() } else { charter.brands.replace('\n', ", ") };
    let rows = [
        ("Purpose", charter.purpose.clone()),
        ("Sponsor", charter.sponsor.clone()),
        ("Rules of listening", charter.rules_of_listening.clone()),
        ("Term and rotation", charter.term.clone()),
        ("Benefits", if charter.benefits.is_empty() { "none".into() } else { charter.benefits.clone() }),
        ("What is paid for", charter.disclosed_costs.clone()),
        ("Lawful basis", charter.lawful_basis.clone()),
        ("Notice", charter.notice.clone()),
        (
            "Kept for",
            format!("{} days (raw rows), {} months (mentions), from their import", charter.source_row_days, charter.mention_months),
        ),
        ("Own accounts", own),
        ("Brands", brands),
    ];
    let rows = rows.into_iter().map(|(term, text)| view! { <dt>{term}</dt><dd>{text}</dd> }).collect_view();
    view! { <dl class="dl">{rows}</dl> }
}

/// A new charter, or this one changed.
fn charter_form(program: Option<Program>) -> impl IntoView {
    let (act, label) = if program.is_some() { ("update", "Save the charter") } else { ("create", "Start the program") };
    let revision = program.as_ref().map(|program| program.revision.to_string());
    let charter = program.map_or_else(Charter::unwritten, |program| program.charter);
    view! {
        <Form act=act>
            {revision.map(|revision| view! { <Hidden name="revision" value=revision/> })}
            <Field name="name" label="Name" value=charter.name hint="For example: CAP Days US 2010"/>
            <div class="pair">
                <Field name="organisation" label="Organisation" value=charter.organisation hint="The label of its answers"/>
                <Field name="market" label="Market" value=charter.market/>
                <Field name="language" label="Language" value=charter.language hint="A code: en, de, zh"/>
            </div>
            <TextArea name="purpose" label="Purpose" value=charter.purpose/>
            <Field name="sponsor" label="Sponsor" value=charter.sponsor hint="Who answers for it inside"/>
            <TextArea name="rules_of_listening" label="Rules of listening" value=charter.rules_of_listening hint="What the company promises the panel. It stands in every invitation."/>
            <TextArea name="term" label="Term and rotation" value=charter.term rows=2/>
            <TextArea name="benefits" label="Benefits" value=charter.benefits rows=2/>
            <TextArea name="disclosed_costs" label="What is paid for" value=charter.disclosed_costs rows=2 hint="Travel, nights, food. Panelists may tell everybody."/>
            <TextArea name="lawful_basis" label="Lawful basis for listening" value=charter.lawful_basis rows=2/>
            <TextArea name="notice" label="Notice" value=charter.notice hint="What people whose public posts are read are told"/>
            <div class="pair">
                <Field name="source_row_days" label="Keep raw rows for (days)" value=charter.source_row_days.to_string() kind="number"/>
                <Field name="mention_months" label="Keep mentions for (months)" value=charter.mention_months.to_string() kind="number"/>
            </div>
            <TextArea name="own_handles" label="Own accounts" value=charter.own_handles hint="Handles of the organisation, one a line. Their mentions are set aside."/>
            <TextArea name="brands" label="Brands" value=charter.brands rows=3 hint="Other names that the organisation sells under, one a line. Accounts and shops that bear one are set aside."/>
            <Submit label=label main=true/>
        </Form>
    }
}

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
