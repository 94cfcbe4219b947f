//! `/opt-outs`: an author who opts out, and mentions that were deleted where they were written.

use chrono::Duration;
use leptos::prelude::*;

use super::act;
use crate::access::account::{Actor, Permission};
use crate::access::page::page;
use crate::db::{DataSubject, Tx};
use crate::kernel::clock::{long_date, now};
use crate::kernel::error::Result;
use crate::listening::author::{self, network_label};
use crate::listening::opt_out;
use crate::listening::volume::{self, Dimension};
use crate::privacy::erasure::find::{self, DescribedRow};
use crate::privacy::erasure::{UncertainTrace, store};
use crate::program::shown::program_shown;
use crate::ui::form::Hidden;
use crate::ui::{Field, Form, Notice, PageHead, Select, Submit, TextArea, Tone, count, query};

/// Texts that may still name somebody are listed for this long after the erasure.
const UNSURE_DAYS: i64 = 30;

/// `/opt-outs`.
pub fn opt_outs() -> impl IntoView {
    page("Objections", Permission::Import, |cx| async move {
        let may_erase = cx.actor.scope(Permission::ManageAccounts).is_some();
        let mut tx = cx.db.read().await?;
        let (kept, newest) = opt_out::store::count(&mut tx).await?;
        let program = program_shown(&mut tx).await?;
        let (mut shown, mut left) = (None, (0, Vec::new()));
        if may_erase {
            shown = preview(&mut tx, &cx.actor).await?.map(show);
            left = store::list_left(&mut tx, now() - Duration::days(UNSURE_DAYS)).await?;
        }
        let (waiting, unsure) = left;
        let mut networks: Vec<String> = author::rules::known_networks().map(str::to_owned).collect();
        if let Some(program) = &program {
            let heard = volume::store::list_values(&mut tx, program.id, &[Dimension::Network], None, None).await?;
            let heard =
                heard.get(&Dimension::Network).into_iter().flatten().map(|(value, _)| value.clone()).filter(|value| !value.is_empty());
            networks.extend(heard);
        }
        drop(tx);
        networks.sort_unstable();
        networks.dedup();
        let networks = networks.into_iter().map(|network| (network.clone(), network_label(&network))).collect();
        let said = match newest {
            Some(newest) => {
                format!("{} kept, the newest of {}.", count(kept, "objection is", "objections are"), long_date(newest.date_naive()))
            }
            None => "No objection is kept yet.".to_owned(),
        };
        Ok(view! {
            <PageHead title="Objections" sub="Whoever was heard may object to it." crumbs=vec![("/authors".into(), "Voices".into())]/>
            <section class="card pad stack">
                <h2>"An author objects to being listened to"</h2>
                <p>"It is kept out of imports at once. Everything about it is erased: its mentions, the rows in which they came, its segments, its links and its place on any shortlist; authors that are linked with it as one person go too. You see what it is before you confirm."</p>
                <p class="dim">{said} " Each is a keyed hash: nobody can read from it who objected."</p>
                {if may_erase {
                    view! { {name_author(networks)} {shown} }.into_any()
                } else {
                    view! { <p>"An administrator enters it here."</p> }.into_any()
                }}
                {under_way(waiting, &unsure)}
            </section>
            {program.map(|_| view! {
                <section class="card pad stack">
                    <h2>"Mentions that were deleted where they were written"</h2>
                    <p>"They go from here too, with the rows in which they came, and out of every count."</p>
                    <Form act="remove">
                        <TextArea name="ids" rows=6 label="Their ids" hint="One a line, as their network numbers them; up to 1,000 at once. For more, the command line has weheard listening purge --ids FILE."/>
                        <Submit label="Remove these mentions"/>
                    </Form>
                </section>
            })}
            <Notice tone=Tone::Plain>"To give somebody everything that is kept about them, or to erase a customer, a panelist or an account, the command line has " <code>"weheard person"</code> "."</Notice>
        }
        .into_any())
    })
}

/// The form that names an author that objects.
fn name_author(networks: Vec<(String, String)>) -> impl IntoView {
    view! {
        <Form act="preview">
            <Select name="network" label="Network" options=networks value=query("network").unwrap_or_else(|| "x".into())/>
            <Field name="handle" label="Handle" value=query("handle").unwrap_or_default() hint="As the author writes it there, with or without @."/>
            <Submit label="Show what would be erased"/>
        </Form>
    }
}

/// What would be erased, and the form that confirms it.
struct OptOutPreview {
    network: String,
    handle: String,
    rows: Vec<DescribedRow>,
}

async fn preview(tx: &mut Tx, actor: &Actor) -> Result<Option<OptOutPreview>> {
    let (Some(network), Some(handle)) = (query("network"), query("handle").filter(|handle| !handle.is_empty())) else { return Ok(None) };
    let mut rows = Vec::new();
    for person in act::find_people(tx, actor, &network, &handle).await? {
        rows.extend(find::describe(tx, &person).await?);
    }
    Ok(Some(OptOutPreview { network, handle, rows }))
}

fn show(preview: OptOutPreview) -> impl IntoView {
    let OptOutPreview { network, handle, rows } = preview;
    let seen = rows.len().to_string();
    let known = !rows.is_empty();
    let rows = rows.into_iter().map(|row| view! { <li>{label(row.subject)} ": " {row.known_as.join(", ")}</li> }).collect_view();
    view! {
        <h3>{format!("{} on {}", author::shown(handle.trim_start_matches('@')), network_label(&network))}</h3>
        {if known {
            view! { <p>"This would be erased, with everything that belongs to it:"</p> <ul>{rows}</ul> }.into_any()
        } else {
            view! { <p>"Nothing is kept about this author. It will be kept out of later imports."</p> }.into_any()
        }}
        <Form act="opt_out">
            <Hidden name="network" value=network/>
            <Hidden name="handle" value=handle/>
            <Hidden name="seen" value=seen/>
            <Field name="confirm" label="Type the handle to confirm" hint="It cannot be undone."/>
            <Submit label="Erase this author and keep it out" danger=true/>
        </Form>
    }
}

/// What a row is, for people.
fn label(subject: DataSubject) -> &'static str {
    match subject {
        DataSubject::Author => "Voice",
        DataSubject::Customer => "Customer",
        DataSubject::Candidate => "Candidate on a shortlist",
        DataSubject::Invitation => "Invitation",
        DataSubject::Panelist => "Panelist",
        DataSubject::Account => "Account",
        DataSubject::Nominator => "Nominator",
        DataSubject::Owner => "Owner of a heard item",
        DataSubject::Recipient => "Email",
        DataSubject::Nominated => "Nomination",
    }
}

/// Erasures that are not done yet, and texts that somebody has to read after one.
fn under_way(waiting: i64, unsure: &[UncertainTrace]) -> impl IntoView + use<> {
    let many = count(i64::try_from(unsure.len()).unwrap_or(i64::MAX), "text", "texts");
    let links = unsure.iter().map(|row| view! { <li><a href=row.href.clone()>{row.what.clone()}</a></li> }).collect_view();
    view! {
        {(waiting > 0).then(|| view! {
            <Notice tone=Tone::Plain>{format!("{} under way. Nothing has to be done.", count(waiting, "erasure is", "erasures are"))}</Notice>
        })}
        {(!unsure.is_empty()).then(|| view! {
            <h3>{format!("{many} may still name a person who was erased")}</h3>
            <p>"A first name or a surname on its own may be somebody else's. Please read them, and change or remove what names the person."</p>
            <ul>{links}</ul>
        })}
    }
}
