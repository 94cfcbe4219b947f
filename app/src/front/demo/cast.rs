//! Who works on the demo's program, and the program itself.

use super::script;
use super::story::Story;
use crate::access::account::act::{Profile, add};
use crate::access::account::{Account, Actor, Role};
use crate::db::{Db, Tx};
use crate::kernel::error::Result;
use crate::kernel::ids::{PanelDayId, ProgramId, TopicId};
use crate::listening::topic;
use crate::program::day::rules::PanelDayPlan;
use crate::program::day::{self, PanelDayKind};
use crate::program::{self, Charter, Segment};

/// The demo acts for nobody in particular.
pub(super) const DEMO: Actor = Actor::System("demo");
/// Where the days are held.
pub(super) const ZONE: &str = "Europe/London";
/// The story's days on which the panel meets: those who complain, those who praise, those who do not care.
pub(super) const MEETS: [i64; 3] = [40, 42, 100];

/// Everybody and everything that the story needs by name.
pub(super) struct Cast {
    pub program: ProgramId,
    pub topics: Vec<TopicId>,
    pub tags: Vec<&'static str>,
    pub days: Vec<PanelDayId>,
    /// Who leads, and who is the second pair of eyes.
    pub staff: [Actor; 2],
    pub moderators: Vec<Account>,
    pub responders: Vec<Account>,
}

/// An account as somebody who acts.
pub(super) fn actor(account: &Account) -> Actor {
    Actor::Account { id: account.id, role: account.role, unit: account.unit.clone(), name: account.name.clone() }
}

/// Accounts, program, topics and days.
pub(super) async fn gather(db: &Db, story: Story) -> Result<Cast> {
    let mut tx = db.begin().await?;
    hire(&mut tx, story, "Morgan Hale", Role::Administrator, "").await?;
    let lead = hire(&mut tx, story, "Rosalind Achebe", Role::Staff, "").await?;
    let second = hire(&mut tx, story, "Timothy Farrow", Role::Staff, "").await?;
    hire(&mut tx, story, "Celia Strand", Role::Viewer, "").await?;
    let mut moderators = Vec::new();
    for name in ["Judith Okoro", "Paul Renner"] {
        moderators.push(hire(&mut tx, story, name, Role::Moderator, "").await?);
    }
    let mut responders = Vec::new();
    for (name, unit) in [("Helen Ashdown", "Customer support"), ("Vikram Sethi", "Online store"), ("Karin Holm", "Product quality")] {
        responders.push(hire(&mut tx, story, name, Role::Responder, unit).await?);
    }
    let lead = actor(&lead);
    let program = program::act::create(&mut tx, &lead, story.at(0, 9, 30), charter()).await?;
    let (mut topics, mut tags) = (Vec::new(), Vec::new());
    for subject in script::TOPICS {
        let form = topic::rules::TopicForm {
            name: subject.name.to_owned(),
            phrases: subject.phrases.to_owned(),
            excludes: subject.excludes.to_owned(),
            pattern: String::new(),
            unit: subject.unit.to_owned(),
        };
        topics.push(topic::act::create(&mut tx, &lead, story.at(0, 10, 0), program, form).await?);
        tags.push(subject.name);
    }
    let mut days = Vec::new();
    for (index, (title, segment, capacity)) in [
        ("Tell it to our face", Segment::Ranter, 18),
        ("What keeps you here", Segment::Raver, 15),
        ("The rest of us", Segment::Apathetic, 12),
    ]
    .into_iter()
    .enumerate()
    {
        let plan = PanelDayPlan {
            title: title.to_owned(),
            kind: PanelDayKind::Panel,
            day: Some(story.date(MEETS[index])),
            time_zone: ZONE.to_owned(),
            place: "Tarnwick Works, Leeds".to_owned(),
            segment: Some(segment),
            capacity,
            held: false,
        };
        days.push(day::act::create(&mut tx, &lead, story.at(1, 11, 0), day::act::CreatePanelDay { program, plan }).await?);
    }
    tx.commit().await?;
    Ok(Cast { program, topics, tags, days, staff: [lead, actor(&second)], moderators, responders })
}

async fn hire(tx: &mut Tx, story: Story, name: &str, role: Role, unit: &str) -> Result<Account> {
    let email = format!("{}@tarnwick.example", name.to_lowercase().replace(' ', "."));
    add(tx, &DEMO, story.at(0, 9, 0), Profile { email, name: name.to_owned(), role, unit: unit.to_owned() }).await
}

fn charter() -> Charter {
    let text = str::to_owned;
    Charter {
        name: text("Tarnwick Listening Days"),
        organisation: text("Tarnwick"),
        market: text("United Kingdom"),
        language: text("en"),
        purpose: text(
            "Hear in person what people have said about us in public for years: those who complain, those who praise and those \
             who bought and do not care. Answer every item in writing, and show what became of each promise.",
        ),
        sponsor: text("Edith Calloway, managing director"),
        rules_of_listening: text(
            "We listen first and defend nothing in the room. An outside moderator leads. Executives sit at the table and take \
             notes. Nobody sells anything. What is said is written down with the speaker’s permission to be quoted, or without a name.",
        ),
        term: text("One year. Half of the panel is invited again; no one serves more than two years in a row."),
        benefits: text("Lunch, a tour of the works, and an answer to what you said."),
        disclosed_costs: text(
            "We pay travel, one night in a hotel and meals. Nobody is paid for an opinion, and you are free to mention that we paid them.",
        ),
        lawful_basis: text("Legitimate interest in improving our products (Art. 6(1)(f) GDPR), balanced and reviewed each year."),
        notice: text(
            "We read what is written in public about our products and may invite you to talk about it. You can object at any time: \
             we then delete what we hold and do not look again.",
        ),
        own_handles: text("TarnwickHQ\nTarnwickHelp"),
        ..Charter::unwritten()
    }
}
