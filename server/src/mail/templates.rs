//! The words of every letter. Each says who writes and why, restates what it is about, has one thing to do, and fits a phone.

use app::account::act::code_digits;
use app::clock::{Time, long_date};
use app::db::Tx;
use app::error::{Error, Result};
use app::ids::{CodeId, LinkId, PanelistId, ReportId};
use app::link;
use app::outbox::{Mail, Template};
use app::report::rules::Tone;
use app::report::{Edition, Item};
use serde_json::Value as Json;

use super::letter::{Block, Heard, Letter};
use super::nominated;

/// Whether links work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// For the recipient.
    Live,
    /// For staff who look at the letter: they must not be able to open somebody else's door.
    Hidden,
}

/// Everything a template may ask for while it is written.
pub(super) struct Desk<'a> {
    pub(super) tx: &'a mut Tx,
    now: Time,
    base: &'a str,
    mail: &'a Mail,
    links: Links,
}

/// Writes the letter of an outbox row.
///
/// # Errors
/// `Gone` when its link or code no longer opens, `NotFound` when what it is about is gone.
pub async fn compose(tx: &mut Tx, now: Time, base: &str, mail: &Mail, links: Links) -> Result<Letter> {
    let mut desk = Desk { tx, now, base: base.trim_end_matches('/'), mail, links };
    match mail.template {
        Template::SignIn => sign_in(&mut desk).await,
        Template::Code => code(&desk),
        Template::Invitation => invitation(&mut desk).await,
        Template::Confirm => confirm(&mut desk).await,
        Template::Seated => seated(&mut desk).await,
        Template::Waitlisted => waitlisted(&mut desk).await,
        Template::Response => response(&mut desk).await,
        Template::Report => report(&mut desk).await,
        Template::Reopened => reopened(&mut desk).await,
        Template::TooSoon => too_soon(&mut desk).await,
        Template::Nominate => nominated::link(&mut desk).await,
        Template::Nomination => nominated::outcome(&mut desk).await,
    }
}

