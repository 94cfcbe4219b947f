//! The tables `erasure` and `erasure_plan`, and the questions that erasing asks of all tables: who belongs together, where is a word.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

use super::Unsure;
use super::rules::{self, Traces};
use crate::clock::Time;
use crate::db::{Subject, Table, Tx, Value, journal};
use crate::error::Result;
use crate::ids::{ErasureId, ErasurePlanId, MentionId, PanelDayId, PanelistId};
use crate::{affected, sql};

/// The tables written here.
pub const TABLES: &[Table] = &[
    Table::plain("erasure", &["id", "subject_kind", "subject_id", "at"]),
    Table::plain("erasure_plan", &["id", "parts", "asked_by", "asked_at", "ended_at", "unsure"]),
];

/// One row of one person.
pub type Part = (Subject, Uuid);

/// Where a mail address (lower case) was written down as somebody's own.
const BY_EMAIL: &[(Subject, &str)] = &[
    (Subject::Customer, "SELECT id FROM customer WHERE lower(email) = $1"),
    (Subject::Invitation, "SELECT id FROM invitation WHERE lower(email) = $1"),
    (Subject::Panelist, "SELECT id FROM panelist WHERE lower(email) = $1"),
    (Subject::Account, "SELECT id FROM account WHERE lower(email) = $1"),
    (Subject::Nominator, "SELECT id FROM nominator WHERE lower(email) = $1"),
    (Subject::Owner, "SELECT id FROM heard_item WHERE lower(owner_email) = $1 AND owner_account IS NULL"),
    (
        Subject::Recipient,
        "SELECT id FROM outbox WHERE lower(recipient) = $1 AND (subject_id IS NULL OR subject_id IN (SELECT id FROM heard_item))",
    ),
    (Subject::Nominated, "SELECT nomination_id FROM nomination_hearing WHERE lower(reach) = $1"),
];

/// Whether the address of a row is known to be its person's: an invitation was sent to it, or a link or code that was sent to it was used.
/// What somebody typed on a form is not.
const IS_VERIFIED: &[(Subject, &str)] = &[
    (Subject::Invitation, "SELECT id FROM invitation WHERE id = $1 AND sent_at IS NOT NULL"),
    (
        Subject::Panelist,
        "SELECT p.id FROM panelist p JOIN invitation i ON i.id = p.invitation_id WHERE p.id = $1 AND (
             (lower(i.email) = lower(p.email) AND i.sent_at IS NOT NULL)
             OR EXISTS (SELECT 1 FROM access_link l WHERE l.subject_id = p.id AND l.purpose = 'door' AND l.opened_at IS NOT NULL)
             OR EXISTS (SELECT 1 FROM code k WHERE k.subject_id = p.id AND k.used_at IS NOT NULL))",
    ),
];

/// Rows that may be joined with others by their address.
const JOINED_BY_EMAIL: &[Subject] = &[Subject::Customer, Subject::Invitation, Subject::Panelist];

/// From one row of a person to the next ones.
const STEPS: &[(Subject, Subject, &str)] = &[
    (
        Subject::Author,
        Subject::Author,
        "SELECT CASE WHEN one_id = $1 THEN other_id ELSE one_id END FROM claim WHERE state = 'confirmed' AND (one_id = $1 OR other_id = $1)",
    ),
    (Subject::Author, Subject::Candidate, "SELECT id FROM candidate WHERE author_id = $1"),
    (Subject::Author, Subject::Panelist, "SELECT id FROM panelist WHERE author_id = $1"),
    (Subject::Customer, Subject::Candidate, "SELECT id FROM candidate WHERE customer_id = $1"),
    (Subject::Customer, Subject::Panelist, "SELECT id FROM panelist WHERE customer_id = $1"),
    (Subject::Candidate, Subject::Author, "SELECT author_id FROM candidate WHERE id = $1 AND author_id IS NOT NULL"),
    (Subject::Candidate, Subject::Customer, "SELECT customer_id FROM candidate WHERE id = $1 AND customer_id IS NOT NULL"),
    (Subject::Candidate, Subject::Invitation, "SELECT id FROM invitation WHERE candidate_id = $1"),
    (Subject::Invitation, Subject::Candidate, "SELECT candidate_id FROM invitation WHERE id = $1"),
    (Subject::Invitation, Subject::Panelist, "SELECT id FROM panelist WHERE invitation_id = $1"),
    (Subject::Panelist, Subject::Invitation, "SELECT invitation_id FROM panelist WHERE id = $1"),
    (Subject::Panelist, Subject::Author, "SELECT author_id FROM panelist WHERE id = $1 AND author_id IS NOT NULL"),
    (Subject::Panelist, Subject::Customer, "SELECT customer_id FROM panelist WHERE id = $1 AND customer_id IS NOT NULL"),
];

