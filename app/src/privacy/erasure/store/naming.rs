//! Where others may have named a person: texts of every table, mentions, and what may only be their first name.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::super::UncertainTrace;
use super::super::rules::Traces;
use crate::db::{Table, Tx, audit_log};
use crate::kernel::error::Result;
use crate::kernel::ids::MentionId;

/// A text in which others named a person, and what it becomes.
#[derive(Clone, Debug)]
pub struct NamingText {
    column: String,
    is_json: bool,
    before: String,
    after: String,
}

/// Every text of `table` that others may have written and that has a trace in it. Mentions and rows of files have ways of their own.
pub async fn list_named(tx: &mut Tx, table: &Table, traces: &Traces) -> Result<Vec<NamingText>> {
    let mut found = Vec::new();
    for (column, is_json) in crate::db::row::texts(tx, table.name).await? {
        if is_fixed(&column) {
            continue;
        }
        let select = format!("SELECT DISTINCT {} FROM {} WHERE {column} IS NOT NULL", as_text(tx, &column, is_json), table.name);
        crate::db::row::each_text(tx, &select, |before| {
            let after = if is_json { traces.scrub_json(before) } else { traces.scrub(before) };
            found.extend(after.map(|after| NamingText { column: column.clone(), is_json, before: before.to_owned(), after }));
        })
        .await?;
    }
    Ok(found)
}

/// Replaces such texts; gives how many rows changed.
pub async fn replace_named(tx: &mut Tx, table: &Table, named: &[NamingText]) -> Result<u64> {
    let mut changed = 0;
    for NamingText { column, is_json, before, after } in named {
        let cast = if *is_json && tx.is_postgres() { "::jsonb" } else { "" };
        let update = format!("UPDATE {} SET {column} = $1{cast} WHERE {} = $2", table.name, as_text(tx, column, *is_json));
        changed += tx.run(AssertSqlSafe(update), &[after.into(), before.into()]).await?;
        audit_log::cover(tx, table.name, &format!("{column} = $1{cast}"), &[after.clone().into()]).await?;
    }
    Ok(changed)
}

fn as_text(tx: &Tx, column: &str, is_json: bool) -> String {
    if is_json && tx.is_postgres() { format!("{column}::text") } else { column.to_owned() }
}

/// The fields of a mention that may name a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamingPost {
    pub id: MentionId,
    text: String,
    url: Option<String>,
    external_id: Option<String>,
    dedupe_key: String,
}

/// Of `most` mentions after `after`: those that have a trace, as they are to be; and the last mention, if there are more. Mentions come by the million,
/// and are read page by page.
pub async fn list_naming_mentions(
    tx: &mut Tx,
    traces: &Traces,
    after: Option<MentionId>,
    limit: i64,
) -> Result<(Vec<NamingPost>, Option<MentionId>)> {
    let mentions: Vec<NamingPost> = tx
        .list(
            "SELECT id, text, url, external_id, dedupe_key FROM mention WHERE id > $1 ORDER BY id LIMIT $2",
            &[after.unwrap_or(MentionId(Uuid::nil())).into(), limit.into()],
        )
        .await?;
    let last = mentions.last().map(|mention| mention.id);
    let mut found = Vec::new();
    for mut mention in mentions {
        let clean = |text: &String| traces.scrub(text);
        let cleaned = [
            clean(&mention.text),
            mention.url.as_ref().and_then(clean),
            mention.external_id.as_ref().and_then(clean),
            clean(&mention.dedupe_key),
        ];
        if cleaned.iter().all(Option::is_none) {
            continue;
        }
        let [text, url, external_id, dedupe_key] = cleaned;
        mention.text = text.unwrap_or(mention.text);
        mention.url = url.or(mention.url);
        mention.external_id = external_id.or(mention.external_id);
        mention.dedupe_key = dedupe_key.unwrap_or(mention.dedupe_key);
        found.push(mention);
    }
    Ok((found, last))
}

/// Writes mentions as they are to be.
pub async fn replace_mentions(tx: &mut Tx, mentions: &[NamingPost]) -> Result<()> {
    for mention in mentions {
        tx.run(
            "UPDATE mention SET text = $2, url = $3, external_id = $4, dedupe_key = $5 WHERE id = $1",
            &[
                mention.id.into(),
                mention.text.as_str().into(),
                mention.url.as_deref().into(),
                mention.external_id.as_deref().into(),
                mention.dedupe_key.as_str().into(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Texts that may still name a person: (what, of whose page, where, query for page and text).
const WRITTEN: &[(&str, &str, &str)] = &[
    ("note", "/sessions/", "SELECT id, session_id, text FROM note WHERE withdrawn_at IS NULL"),
    ("heard item", "/heard/", "SELECT id, id, text FROM heard_item"),
    ("response", "/heard/", "SELECT v.id, r.heard_id, v.text FROM response_version v JOIN response r ON r.id = v.response_id"),
    ("reason for reopening", "/heard/", "SELECT id, heard_id, reason FROM heard_event"),
    ("remark of a panelist", "/heard/", "SELECT id, heard_id, remark FROM answer"),
];

/// Rows that may still name a person: a first name or a surname on its own.
pub async fn list_unsure(tx: &mut Tx, traces: &Traces) -> Result<Vec<UncertainTrace>> {
    let mut found = Vec::new();
    for (what, page, query) in WRITTEN {
        let rows: Vec<(Uuid, Uuid, String)> = tx.list(*query, &[]).await?;
        let named = rows.into_iter().filter(|(.., text)| traces.may_name(text));
        found.extend(named.map(|(id, of, _)| UncertainTrace { what: (*what).to_owned(), id, href: format!("{page}{of}") }));
    }
    Ok(found)
}

/// Columns in which nobody writes about somebody else: a namesake's name and address are their own, hashes and states ours.
fn is_fixed(column: &str) -> bool {
    matches!(column, "name" | "email" | "handle" | "handle_key" | "recipient" | "recipient_name" | "state" | "kind" | "idempotency_key")
        || column.ends_with("hash")
}