impl Desk<'_> {
    /// A parameter as text; empty if it is not there.
    pub(super) fn says(&self, key: &str) -> String {
        match &self.mail.params[key] {
            Json::String(text) => text.trim().to_owned(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// "Dear Ada,", or "Hello," where no name is known.
    pub(super) fn greeting(&self) -> Block {
        let name = self.mail.recipient_name.trim();
        Block::Text(if name.is_empty() { "Hello,".into() } else { format!("Dear {name},") })
    }

    /// The address of the mail's link. Where it has none, the path among its parameters.
    pub(super) async fn url(&mut self) -> Result<String> {
        match self.mail.link_id {
            Some(id) => self.link(id, "/l/").await,
            None => match self.says("path") {
                path if path.starts_with('/') => Ok(format!("{}{path}", self.base)),
                _ => Ok(self.base.to_owned()),
            },
        }
    }

    async fn link(&mut self, id: LinkId, path: &str) -> Result<String> {
        if self.links == Links::Hidden {
            return Ok(format!("{}{path}…", self.base));
        }
        let found = link::store::find(self.tx, id).await?.ok_or(Error::NotFound)?;
        link::rules::check(&found, self.now)?;
        Ok(format!("{}{path}{}", self.base, link::act::token(self.tx.secret(), &found)))
    }

    /// The item that a mail is about, as the signature block.
    fn heard(&self, edge: &str, tone: Tone, replies: Vec<String>, small: Vec<String>) -> Block {
        let number = self.says("number");
        Block::Heard(Heard {
            by: if number.is_empty() { "We heard".into() } else { format!("We heard, no. {number}") },
            text: self.says("text"),
            edge: edge.into(),
            tone,
            organisation: self.says("organisation"),
            replies,
            small,
        })
    }
}

async fn sign_in(desk: &mut Desk<'_>) -> Result<Letter> {
    let mut url = desk.url().await?;
    let to = desk.says("to");
    if !to.is_empty() {
        url = format!("{url}?to={}", app::ui::encoded(&to));
    }
    Ok(Letter::new(
        "Your sign-in link",
        "en",
        &[
            desk.greeting(),
            Block::Text("this link signs you in to Weheard. It works once, for 20 minutes.".into()),
            Block::Button("Sign in".into(), url),
            Block::Small("If you did not ask for it, you can ignore this mail: nobody gets in without it.".into()),
        ],
    ))
}

fn code(desk: &Desk<'_>) -> Result<Letter> {
    let age = desk.now - desk.mail.created_at;
    if desk.links == Links::Live && age > chrono::Duration::minutes(app::account::rules::CODE_MINUTES) {
        return Err(Error::Gone("The code had expired before it could be sent.".into()));
    }
    let digits = match (desk.links, desk.says("code").parse::<CodeId>()) {
        (Links::Hidden, _) => "••••••".to_owned(),
        (Links::Live, Ok(id)) => code_digits(desk.tx, id),
        (Links::Live, Err(_)) => return Err(Error::NotFound),
    };
    let purpose = match desk.says("purpose").as_str() {
        "leave" => "to leave the panel",
        "password" => "to set a new password",
        "permission" => "to change how you may be quoted",
        "download" => "to download your data",
        _ => "to go on",
    };
    Ok(Letter::new(
        format!("Your code {purpose}"),
        "en",
        &[
            desk.greeting(),
            Block::Text(format!("you asked {purpose}. Please type this code on the page that is open in your browser:")),
            Block::Code(digits),
            Block::Small("It works for 10 minutes. If it was not you who asked, ignore this mail and nothing changes.".into()),
        ],
    ))
}

async fn invitation(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let mut blocks = vec![Block::Text(desk.says("body")), Block::Button("Read more and answer".into(), url)];
    let answer_by = desk.says("answer_by");
    if !answer_by.is_empty() {
        blocks.push(Block::Text(format!("Please answer by {answer_by}. Yes or no are both fine; one click is enough.")));
    }
    blocks.push(Block::Small(format!(
        "{} writes to you about {}. The link is yours alone, please do not pass it on. Say no there, and you will hear no more about it.",
        desk.says("organisation"),
        desk.says("program")
    )));
    Ok(Letter::new(desk.says("subject"), "en", &blocks))
}

async fn confirm(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let (name, email, day) = (desk.says("name"), desk.says("email"), day_words(desk));
    let own = desk.mail.params["own"].as_bool().unwrap_or(false);
    let (subject, text, small) = if own {
        (
            "Please confirm that you will come".to_owned(),
            format!("You said yes to an invitation: {day}. Please confirm that this is your address. Your seat is kept as soon as you do."),
            "If it was not you who answered, ignore this mail: nobody takes part in your name.",
        )
    } else {
        (
            format!("{name} answered your invitation: is that right?"),
            format!(
                "{name} ({email}) said yes to the invitation that we sent to you: {day}. If that is right, please confirm it. The seat then belongs to {name}, and everything about the day goes to {email}."
            ),
            "If you do not know about this, ignore this mail. The answer does not count, and your own link still works.",
        )
    };
    Ok(Letter::new(
        subject,
        "en",
        &[
            desk.greeting(),
            Block::Text(text),
            Block::Button(if own { "Confirm my answer".into() } else { format!("Confirm: {name} comes") }, url),
            Block::Small(format!("{small} Sent by {}.", desk.says("organisation"))),
        ],
    ))
}

/// "the day, date, place" of a mail about a panel day.
fn day_words(desk: &Desk<'_>) -> String {
    [desk.says("day_title"), desk.says("date"), desk.says("place")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

async fn seated(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let promoted = desk.mail.params["promoted"].as_bool().unwrap_or(false);
    let opening = if promoted { "A seat has become free, and it is yours." } else { "You have a seat." };
    Ok(Letter::new(
        format!("{opening} {}", day_words(desk)),
        "en",
        &[
            Block::Headline(opening.into()),
            desk.greeting(),
            Block::Text(format!(
                "we look forward to listening to you: {}. Your page has the agenda, and later what was heard and what became of it.",
                day_words(desk)
            )),
            Block::Button("Open your page".into(), url),
            Block::Small(format!(
                "Cannot come after all? Please say so on your page, so that somebody on the waitlist can. Sent by {}.",
                desk.says("organisation")
            )),
        ],
    ))
}

async fn waitlisted(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    Ok(Letter::new(
        format!("You are on the waitlist: {}", day_words(desk)),
        "en",
        &[
            Block::Headline("You are on the waitlist.".into()),
            desk.greeting(),
            Block::Text(format!(
                "thank you for saying yes. All seats are taken at the moment: {}. As soon as one frees, you move up by yourself and we write to you.",
                day_words(desk)
            )),
            Block::Button("Open your page".into(), url),
            Block::Small(format!("You can step back there at any time. Sent by {}.", desk.says("organisation"))),
        ],
    ))
}

async fn response(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let mut blocks = vec![
        Block::Headline("The panel said this. What do we answer?".into()),
        desk.greeting(),
        desk.heard("yours to answer", Tone::Promised, vec![], vec![]),
    ];
    let note = desk.says("note");
    if !note.is_empty() {
        blocks.push(Block::Text(note));
    }
    blocks.push(Block::Text(
        "A good answer promises something with a date, says where it exists already, or says no and why. It is read by the people who raised it. You draft it; the program team publishes it."
            .into(),
    ));
    blocks.push(Block::Button("Draft the answer".into(), url));
    let by = desk.says("by");
    let asked = if by.is_empty() { String::new() } else { format!(" {by} asked you.") };
    let opens = match desk.mail.link_id {
        Some(_) => "The link is yours alone and opens this one item only, without an account.",
        None => "The link leads to this item. Sign in with your account to see it.",
    };
    blocks.push(Block::Small(format!("{opens}{asked}")));
    Ok(Letter::new(format!("Yours to answer: “{}”", shortened(&desk.says("text"))), "en", &blocks))
}

async fn reopened(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let by = match desk.says("by") {
        by if by.is_empty() => "A panelist".to_owned(),
        by => by,
    };
    let reply = desk.says("reply");
    let reason = desk.says("reason");
    let small = if reason.is_empty() { vec![] } else { vec![format!("{by}: “{reason}”")] };
    // Where nobody owns the item, whoever published its answer is told.
    let (what_now, why) = match desk.says("as").as_str() {
        "publisher" => (
            "the answer below did not solve it, so the item is open again. It has no owner: please give it one, or answer it.",
            "You get this mail because you published this answer, and the item has no owner with an email address.",
        ),
        _ => ("the answer below did not solve it, so the item is open again and yours.", "You get this mail because you own this item."),
    };
    let heard = desk.heard("open again", Tone::Warn, if reply.is_empty() { vec![] } else { vec![reply] }, small);
    Ok(Letter::new(
        format!("Still broken: “{}”", shortened(&desk.says("text"))),
        "en",
        &[
            Block::Headline(format!("{by} says: still broken.")),
            desk.greeting(),
            Block::Text(what_now.into()),
            heard,
            Block::Button("Look at the item".into(), url),
            Block::Small(why.into()),
        ],
    ))
}

async fn too_soon(desk: &mut Desk<'_>) -> Result<Letter> {
    let url = desk.url().await?;
    let (reply, reason, due) = (desk.says("reply"), desk.says("reason"), desk.says("due"));
    let small = if reason.is_empty() { vec![] } else { vec![format!("A panelist: “{reason}”")] };
    let edge = if due.is_empty() { "promised".to_owned() } else { format!("promised for {due}") };
    let heard = desk.heard(&edge, Tone::Promised, if reply.is_empty() { vec![] } else { vec![reply] }, small);
    Ok(Letter::new(
        format!("Not enough, or too late: “{}”", shortened(&desk.says("text"))),
        "en",
        &[
            Block::Headline("A panelist says: not enough, or too late.".into()),
            desk.greeting(),
            Block::Text("The promised day has not come, so the item stays as it is. You can change the answer, with a reason.".into()),
            heard,
            Block::Button("Look at the item".into(), url),
            Block::Small("You get this mail because you own this item.".into()),
        ],
    ))
}

async fn report(desk: &mut Desk<'_>) -> Result<Letter> {
    let id: ReportId = desk.says("report").parse().map_err(|_| Error::NotFound)?;
    let panelist = desk.mail.subject_id.map(PanelistId).ok_or(Error::NotFound)?;
    let report = app::report::store::find(desk.tx, id).await?.ok_or(Error::NotFound)?;
    let copies = app::report::store::list_copies(desk.tx, id).await?;
    let edition = app::report::store::edition_for(&report, &copies, panelist);
    let url = desk.url().await?;
    let unsubscribe = match desk.says("unsubscribe").parse::<LinkId>() {
        Ok(link) => Some(desk.link(link, "/unsubscribe/").await?),
        Err(_) => None,
    };
    Ok(report_letter(&edition, &desk.mail.recipient_name, url, unsubscribe))
}

/// The report letter: the headline, what its reader raised with the answers, one button.
#[must_use]
pub fn report_letter(edition: &Edition, name: &str, url: String, unsubscribe: Option<String>) -> Letter {
    let document = &edition.document;
    let mut blocks = vec![
        Block::Headline(edition.headline()),
        Block::Text(if name.trim().is_empty() { "Hello,".into() } else { format!("Dear {},", name.trim()) }),
        Block::Text(format!("this is report {} on the panel of {}. {}", document.number, long_date(document.day.date), edition.summary())),
    ];
    blocks.extend(edition.yours.iter().map(|item| Block::Heard(heard(edition, item, true))));
    if edition.yours.is_empty() {
        blocks.extend(edition.others.iter().take(3).map(|item| Block::Heard(heard(edition, item, false))));
    }
    let rest = if edition.yours.is_empty() { edition.others.len().saturating_sub(3) } else { edition.others.len() };
    if rest > 0 {
        let things = if rest == 1 { "one more thing".into() } else { format!("{} more things", app::report::rules::number_word(rest)) };
        blocks.push(Block::Text(format!("The panel said {things}; the report has them all.")));
    }
    blocks
        .push(Block::Text("Does this answer you? One click in the report tells us: yes, partly, not what I said, or still broken.".into()));
    blocks.push(Block::Button("Read the report and answer".into(), url));
    blocks.push(Block::Small(match &unsubscribe {
        Some(url) => format!("You get this because you were at the panel. The link is yours alone. No more reports by mail: {url}"),
        None => "You get this because you were at the panel. The link is yours alone.".into(),
    }));
    let subject = format!("{} (report {}, {})", edition.headline(), document.number, document.program);
    Letter::new(subject, &document.language, &blocks).with_unsubscribe(unsubscribe)
}

fn heard(edition: &Edition, item: &Item, yours: bool) -> Heard {
    let document = &edition.document;
    let mut small: Vec<String> = Vec::new();
    for reply in &item.replies {
        small.extend(reply.reason.as_ref().map(|reason| format!("Reason: {reason}")));
        small.extend(reply.evidence.as_ref().map(|evidence| format!("Evidence: {evidence}")));
        small.extend(reply.link.clone());
    }
    if let (Some(change), Some(previous)) = (&item.change, &edition.document.previous) {
        small.push(format!("New since {}: {change}", long_date(previous.frozen_on)));
    }
    Heard {
        by: item.raised_by(yours),
        text: item.text.clone(),
        edge: item.edge(document.frozen_on),
        tone: item.standing().tone(),
        organisation: edition.document.organisation.clone(),
        replies: item.replies.iter().map(|reply| reply.text.clone()).collect(),
        small,
    }
}

/// At most 60 characters, cut between words.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + word.chars().count() > 58 {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    format!("{short} …")
}
