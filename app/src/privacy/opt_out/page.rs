//! `/opt-outs`: authors who opt out, and mentions that were deleted at the source.

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
use crate::ui::{Field, Form, Help, Notice, PageForm, PageHead, Select, Submit, TextArea, Tone, count, query, refused};

/// Days for which texts that may still name an erased person are listed.
const UNSURE_DAYS: i64 = 30;

/// What an opt-out erases, in the words of the page. It names all that the preview can list.
const ERASES: &str = "This erases the author’s mentions, original rows, segments and identity links, removes them from shortlists, and keeps the author \
    out of later imports. Everything that is confirmed to be the same person is erased too, in every role: author, customer, candidate, invitation, panelist, \
    nominator, nomination, owner of a heard item, account, and emails to them. You see the list \
    before you confirm.";

/// `/opt-outs`.
pub fn opt_outs() -> impl IntoView {
    page("Opt-outs and removals", Permission::Import, |cx| async move {
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
        let summary = match newest {
            Some(newest) => {
                format!("{} so far, the latest on {}.", count(kept, "opt-out", "opt-outs"), long_date(newest.date_naive()))
            }
            None => "No opt-outs yet.".to_owned(),
        };
        let named = shown.is_some();
        let open = query("handle").is_some() || refused("preview") || refused("opt_out");
        Ok(view! {
            <PageHead title="Opt-outs and removals" sub="Erase authors who object, and delete mentions that were deleted at the source." crumbs=vec![("/authors".into(), "Authors".into())]>
                {may_erase.then(|| view! {
                    <PageForm label="Opt out author" main=true open>
                        <p>{ERASES}</p>
                        {name_author(networks, named)}
                        {shown}
                    </PageForm>
                })}
            </PageHead>
            <section class="card pad stack">
                <div class="row"><p>{summary}</p><Help term="opt-out"/></div>
                {(!may_erase).then(|| view! { <p>"Ask an administrator to enter the opt-out."</p> })}
                {under_way(waiting, &unsure)}
            </section>
            {program.map(|_| removal())}
            <Notice tone=Tone::Plain>"To export someone’s data, or to erase a customer, panelist or account, run " <code>"weheard person"</code> " on the server."</Notice>
        }
        .into_any())
    })
}

/// The form that deletes mentions by their IDs.
fn removal() -> impl IntoView {
    view! {
        <details class="card pad">
            <summary>"Delete mentions that were deleted at the source"</summary>
            <Form act="remove">
                <p>"This deletes the mentions and their original rows, and updates all counts."</p>
                <TextArea name="ids" rows=6 label="Mention IDs" hint="The network’s own IDs, one per line, up to 1,000. For more, run weheard listening purge --ids FILE."/>
                <Submit label="Delete mentions" danger=true/>
            </Form>
        </details>
    }
}

/// The form that names an author that objects; `named`, once that is done.
fn name_author(networks: Vec<(String, String)>, named: bool) -> impl IntoView {
    view! {
        <Form act="preview">
            <Select name="network" label="Network" options=networks value=query("network").unwrap_or_else(|| "x".into())/>
            <Field name="handle" label="Handle" value=query("handle").unwrap_or_default() hint="With or without @."/>
            <Submit label="Preview erasure" main=!named/>
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
    let rows = rows.into_iter().map(|row| view! { <li dir="auto">{label(row.subject)} ": " {row.known_as.join(", ")}</li> }).collect_view();
    view! {
        <h2>{format!("{} on {}", author::shown(handle.trim_start_matches('@')), network_label(&network))}</h2>
        {if known {
            view! { <p>"These records belong to one person. All of them will be erased, with everything attached to them:"</p> <ul>{rows}</ul> }.into_any()
        } else {
            view! { <p>"There is no data about this author. They will be kept out of later imports."</p> }.into_any()
        }}
        <Form act="opt_out">
            <Hidden name="network" value=network/>
            <Hidden name="handle" value=handle/>
            <Hidden name="seen" value=seen/>
            <Field name="confirm" label="Type the handle to confirm" hint="You cannot undo this."/>
            <Submit label="Erase author" danger=true/>
        </Form>
    }
}

/// What a row is, for people.
fn label(subject: DataSubject) -> &'static str {
    match subject {
        DataSubject::Author => "Author",
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

/// Erasures in progress, and texts to check after one.
fn under_way(waiting: i64, unsure: &[UncertainTrace]) -> impl IntoView + use<> {
    let many = count(i64::try_from(unsure.len()).unwrap_or(i64::MAX), "text", "texts");
    let links = unsure.iter().map(|row| view! { <li><a href=row.href.clone() dir="auto">{row.what.clone()}</a></li> }).collect_view();
    view! {
        {(waiting > 0).then(|| view! {
            <Notice tone=Tone::Plain>{format!("{} in progress.", count(waiting, "erasure is", "erasures are"))}</Notice>
        })}
        {(!unsure.is_empty()).then(|| view! {
            <h3>{format!("{many} may still name an erased person")}</h3>
            <p>"A first name or surname alone may belong to someone else. Read each text, and edit it if it names the person."</p>
            <ul>{links}</ul>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_all_that_the_preview_can_list() {
        for subject in [
            DataSubject::Author,
            DataSubject::Customer,
            DataSubject::Candidate,
            DataSubject::Invitation,
            DataSubject::Panelist,
            DataSubject::Account,
            DataSubject::Nominator,
            DataSubject::Owner,
            DataSubject::Recipient,
            DataSubject::Nominated,
        ] {
            let word = label(subject).split(" on ").next().unwrap_or_default().to_lowercase();
            assert!(ERASES.to_lowercase().contains(&word), "“{word}” is not in the text");
        }
    }
}
