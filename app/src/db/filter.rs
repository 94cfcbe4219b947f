//! Filters: SQL conditions with numbered values, the same on both databases.

use super::{Cell, Tx};
use crate::kernel::fold::{COLLATION, Needle};

/// Conditions joined by AND. A condition's text is ours; whatever a person typed goes in as a value.
#[derive(Debug, Default)]
pub struct Filter {
    sql: String,
    values: Vec<Cell<'static>>,
}

impl Filter {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a condition. Each `?` in it stands for the next of `values`: there are as many of the one as of the other.
    pub fn and<'v>(&mut self, condition: &'static str, values: impl IntoIterator<Item = Cell<'v>>) -> &mut Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        let mut values = values.into_iter();
        for piece in condition.split_inclusive('?') {
            match piece.strip_suffix('?') {
                Some(before) => {
                    // Without its value, the place would take that of the place before it.
                    let value = values.next();
                    debug_assert!(value.is_some(), "“{condition}” has more places than values");
                    self.values.push(value.map_or(Cell::Text(None), Cell::into_owned));
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
    pub fn any<'v>(&mut self, column: &'static str, values: impl IntoIterator<Item = Cell<'v>>) -> &mut Self {
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        let mut places = Vec::new();
        for value in values {
            self.values.push(value.into_owned());
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
        self.contains_or_is(tx, columns, typed, "", [])
    }

    /// As `contains`, or that `whole` is one of `values`.
    pub fn contains_or_is<'v>(
        &mut self,
        tx: &Tx,
        columns: &[&'static str],
        typed: &str,
        whole: &'static str,
        values: impl IntoIterator<Item = Cell<'v>>,
    ) -> &mut Self {
        let needle = Needle::of(typed);
        let place = self.next();
        let condition = |column: &&str| match tx.is_postgres() {
            true => format!("folded({column}) LIKE ${place} ESCAPE '\\'"),
            // An expression, so that SQLite makes no index by this collation.
            false => format!("({column} || '') = ${place} COLLATE {COLLATION}"),
        };
        let mut either = columns.iter().map(condition).collect::<Vec<_>>();
        self.values.push(if tx.is_postgres() { needle.for_like() } else { needle.for_collation() }.into());
        for value in values {
            self.values.push(value.into_owned());
            either.push(format!("{whole} = ${}", self.values.len()));
        }
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        self.sql.push_str(&format!("({})", either.join(" OR ")));
        self
    }

    /// ` WHERE …`, or nothing.
    #[must_use]
    pub fn clause(&self) -> String {
        if self.sql.is_empty() { String::new() } else { format!(" WHERE {}", self.sql) }
    }

    /// The values, in the order of their numbers.
    #[must_use]
    pub fn values(&self) -> &[Cell<'static>] {
        &self.values
    }

    /// The values, and some more behind them.
    #[must_use]
    pub fn with<'v>(&'v self, more: impl IntoIterator<Item = Cell<'v>>) -> Vec<Cell<'v>> {
        self.values.iter().cloned().chain(more).collect()
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