/// Where a person's names, addresses and handles are: (whose, what, query).
const WORDS: &[(Subject, Word, &str)] = &[
    (Subject::Author, Word::Handle, "SELECT handle FROM author WHERE id = $1"),
    (Subject::Author, Word::Name, "SELECT COALESCE(name, '') FROM author WHERE id = $1"),
    (Subject::Customer, Word::Name, "SELECT name FROM customer WHERE id = $1"),
    (Subject::Customer, Word::Email, "SELECT COALESCE(email, '') FROM customer WHERE id = $1"),
    (Subject::Candidate, Word::Name, "SELECT name FROM candidate WHERE id = $1"),
    (Subject::Invitation, Word::Name, "SELECT c.name FROM invitation i JOIN candidate c ON c.id = i.candidate_id WHERE i.id = $1"),
    (Subject::Invitation, Word::Email, "SELECT COALESCE(email, '') FROM invitation WHERE id = $1"),
    (Subject::Panelist, Word::Name, "SELECT name FROM panelist WHERE id = $1"),
    (Subject::Panelist, Word::Email, "SELECT email FROM panelist WHERE id = $1"),
    (Subject::Account, Word::Name, "SELECT name FROM account WHERE id = $1"),
    (Subject::Account, Word::Email, "SELECT email FROM account WHERE id = $1"),
    (Subject::Nominator, Word::Email, "SELECT email FROM nominator WHERE id = $1"),
    (Subject::Owner, Word::Name, "SELECT COALESCE(owner_name, '') FROM heard_item WHERE id = $1 AND owner_account IS NULL"),
    (Subject::Owner, Word::Email, "SELECT COALESCE(owner_email, '') FROM heard_item WHERE id = $1 AND owner_account IS NULL"),
    (Subject::Recipient, Word::Name, "SELECT recipient_name FROM outbox WHERE id = $1"),
    (Subject::Recipient, Word::Email, "SELECT recipient FROM outbox WHERE id = $1"),
    (Subject::Nominated, Word::Name, "SELECT COALESCE(person, '') FROM nomination WHERE id = $1"),
    (Subject::Nominated, Word::Email, "SELECT COALESCE(reach, '') FROM nomination_hearing WHERE nomination_id = $1"),
];

/// What a word says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Name,
    Email,
    Handle,
}

/// Rows with this address.
pub async fn find_by_email(tx: &mut Tx, email: &str) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for (subject, query) in BY_EMAIL {
        let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar(*query).bind(email).fetch_all(c).await)?;
        found.extend(ids.into_iter().map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Voices with this handle (lower case, without @), on any network.
pub async fn find_by_handle(tx: &mut Tx, handle: &str) -> Result<Vec<Part>> {
    let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar("SELECT id FROM author WHERE handle_key = $1 OR lower(handle) = $1")
        .bind(handle)
        .fetch_all(c)
        .await)?;
    Ok(ids.into_iter().map(|id| (Subject::Author, id)).collect())
}

/// People who were nominated, or own heard items without an account, by this name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for (subject, query) in [
        (Subject::Nominated, "SELECT id, person FROM nomination WHERE person IS NOT NULL"),
        (Subject::Owner, "SELECT id, owner_name FROM heard_item WHERE owner_name IS NOT NULL AND owner_account IS NULL"),
    ] {
        let rows: Vec<(Uuid, String)> = sql!(tx, |c| sqlx::query_as(query).fetch_all(c).await)?;
        found.extend(rows.into_iter().filter(|(_, other)| rules::is_same_name(name, other)).map(|(id, _)| (subject, id)));
    }
    Ok(found)
}

