//! Filters: SQL conditions with numbered values, the same on both databases.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Tx;
use crate::kernel::clock::Time;
use crate::kernel::fold::{COLLATION, Needle};

/// A value bound to a query that is put together at run time.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Id(Uuid),
    Time(Time),
    Day(NaiveDate),
    Bool(bool),
}

macro_rules! from {
    ($($from:ty => $variant:ident),+) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}
from!(String => Text, &str => Text, i64 => Int, f64 => Float, Uuid => Id, Time => Time, NaiveDate => Day, bool => Bool);

impl Value {
    /// A text, a whole number, or yes and no; none for anything else.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::String(text) => Some(Self::Text(text.clone())),
            serde_json::Value::Number(number) => number.as_i64().map(Self::Int),
            serde_json::Value::Bool(yes) => Some(Self::Bool(*yes)),
            _ => None,
        }
    }
}

/// Conditions joined by AND. A condition's text is ours; whatever a person typed goes in as a value.
#[derive(Debug, Default)]
pub struct Filter {
    sql: String,
    values: Vec<Value>,
}

impl Filter {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a condition. Each `?` in it stands for the next of `values`: there are as many of the one as of the other.
    pub fn and(&mut self, condition: &'static str, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        let mut values = values.into_iter();
        for piece in condition.split_inclusive('?') {
            match piece.strip_suffix('?') {
                Some(before) => {
                    // Without its value, the place would take that of the place before it.
                    let value = values.next();
                    debug_assert!(value.is_some(), "“{condition}” has more places than values");
                    self.values.push(value.unwrap_or(Value::Text(String::new())));
                    self.sql.push_str(before);
                    self.sql.push('$');
                    self.sql.push_str(&self.values.len().to_string());
                }
                None => self.sql.push_str(piece),
            }
        }
        debug_assert!(values.next().is_none(), "“{condition}” has fewer places than values");
        self
    }

    /// Adds `column IN (…)`; an empty list matches nothing.
    pub fn any(&mut self, column: &'static str, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        let mut places = Vec::new();
        for value in values {
            self.values.push(value);
            places.push(format!("${}", self.values.len()));
        }
        if places.is_empty() {
            self.sql.push_str("1 = 0");
        } else {
            self.sql.push_str(&format!("{column} IN ({})", places.join(", ")));
        }
        self
    }

    /// Adds that one of some columns holds what somebody typed, compared as `fold` says. A column that is NULL holds nothing.
    pub fn contains(&mut self, tx: &Tx, columns: &[&'static str], typed: &str) -> &mut Self {
        let needle = Needle::of(typed);
        let place = self.next();
        let condition = |column: &&str| match tx.is_postgres() {
            true => format!("folded({column}) LIKE ${place} ESCAPE '\\'"),
            // An expression, so that SQLite makes no index by this collation.
            false => format!("({column} || '') = ${place} COLLATE {COLLATION}"),
        };
        let either = columns.iter().map(condition).collect::<Vec<_>>().join(" OR ");
        self.values.push(Value::Text(if tx.is_postgres() { needle.for_like() } else { needle.for_collation() }));
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        self.sql.push_str(&format!("({either})"));
        self
    }

    /// ` WHERE …`, or nothing.
    #[must_use]
    pub fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!(" WHERE {}", self.sql) }
    }

    /// The values, in the order of their numbers.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The number that the next bound value would have.
    #[must_use]
    pub fn next(&self) -> usize {
        self.values.len() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_in_order() {
        let mut filter = Filter::new();
        filter.and("a.segment = ?", ["ranter".into()]).and("a.mentions BETWEEN ? AND ?", [2_i64.into(), 9_i64.into()]);
        assert_eq!(filter.clause(), " WHERE a.segment = $1 AND a.mentions BETWEEN $2 AND $3");
        assert_eq!(filter.values().len(), 3);
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut filter = Filter::new();
        filter.any("id", []);
        assert_eq!(filter.clause(), " WHERE 1 = 0");
    }

    #[test]
    #[should_panic(expected = "more places than values")]
    fn a_place_without_its_value_is_a_mistake() {
        Filter::new().and("a.mentions BETWEEN ? AND ?", [2_i64.into()]);
    }

    #[test]
    #[should_panic(expected = "fewer places than values")]
    fn so_is_a_value_without_its_place() {
        Filter::new().and("a.mentions > ?", [2_i64.into(), 9_i64.into()]);
    }
}
