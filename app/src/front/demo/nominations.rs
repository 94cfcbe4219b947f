//! What employees of the demo's company heard and nominated: a post that two of them saw and that got its answer, one that is
//! declined, a person who is known, and two that wait.

use chrono::Duration;

use super::cast::Cast;
use super::story::Story;
use crate::access::account::Actor;
use crate::access::link::Purpose;
use crate::casework::nomination::act::{NominatePerson, NominatePost, ask, nominate_person, nominate_post, open};
use crate::casework::nomination::decision::{SeenNomination, accept, decline};
use crate::casework::nomination::store;
use crate::db::Tx;
use crate::kernel::clock::Time;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{LinkId, NominationId, ProgramId};
use crate::listening::mention::Mention;

/// Nominations up to the moment at which staff accept `answered`; `waits` is left for whoever opens the demo.
pub(super) async fn bring(tx: &mut Tx, story: Story, cast: &Cast, answered: &Mention, waits: &Mention) -> Result<()> {
    let ago = |hours: i64| story.now - Duration::hours(hours);
    let [lead, second] = &cast.staff;
    open(tx, lead, ago(400), cast.program, 0, "tarnwick.example").await?;
    let first = mention(tx, cast.program, ago(66), "lewis.grant", answered, "The same in our shop in Leeds, twice this week.").await?;
    mention(tx, cast.program, ago(63), "amara.diallo", answered, "").await?;
    let wanted = seen(tx, first).await?;
    accept(tx, second, ago(60), wanted, "", None).await?;

    let selling = NominatePost {
        program: cast.program,
        link: "https://deals.example.com/tarnwick-lids".into(),
        text: String::new(),
        why: "Is this ours?".into(),
    };
    let nora = colleague(tx, ago(52), "nora.whitlock").await?;
    let selling = nominate_post(tx, &nora, ago(52), selling).await?.id;
    let wanted = seen(tx, selling).await?;
    decline(tx, lead, ago(49), wanted, "A shop that sells lids. It does not speak for customers.").await?;

    let known = NominatePerson {
        program: cast.program,
        who: "@annika_brandt".into(),
        place: "reddit".into(),
        why: "She answers half of the questions that our German customers have.".into(),
        reach: String::new(),
    };
    let lewis = colleague(tx, ago(31), "lewis.grant").await?;
    nominate_person(tx, &lewis, ago(31), known).await?;
    let met = NominatePerson {
        program: cast.program,
        who: "A teacher from Halifax, first name Beth".into(),
        place: "elsewhere".into(),
        why: "She buys for her whole school and told me at the fair why they may change to somebody else.".into(),
        reach: "She left her card with our stand; Amara has it.".into(),
    };
    let amara = colleague(tx, ago(20), "amara.diallo").await?;
    nominate_person(tx, &amara, ago(20), met).await?;
    mention(tx, cast.program, ago(3), "nora.whitlock", waits, "Three callers this morning said the same.").await?;
    Ok(())
}

/// Somebody of the company, with the link from their email.
async fn colleague(tx: &mut Tx, at: Time, name: &str) -> Result<Actor> {
    let email = format!("{name}@tarnwick.example");
    ask(tx, at, &email).await?;
    let subject = store::resolve_nominator(tx, &email, at).await?.id.0;
    Ok(Actor::Link { id: LinkId::new(), purpose: Purpose::Nominate, subject })
}

async fn mention(tx: &mut Tx, program: ProgramId, at: Time, name: &str, heard: &Mention, why: &str) -> Result<NominationId> {
    let who = colleague(tx, at, name).await?;
    let cmd = NominatePost { program, link: heard.url.clone().unwrap_or_default(), text: heard.text.clone(), why: why.into() };
    Ok(nominate_post(tx, &who, at, cmd).await?.id)
}

async fn seen(tx: &mut Tx, id: NominationId) -> Result<SeenNomination> {
    let found = store::find(tx, id).await?.ok_or(Error::NotFound)?;
    Ok(SeenNomination { id, revision: found.revision })
}
