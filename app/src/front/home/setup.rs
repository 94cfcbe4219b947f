//! Setting up: the steps from an empty system to the first shortlist, one at a time, and what is missing before invitations can be sent.

use leptos::prelude::*;

use super::to_do::HomePage;
use crate::access::account::{Actor, Permission};
use crate::program;
use crate::ui::{Help, Notice, Tone};

#[derive(Clone, Debug, PartialEq, Eq)]
struct SetupStep {
    done: bool,
    title: &'static str,
    text: &'static str,
    href: String,
}

/// The steps, in order. Each needs the one before it.
fn steps(today: &HomePage) -> [SetupStep; 4] {
    let shortlist = today.days.first().map_or_else(|| "/days".to_owned(), |line| format!("/days/{}/shortlist", line.day.id));
    [
        SetupStep {
            done: !today.programs.is_empty(),
            title: "Create program",
            text: "Enter a name, your organisation and the language. Mentions, panel days and reports belong to a program.",
            href: "/programs".into(),
        },
        SetupStep {
            done: today.loop_counts.mentions > 0,
            title: "Import mentions",
            text: "Upload an export from any listening tool. Weheard identifies the authors and their segments.",
            href: "/imports#new".into(),
        },
        SetupStep {
            done: !today.days.is_empty(),
            title: "Plan panel day",
            text: "Pick a date and place for one group of about fifteen customers.",
            href: "/days?new=1".into(),
        },
        SetupStep {
            done: today.shortlisted > 0,
            title: "Choose a shortlist",
            text: "Pick the people to invite to the panel day.",
            href: shortlist,
        },
    ]
}

/// Whether the setup is finished, or not this reader's task.
pub fn is_done(actor: &Actor, today: &HomePage) -> bool {
    actor.scope(Permission::EditProgram).is_none() || steps(today).iter().all(|step| step.done)
}

/// The steps, with a button for the next one: the page's main one if it `leads`.
pub fn first_steps(today: &HomePage, leads: bool) -> impl IntoView + use<> {
    let class = if leads { "btn btn-1" } else { "btn" };
    let steps = steps(today);
    let next = steps.iter().position(|step| !step.done).unwrap_or(steps.len());
    let steps = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            let label = if step.done { format!("{} · done", step.title) } else { step.title.to_owned() };
            // Later steps need no explanation yet.
            let text = (index == next).then(|| {
                view! {
                    <p class="dim">{step.text}</p>
                    <p><a class=class href=step.href>{step.title}</a></p>
                }
            });
            view! { <li class:done=step.done><strong>{label}</strong>{text}</li> }
        })
        .collect_view();
    view! {
        <section class="card pad">
            <h2>"Getting started"</h2>
            <ol class="trail steps">{steps}</ol>
        </section>
    }
}

/// A notice for each program that cannot send invitations yet.
pub fn before_invitations(actor: &Actor, today: &HomePage) -> Option<impl IntoView + use<>> {
    actor.scope(Permission::EditProgram)?;
    let notices = today
        .programs
        .iter()
        .filter_map(|program| {
            let missing = program::rules::missing_in_words(&program.charter)?;
            let (name, href) = (program.charter.name.clone(), format!("/programs/{}", program.id));
            Some(view! {
                <Notice tone=Tone::Warn>
                    <div class="row wrap">
                        <p>"Before you can send the first invitation for " <a href=href dir="auto">{name}</a> ", add: " {missing} "."</p>
                        <Help term="lawful basis"/>
                    </div>
                </Notice>
            })
        })
        .collect::<Vec<_>>();
    (!notices.is_empty()).then_some(notices)
}