/// The network of a voice, and the key under which its handle is one voice.
pub async fn find_handle(tx: &mut Tx, author: Uuid) -> Result<Option<(String, String)>> {
    Ok(sql!(tx, |c| sqlx::query_as("SELECT network, handle_key FROM author WHERE id = $1").bind(author).fetch_optional(c).await)?)
}

/// Which kind of person an id is.
pub async fn find_by_id(tx: &mut Tx, id: Uuid) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for subject in Subject::ALL {
        let query = match subject {
            Subject::Owner => "SELECT id FROM heard_item WHERE id = $1 AND owner_account IS NULL AND owner_email IS NOT NULL".to_owned(),
            Subject::Recipient => "SELECT id FROM outbox WHERE id = $1 AND recipient <> ''".to_owned(),
            Subject::Nominated => "SELECT id FROM nomination WHERE id = $1 AND person IS NOT NULL".to_owned(),
            _ => format!("SELECT id FROM {} WHERE id = $1", subject.as_str()),
        };
        let known: Option<Uuid> = sql!(tx, |c| sqlx::query_scalar(AssertSqlSafe(query.clone())).bind(id).fetch_optional(c).await)?;
        found.extend(known.map(|id| (*subject, id)));
    }
    Ok(found)
}

/// Everything that belongs to the same person as `parts`: confirmed links of voices, candidates, invitations and seats, and rows with the
/// same name and an address of which one of them is verified. An account is never found this way: it belongs only to a person who was looked for by it.
pub async fn together(tx: &mut Tx, parts: Vec<Part>) -> Result<BTreeSet<Part>> {
    let mut found = BTreeSet::new();
    let mut waiting = parts;
    while let Some((subject, id)) = waiting.pop() {
        if !found.insert((subject, id)) {
            continue;
        }
        for (_, to, query) in STEPS.iter().filter(|(from, ..)| *from == subject) {
            let ids: Vec<Uuid> = sql!(tx, |c| sqlx::query_scalar(*query).bind(id).fetch_all(c).await)?;
            waiting.extend(ids.into_iter().map(|id| (*to, id)));
        }
        if JOINED_BY_EMAIL.contains(&subject) {
            waiting.extend(by_verified_email(tx, (subject, id)).await?);
        }
    }
    Ok(found)
}

