//! `/listen/objections`: a voice objects to being listened to, and posts that were deleted where they were written.

use leptos::prelude::*;

use crate::account::Verb;
use crate::author::{self, network_label};
use crate::clock::long_date;
use crate::import::page::program_shown;
use crate::ui::{Field, Form, Notice, PageHead, Select, Submit, TextArea, Tick, Tone, count, page, query};
use crate::volume::{self, Dimension};

/// `/listen/objections`.
pub fn objections() -> impl IntoView {
    page("Objections", Verb::Import, |cx| async move {
        let may_erase = cx.actor.scope(Verb::ManageAccounts).is_some();
        let mut tx = cx.db.read().await?;
        let (kept, newest) = author::store::count_objections(&mut tx).await?;
        let program = program_shown(&mut tx).await?;
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
            <PageHead title="Objections" sub="Whoever was heard may object to it." crumbs=vec![("/voices".into(), "Voices".into())]/>
            <section class="card pad stack">
                <h2>"A voice objects to being listened to"</h2>
                <p>"Everything about it is erased: its posts, the rows in which they came, its segments, its links and its place on any shortlist; voices that are linked with it as one person go too. No later import and no feed brings it back."</p>
                <p class="dim">{said} " Each is a keyed hash: nobody can read from it who objected."</p>
                {if may_erase {
                    object(networks).into_any()
                } else {
                    view! { <p>"An administrator enters it here."</p> }.into_any()
                }}
            </section>
            {program.map(|_| view! {
                <section class="card pad stack">
                    <h2>"Posts that were deleted where they were written"</h2>
                    <p>"They go from here too, with the rows in which they came, and out of every count."</p>
                    <Form act="remove">
                        <TextArea name="ids" rows=6 label="Their ids" hint="One a line, as their network numbers them; up to 1,000 at once. For more, the command line has weheard listening purge --ids FILE."/>
                        <Submit label="Remove these posts"/>
                    </Form>
                </section>
            })}
            <Notice tone=Tone::Plain>"To give somebody everything that is kept about them, or to erase a customer, a panelist or an account, the command line has " <code>"weheard person"</code> "."</Notice>
        }
        .into_any())
    })
}

/// The form for a voice that objects.
fn object(networks: Vec<(String, String)>) -> impl IntoView {
    view! {
        <Form act="object">
            <Select name="network" label="Network" options=networks value=query("network").unwrap_or_else(|| "x".into())/>
            <Field name="handle" label="Handle" value=query("handle").unwrap_or_default() hint="As the voice writes it there, with or without @."/>
            <Tick name="sure" label="I have checked who objects. It cannot be undone."/>
            <Submit label="Erase this voice and keep it out" danger=true/>
        </Form>
    }
}
