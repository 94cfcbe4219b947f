//! Filters: SQL conditions with numbered values, the same on both databases.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::clock::Time;

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

    /// Adds a condition. Each `?` in it stands for the next of `values`.
    pub fn and(&mut self, condition: &'static str, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        let mut values = values.into_iter();
        for piece in condition.split_inclusive('?') {
            match piece.strip_suffix('?') {
                Some(before) => {
                    self.values.extend(values.next());
                    self.sql.push_str(before);
                    self.sql.push('$');
                    self.sql.push_str(&self.values.len().to_string());
                }
                None => self.sql.push_str(piece),
            }
        }
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

    /// Adds a case-blind "contains" over one or more columns.
    pub fn contains(&mut self, columns: &[&'static str], needle: &str) -> &mut Self {
        let pattern = format!("%{}%", needle.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        self.values.push(Value::Text(pattern));
        let place = self.values.len();
        let either = columns.iter().map(|column| format!("lower({column}) LIKE ${place} ESCAPE '\\'")).collect::<Vec<_>>().join(" OR ");
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
        filter.and("a.segment = ?", ["ranter".into()]).and("a.posts BETWEEN ? AND ?", [2_i64.into(), 9_i64.into()]);
        assert_eq!(filter.clause(), " WHERE a.segment = $1 AND a.posts BETWEEN $2 AND $3");
        assert_eq!(filter.values().len(), 3);
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut filter = Filter::new();
        filter.any("id", []);
        assert_eq!(filter.clause(), " WHERE 1 = 0");
    }

    #[test]
    fn a_typed_percent_sign_is_only_a_percent_sign() {
        let mut filter = Filter::new();
        filter.contains(&["name", "handle"], "50%_Off");
        assert_eq!(filter.clause(), " WHERE (lower(name) LIKE $1 ESCAPE '\\' OR lower(handle) LIKE $1 ESCAPE '\\')");
        assert!(matches!(&filter.values()[0], Value::Text(t) if t == "%50\\%\\_off%"));
    }
}
