//! Text as the searches of lists compare it: taken apart, in small letters, without accents. “özge” finds “Özge”, “OZGE” and “o” with two
//! dots behind it; “ışık” finds “IŞIK”; “strasse” finds “Straße”.
//!
//! SQLite folds ASCII alone and PostgreSQL what its locale knows, so both do as this file says: SQLite by a collation that this file gives
//! it, PostgreSQL by the function `folded` of its migration 95. Mentions are searched by their words instead (see `search`).

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// The collation by which SQLite compares; see `compare`.
pub const COLLATION: &str = "holds_folded";
/// What a text begins with that is looked for.
const NEEDLE: char = '\u{1}';

/// The text in the form in which two texts are compared.
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c)) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ς' => plain.push('σ'),
            'ı' => plain.push('i'),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            c => plain.push(c),
        }
    }
    plain
}

/// Marks that letters are told apart by only where somebody looks closely: accents, points of Hebrew and Arabic.
const fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'..='\u{5c2}'
            | '\u{5c4}'..='\u{5c5}'
            | '\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Words that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    /// Of what somebody typed.
    #[must_use]
    pub fn of(typed: &str) -> Self {
        Self(folded(typed.trim()))
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of these texts has it.
    pub fn is_in<T: AsRef<str>>(&self, texts: impl IntoIterator<Item = T>) -> bool {
        texts.into_iter().any(|text| folded(text.as_ref()).contains(&self.0))
    }

    /// As SQLite binds it, for `compare`.
    #[must_use]
    pub fn for_collation(&self) -> String {
        format!("{NEEDLE}{}", self.0)
    }

    /// As PostgreSQL binds it, for LIKE with the escape character `\`.
    #[must_use]
    pub fn for_like(&self) -> String {
        format!("%{}%", self.0.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
    }
}

/// SQLite's comparison: a text and a needle are equal where the text holds the needle. Only for `(text || '') = $1 COLLATE holds_folded`,
/// which no index and no order goes by.
#[must_use]
pub fn compare(left: &str, right: &str) -> Ordering {
    let (needle, text) = match (left.strip_prefix(NEEDLE), right.strip_prefix(NEEDLE)) {
        (_, Some(needle)) => (needle, left),
        (Some(needle), None) => (needle, right),
        (None, None) => return left.cmp(right),
    };
    if folded(text).contains(needle) { Ordering::Equal } else { left.cmp(right) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, Filter};
    use crate::testing::each_db;

    /// What is there, what is typed, and whether it is found.
    const CASES: [(&str, &str, bool); 19] = [
        ("Özge Yılmaz", "özge", true),
        ("özge yilmaz", "ÖZGE YILMAZ", true),
        ("Özge", "ozge", true),
        ("O\u{308}zge", "Özge", true),
        ("Özge", "o\u{308}zge", true),
        ("IŞIK", "ışık", true),
        ("İstanbul", "istanbul", true),
        ("ISTANBUL", "İstanbul", true),
        ("Straße 5", "STRASSE", true),
        ("STRASSE", "straße", true),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς", true),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ", true),
        ("Привет МИР", "мир", true),
        ("Søren Łukasz Đorđe", "soren lukasz dorde", true),
        ("Ｄｅｌｌ", "dell", true),
        ("שָׁלוֹם", "שלום", true),
        ("戴尔电脑", "尔电", true),
        ("50%_Off", "50%_o", true),
        ("50 a off", "50%_o", false),
    ];

    async fn finds(db: &Db, text: &str, typed: &str) -> bool {
        let mut tx = db.begin().await.expect("tx");
        crate::db::setting::update(&mut tx, "text", text).await.expect("kept");
        let mut filter = Filter::new();
        filter.and("key = ?", ["text".into()]).contains(&tx, &["key", "value"], typed);
        let statement = format!("SELECT COUNT(*) FROM setting{}", filter.clause());
        let found: i64 = tx.value(sqlx::AssertSqlSafe(statement), filter.values()).await.expect("counted");
        found == 1
    }

    #[tokio::test]
    async fn lists_are_searched_alike_on_both_databases_and_in_memory() {
        each_db(|db| async move {
            for (text, typed, expected) in CASES {
                assert_eq!(finds(&db, text, typed).await, expected, "“{typed}” in “{text}”");
                assert_eq!(Needle::of(typed).is_in([text]), expected, "“{typed}” in “{text}”, in memory");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn postgresql_folds_every_letter_of_many_scripts_as_this_file_does() {
        each_db(|db| async move {
            let mut tx = db.read().await.expect("tx");
            if !tx.is_postgres() {
                return;
            }
            let letters: Vec<char> = ('\u{a1}'..'\u{590}').chain('\u{1e00}'..'\u{2000}').filter(|c| c.is_alphabetic()).collect();
            for letter in letters {
                let letter = letter.to_string();
                let there: String = tx.value("SELECT folded($1)", &[letter.as_str().into()]).await.expect("folded");
                assert_eq!(there, folded(&letter), "{letter}");
            }
        })
        .await;
    }
}