async fn by_verified_email(tx: &mut Tx, part: Part) -> Result<Vec<Part>> {
    let own = words(tx, part).await?;
    let (verified, mut found) = (is_verified(tx, part).await?, Vec::new());
    // An address that was only typed, into a form or by us into an invitation that was never sent, says nothing.
    if part.0 != Subject::Customer && !verified {
        return Ok(found);
    }
    for (_, email) in own.iter().filter(|(word, email)| *word == Word::Email && !email.is_empty()) {
        for other in find_by_email(tx, &email.to_lowercase()).await? {
            if !JOINED_BY_EMAIL.contains(&other.0) || other == part {
                continue;
            }
            let other_verified = is_verified(tx, other).await?;
            let joined = other_verified || (verified && other.0 == Subject::Customer);
            if joined && have_same_name(&own, &words(tx, other).await?) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

async fn is_verified(tx: &mut Tx, part: Part) -> Result<bool> {
    let Some((_, query)) = IS_VERIFIED.iter().find(|(subject, _)| *subject == part.0) else { return Ok(false) };
    let found: Option<Uuid> = sql!(tx, |c| sqlx::query_scalar(*query).bind(part.1).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Whether two rows have a name in common.
pub(super) fn have_same_name(one: &[(Word, String)], other: &[(Word, String)]) -> bool {
    let names = |words: &[(Word, String)]| -> Vec<String> {
        words.iter().filter(|(word, text)| *word == Word::Name && !text.trim().is_empty()).map(|(_, text)| text.clone()).collect()
    };
    let others = names(other);
    names(one).iter().any(|name| others.iter().any(|other| rules::is_same_name(name, other)))
}

/// The names, addresses and handles of one row.
pub(super) async fn words(tx: &mut Tx, part: Part) -> Result<Vec<(Word, String)>> {
    let mut found = Vec::new();
    for (_, word, query) in WORDS.iter().filter(|(subject, ..)| *subject == part.0) {
        let texts: Vec<String> = sql!(tx, |c| sqlx::query_scalar(*query).bind(part.1).fetch_all(c).await)?;
        found.extend(texts.into_iter().map(|text| (*word, text)));
    }
    Ok(found)
}

/// A text in which others named a person, and what it becomes.
#[derive(Clone, Debug)]
pub struct Named {
    column: String,
    is_json: bool,
    before: String,
    after: String,
}

/// Every text of `table` that others may have written and that has a trace in it. Posts and rows of files have ways of their own.
pub async fn list_named(tx: &mut Tx, table: &Table, traces: &Traces) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    for (column, is_json) in crate::db::row::texts(tx, table.name).await? {
        if is_fixed(&column) {
            continue;
        }
        let select = format!("SELECT DISTINCT {} FROM {} WHERE {column} IS NOT NULL", as_text(tx, &column, is_json), table.name);
        crate::db::row::each_text(tx, &select, |before| {
            let after = if is_json { traces.scrub_json(before) } else { traces.scrub(before) };
            found.extend(after.map(|after| Named { column: column.clone(), is_json, before: before.to_owned(), after }));
        })
        .await?;
    }
    Ok(found)
}

/// Replaces such texts; gives how many rows changed.
pub async fn replace_named(tx: &mut Tx, table: &Table, named: &[Named]) -> Result<u64> {
    let mut changed = 0;
    for Named { column, is_json, before, after } in named {
        let cast = if *is_json && tx.is_postgres() { "::jsonb" } else { "" };
        let update = format!("UPDATE {} SET {column} = $1{cast} WHERE {} = $2", table.name, as_text(tx, column, *is_json));
        changed += affected!(tx, |c| sqlx::query(AssertSqlSafe(update.clone())).bind(after).bind(before).execute(c).await)?;
        journal::cover(tx, table.name, &format!("{column} = $1{cast}"), &[Value::Text(after.clone())]).await?;
    }
    Ok(changed)
}

fn as_text(tx: &Tx, column: &str, is_json: bool) -> String {
    if is_json && tx.is_postgres() { format!("{column}::text") } else { column.to_owned() }
}

/// What a post holds in which somebody may be named.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Post {
    pub id: MentionId,
    text: String,
    url: Option<String>,
    external_id: Option<String>,
    dedupe_key: String,
}

/// Of `most` posts after `after`: those that have a trace, as they are to be; and the last post, if there are more. Posts come by the million,
/// and are read page by page.
pub async fn list_naming_posts(
    tx: &mut Tx,
    traces: &Traces,
    after: Option<MentionId>,
    most: i64,
) -> Result<(Vec<Post>, Option<MentionId>)> {
    let posts: Vec<Post> =
        sql!(tx, |c| sqlx::query_as("SELECT id, text, url, external_id, dedupe_key FROM mention WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(after.unwrap_or(MentionId(Uuid::nil())))
            .bind(most)
            .fetch_all(c)
            .await)?;
    let last = posts.last().map(|post| post.id);
    let mut found = Vec::new();
    for mut post in posts {
        let clean = |text: &String| traces.scrub(text);
        let cleaned =
            [clean(&post.text), post.url.as_ref().and_then(clean), post.external_id.as_ref().and_then(clean), clean(&post.dedupe_key)];
        if cleaned.iter().all(Option::is_none) {
            continue;
        }
        let [text, url, external_id, dedupe_key] = cleaned;
        post.text = text.unwrap_or(post.text);
        post.url = url.or(post.url);
        post.external_id = external_id.or(post.external_id);
        post.dedupe_key = dedupe_key.unwrap_or(post.dedupe_key);
        found.push(post);
    }
    Ok((found, last))
}

/// Writes posts as they are to be.
pub async fn replace_posts(tx: &mut Tx, posts: &[Post]) -> Result<()> {
    for post in posts {
        sql!(tx, |c| sqlx::query("UPDATE mention SET text = $2, url = $3, external_id = $4, dedupe_key = $5 WHERE id = $1")
            .bind(post.id)
            .bind(&post.text)
            .bind(&post.url)
            .bind(&post.external_id)
            .bind(&post.dedupe_key)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// Texts by people that may still name somebody: (what, of whose page, where, query for page and text).
const WRITTEN: &[(&str, &str, &str)] = &[
    ("note", "/sessions/", "SELECT id, session_id, text FROM note WHERE withdrawn_at IS NULL"),
    ("heard item", "/heard/", "SELECT id, id, text FROM heard_item"),
    ("response", "/heard/", "SELECT v.id, r.heard_id, v.text FROM response_version v JOIN response r ON r.id = v.response_id"),
    ("reason for reopening", "/heard/", "SELECT id, heard_id, reason FROM heard_event"),
    ("remark of a panelist", "/heard/", "SELECT id, heard_id, remark FROM answer"),
];

/// Rows that may still name a person: a first name or a surname on its own.
pub async fn list_unsure(tx: &mut Tx, traces: &Traces) -> Result<Vec<Unsure>> {
    let mut found = Vec::new();
    for (what, page, query) in WRITTEN {
        let rows: Vec<(Uuid, Uuid, String)> = sql!(tx, |c| sqlx::query_as(*query).fetch_all(c).await)?;
        let named = rows.into_iter().filter(|(.., text)| traces.may_name(text));
        found.extend(named.map(|(id, of, _)| Unsure { what: (*what).to_owned(), id, href: format!("{page}{of}") }));
    }
    Ok(found)
}

/// Columns in which nobody writes about somebody else: a namesake's name and address are their own, hashes and states ours.
fn is_fixed(column: &str) -> bool {
    matches!(column, "name" | "email" | "handle" | "handle_key" | "recipient" | "recipient_name" | "state" | "kind" | "idempotency_key")
        || column.ends_with("hash")
}

/// Ends a person's links and logins, takes their mail out of the queue, and closes an account.
pub async fn end_links(tx: &mut Tx, now: Time, part: Part) -> Result<()> {
    const LINKS: [&str; 2] = [
        "UPDATE login SET revoked_at = $2 WHERE revoked_at IS NULL AND link_id IN (SELECT id FROM access_link WHERE subject_id = $1)",
        "UPDATE access_link SET revoked_at = $2 WHERE subject_id = $1 AND revoked_at IS NULL",
    ];
    const MAIL: &str = "UPDATE outbox SET state = 'failed', error = 'erased', due_at = $2 WHERE subject_id = $1 AND state = 'queued'";
    let own: &[&str] = match part.0 {
        Subject::Recipient => &["UPDATE outbox SET state = 'failed', error = 'erased', due_at = $2 WHERE id = $1 AND state = 'queued'"],
        Subject::Nominated => &[],
        Subject::Account => &[MAIL, "UPDATE account SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL"],
        _ => &[MAIL],
    };
    for statement in LINKS.iter().chain(own) {
        sql!(tx, |c| sqlx::query(*statement).bind(part.1).bind(now).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Frees a seat that was not used.
pub async fn leave_seat(tx: &mut Tx, now: Time, panelist: PanelistId) -> Result<()> {
    const LEAVE: &str = "UPDATE panelist SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL AND attendance IS NULL";
    sql!(tx, |c| sqlx::query(LEAVE).bind(panelist).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Whether these accounts hold the last open administrator's.
pub async fn are_last_administrators(tx: &mut Tx, accounts: &[Uuid]) -> Result<bool> {
    let open: Vec<Uuid> =
        sql!(tx, |c| sqlx::query_scalar("SELECT id FROM account WHERE role = 'administrator' AND closed_at IS NULL").fetch_all(c).await)?;
    Ok(open.iter().any(|id| accounts.contains(id)) && open.iter().all(|id| accounts.contains(id)))
}

/// The panel day of a panelist who holds a seat there.
pub async fn find_seat(tx: &mut Tx, id: PanelistId) -> Result<Option<PanelDayId>> {
    Ok(sql!(tx, |c| sqlx::query_scalar(
        "SELECT panel_day_id FROM panelist WHERE id = $1 AND seated_at IS NOT NULL AND withdrawn_at IS NULL"
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// Remembers, by id alone, that a row was erased.
pub async fn create(tx: &mut Tx, now: Time, part: Part) -> Result<()> {
    sql!(tx, |c| sqlx::query("INSERT INTO erasure (id, subject_kind, subject_id, at) VALUES ($1, $2, $3, $4)")
        .bind(ErasureId::new())
        .bind(part.0.as_str())
        .bind(part.1)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Everything that was ever erased, and when, oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<(Part, Time)>> {
    let rows: Vec<(String, Uuid, Time)> =
        sql!(tx, |c| sqlx::query_as("SELECT subject_kind, subject_id, at FROM erasure ORDER BY at, id").fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(word, id, at)| Some(((Subject::from_word(&word)?, id), at))).collect())
}

/// Since when an item has its owner.
pub async fn find_owned_at(tx: &mut Tx, item: Uuid) -> Result<Option<Time>> {
    let found: Option<Option<Time>> =
        sql!(tx, |c| sqlx::query_scalar("SELECT owned_at FROM heard_item WHERE id = $1").bind(item).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// Keeps an erasure to be carried out.
pub async fn create_plan(tx: &mut Tx, now: Time, by: Option<Uuid>, parts: &[Part]) -> Result<ErasurePlanId> {
    let id = ErasurePlanId::new();
    sql!(tx, |c| sqlx::query("INSERT INTO erasure_plan (id, parts, asked_by, asked_at, unsure) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(Json(parts))
        .bind(by)
        .bind(now)
        .bind(Json(serde_json::json!([])))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// The rows that an erasure is about, unless it has ended.
pub async fn find_plan(tx: &mut Tx, id: ErasurePlanId) -> Result<Option<Vec<Part>>> {
    let parts: Option<Json<Vec<Part>>> =
        sql!(tx, |c| sqlx::query_scalar("SELECT parts FROM erasure_plan WHERE id = $1 AND ended_at IS NULL")
            .bind(id)
            .fetch_optional(c)
            .await)?;
    Ok(parts.map(|parts| parts.0))
}

/// Records how an erasure ended.
pub async fn end_plan(tx: &mut Tx, id: ErasurePlanId, now: Time, unsure: &[Unsure]) -> Result<()> {
    sql!(tx, |c| sqlx::query("UPDATE erasure_plan SET ended_at = $2, unsure = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(Json(unsure))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// How many erasures are still to be carried out, and the rows that those since `since` were unsure of.
pub async fn list_left(tx: &mut Tx, since: Time) -> Result<(i64, Vec<Unsure>)> {
    let waiting = sql!(tx, |c| sqlx::query_scalar("SELECT COUNT(*) FROM erasure_plan WHERE ended_at IS NULL").fetch_one(c).await)?;
    let unsure: Vec<Json<Vec<Unsure>>> =
        sql!(tx, |c| sqlx::query_scalar("SELECT unsure FROM erasure_plan WHERE ended_at >= $1 ORDER BY ended_at")
            .bind(since)
            .fetch_all(c)
            .await)?;
    Ok((waiting, unsure.into_iter().flat_map(|unsure| unsure.0).collect()))
}

/// Rows that the tests of erasing need as they are.
#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::clock::now;
    use crate::ids::{HeardId, ProgramId};

    /// Changes something behind the acts' back.
    pub async fn change(tx: &mut Tx, statement: &'static str) {
        sql!(tx, |c| sqlx::query(statement).execute(c).await.map(|_| ())).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// The texts that a query finds.
    pub async fn texts(tx: &mut Tx, query: &'static str) -> Vec<String> {
        sql!(tx, |c| sqlx::query_scalar(query).fetch_all(c).await).expect(query)
    }

    /// A customer of the one program.
    pub async fn customer(tx: &mut Tx, name: &str, email: &str) -> Uuid {
        let id = Uuid::now_v7();
        sql!(tx, |c| sqlx::query(
            "INSERT INTO customer (id, program_id, external_ref, name, email, products, owns_products, consents_to_contact, created_at)
             SELECT $1, id, 'c1', $2, $3, '', $4, $4, $5 FROM program"
        )
        .bind(id)
        .bind(name)
        .bind(email)
        .bind(true)
        .bind(now())
        .execute(c)
        .await
        .map(|_| ()))
        .expect("a customer");
        id
    }

    /// A heard item, open, with these words.
    pub async fn open_item(tx: &mut Tx, program: ProgramId, day: PanelDayId, number: i64, text: &str) -> HeardId {
        let id = HeardId::new();
        sql!(tx, |c| sqlx::query(
            "INSERT INTO heard_item (id, program_id, panel_day_id, number, text, opened_at, revision, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $6)"
        )
        .bind(id)
        .bind(program)
        .bind(day)
        .bind(number)
        .bind(text)
        .bind(now())
        .execute(c)
        .await
        .map(|_| ()))
        .expect("an item");
        id
    }
}
