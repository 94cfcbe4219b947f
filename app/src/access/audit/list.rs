//! What the page and the file of the audit log share: the search in an address, and lines in words.

use chrono::{Days, NaiveTime};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{ResourceType, words};
use crate::access::account::{self, Account, Actor, Permission};
use crate::db::Tx;
use crate::db::audit_log::AuditLine;
use crate::db::audit_search::{self, AuditActor, AuditSearch};
use crate::kernel::clock::csv_time;
use crate::kernel::error::Result;
use crate::kernel::export::{Parts, csv, lines};

/// Lines in one part of the file.
const PART: i64 = 1000;

/// Reads a search from an address. Days are days of UTC, as the page writes times.
pub fn search(get: impl Fn(&str) -> Option<String>) -> AuditSearch {
    let day = |name: &str| get(name).and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    AuditSearch {
        actor: get("who").and_then(|who| match who.as_str() {
            "links" => Some(AuditActor::Links),
            "system" => Some(AuditActor::System),
            id => id.parse().ok().map(AuditActor::Account),
        }),
        shown: get("q").map(|typed| words::stored(&typed)).unwrap_or_default(),
        action: get("q"),
        subject_kind: get("thing").and_then(|word| word.parse::<ResourceType>().ok()).map(ResourceType::as_str),
        subject: get("id").and_then(|id| id.parse::<Uuid>().ok()),
        since: day("since").map(|day| day.and_time(NaiveTime::MIN).and_utc()),
        before: day("until").and_then(|day| day.checked_add_days(Days::new(1))).map(|day| day.and_time(NaiveTime::MIN).and_utc()),
    }
}

/// Who did it.
#[must_use]
pub fn who(line: &AuditLine, accounts: &[Account]) -> String {
    let account = || accounts.iter().find(|account| Some(account.id.0) == line.actor_id);
    match line.actor_kind.as_str() {
        "account" => account().map_or_else(|| "Former colleague".to_owned(), |account| account.name.clone()),
        "link" => "A guest, by personal link".to_owned(),
        _ => "Weheard".to_owned(),
    }
}

/// What was done, as readers read it.
#[must_use]
pub fn action(line: &AuditLine) -> &str {
    words::shown(&line.action, &line.subject_kind)
}

/// What it was done to, in a word or two.
#[must_use]
pub fn thing(line: &AuditLine) -> &str {
    line.subject_kind.parse::<ResourceType>().map_or(line.subject_kind.as_str(), |kind| kind.label())
}

/// The page of what it was done to; none where it has none.
#[must_use]
pub fn href(line: &AuditLine) -> Option<String> {
    let stem = match line.subject_kind.parse::<ResourceType>().ok()? {
        ResourceType::Program => "programs",
        ResourceType::PanelDay => "days",
        ResourceType::Topic => "listen/topics",
        ResourceType::Author => "authors",
        ResourceType::Mention => "mentions",
        ResourceType::ImportRun => "imports",
        ResourceType::Invitation => "invitations",
        ResourceType::Session => "sessions",
        ResourceType::Heard => "heard",
        ResourceType::Report => "reports",
        ResourceType::Email => "outbox",
        _ => return None,
    };
    Some(format!("/{stem}/{}", line.subject_id))
}

/// The log as a file, in parts.
pub struct AuditFile {
    search: AuditSearch,
    accounts: Vec<Account>,
    /// The oldest line so far.
    before: i64,
    begun: bool,
}

impl AuditFile {
    /// # Errors
    /// `Forbidden` for those who may not see the audit log.
    pub async fn of(tx: &mut Tx, actor: &Actor, search: AuditSearch) -> Result<Self> {
        actor.may(Permission::SeeAuditLog)?;
        Ok(Self { search, accounts: account::store::list(tx).await?, before: i64::MAX, begun: false })
    }
}

impl Parts for AuditFile {
    async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<u8>>> {
        let found = audit_search::list_before(tx, &self.search, self.before, PART).await?;
        let Some(last) = found.last() else {
            return Ok((!std::mem::replace(&mut self.begun, true)).then(|| csv(&HEADS, Vec::<Vec<String>>::new())));
        };
        self.before = last.seq;
        let rows = found.iter().map(|line| {
            [
                line.seq.to_string(),
                csv_time(line.at, Tz::UTC),
                who(line, &self.accounts),
                action(line).to_owned(),
                thing(line).to_owned(),
                line.subject_id.to_string(),
                line.payload.clone().filter(|payload| payload != "null").unwrap_or_default(),
            ]
        });
        Ok(Some(if std::mem::replace(&mut self.begun, true) { lines(rows) } else { csv(&HEADS, rows) }))
    }
}

const HEADS: [&str; 7] = ["Entry", "Time", "Who", "Action", "Subject", "ID", "Details"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;
    use crate::testing::{each_db, fixture, whole_file};

    #[tokio::test]
    async fn the_log_is_searched_by_who_what_thing_and_day() {
        each_db(|db| async move {
            let mut tx = db.begin().await.expect("tx");
            let sam = fixture::account(&mut tx, "Sam Field", account::Role::Staff, now()).await;
            let program = crate::program::act::create(&mut tx, &fixture::actor(&sam), now(), fixture::charter()).await.expect("a program");
            tx.commit().await.expect("commit");
            let mut tx = db.read().await.expect("tx");
            let today = now().date_naive();
            let (sam_id, program_id) = (sam.id.to_string(), program.to_string());
            let (tomorrow, today) = (today.succ_opt().expect("a day").to_string(), today.to_string());
            for (query, found) in [
                (vec![], 2),
                (vec![("who", sam_id.as_str())], 1),
                (vec![("who", "system")], 1),
                (vec![("who", "links")], 0),
                (vec![("q", "ADD")], 1),
                (vec![("thing", "program")], 1),
                (vec![("id", program_id.as_str())], 1),
                (vec![("since", today.as_str()), ("until", today.as_str())], 2),
                (vec![("since", tomorrow.as_str())], 0),
            ] {
                let wanted = search(|name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
                let lines = audit_search::list(&mut tx, &wanted, 50, 0).await.expect("lines");
                assert_eq!(lines.len(), found, "{query:?}");
                assert_eq!(audit_search::count(&mut tx, &wanted).await.expect("a count"), i64::try_from(found).expect("few"));
                let file = AuditFile::of(&mut tx, &fixture::staff(), wanted).await.expect("a file");
                assert_eq!(whole_file(&mut tx, file).await.lines().count(), found + 1, "a head, and each line");
            }
            let viewer = Actor::Account { id: sam.id, role: account::Role::Viewer, unit: None, name: "Vera".into() };
            assert!(AuditFile::of(&mut tx, &viewer, AuditSearch::default()).await.is_err());
        })
        .await;
    }
}
