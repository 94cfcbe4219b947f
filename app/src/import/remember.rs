//! How a person wanted a file to be read, kept for the next file with the same columns in whatever order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::names::plain;
use super::order::Origin;
use super::{Field, Kind, Mapping, own};
use crate::secret::hex;

/// What was said, by the names of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    kind: Kind,
    columns: BTreeMap<String, Field>,
    /// Only where a person said so.
    day_first: Option<bool>,
    time_zone: Option<String>,
}

impl Saved {
    /// What of a mapping is worth keeping.
    #[must_use]
    pub fn of(kind: Kind, mapping: &Mapping) -> Self {
        let held = mapping.headers.iter().zip(&mapping.columns).filter_map(|(name, held)| held.map(|field| (plain(name), field)));
        Self {
            kind,
            columns: held.collect(),
            day_first: (mapping.order_from == Origin::Said).then_some(mapping.day_first),
            time_zone: (mapping.zone_from == Origin::Said).then(|| mapping.time_zone.clone()),
        }
    }

    /// Reads a file as an earlier one was read. What the file itself says about its dates leads.
    pub fn apply(&self, mapping: &mut Mapping) -> Kind {
        let cells = own::columns(&mapping.headers);
        for (name, held) in mapping.headers[cells.clone()].iter().zip(mapping.columns[cells].iter_mut()) {
            *held = self.columns.get(&plain(name)).copied();
        }
        if let Some(day_first) = self.day_first.filter(|_| mapping.order_from != Origin::File) {
            (mapping.day_first, mapping.order_from) = (day_first, Origin::Said);
        }
        if let Some(zone) = self.time_zone.clone().filter(|_| mapping.zone_from != Origin::File) {
            (mapping.time_zone, mapping.zone_from) = (zone, Origin::Said);
        }
        mapping.remembered = true;
        self.kind
    }
}

/// What makes two files alike: the names of their columns, in any order. None where there are no names.
#[must_use]
pub fn headers_hash(mapping: &Mapping) -> Option<String> {
    // Rows that were left out and come back are read as the file that they came from.
    let headers = &mapping.headers[own::columns(&mapping.headers)];
    let mut names: Vec<String> = headers.iter().map(|name| plain(name)).filter(|name| !name.is_empty()).collect();
    let numbered = headers.iter().all(|name| name.starts_with("Column "));
    names.sort_unstable();
    (!names.is_empty() && !numbered).then(|| hex(&Sha256::digest(names.join("\n").as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(headers: &[&str], columns: &[Option<Field>]) -> Mapping {
        Mapping { headers: headers.iter().map(|name| (*name).to_owned()).collect(), columns: columns.to_vec(), ..Mapping::default() }
    }

    #[test]
    fn the_order_of_columns_does_not_matter() {
        let said = mapping(&["When", "Who", "What"], &[Some(Field::At), Some(Field::Handle), Some(Field::Text)]);
        let mut next = mapping(&["what", "WHEN", "who "], &[None, None, None]);
        assert_eq!(headers_hash(&said), headers_hash(&next));
        let saved = Saved::of(Kind::Mentions, &Mapping { order_from: Origin::Said, day_first: false, ..said });
        next.order_from = Origin::Open;
        assert_eq!(saved.apply(&mut next), Kind::Mentions);
        assert_eq!(next.columns, [Some(Field::Text), Some(Field::At), Some(Field::Handle)]);
        assert_eq!((next.day_first, next.order_from, next.remembered), (false, Origin::Said, true));
    }

    #[test]
    fn what_the_file_says_leads() {
        let said = Mapping {
            order_from: Origin::Said,
            zone_from: Origin::Said,
            time_zone: "Europe/Berlin".into(),
            ..mapping(&["a", "b"], &[None, None])
        };
        let mut next = Mapping { order_from: Origin::File, zone_from: Origin::Guessed, day_first: false, ..said.clone() };
        next.time_zone = "UTC".into();
        Saved::of(Kind::Mentions, &said).apply(&mut next);
        assert_eq!((next.day_first, next.order_from, next.time_zone.as_str()), (false, Origin::File, "Europe/Berlin"));
        assert_eq!(headers_hash(&mapping(&["Column 1", "Column 2"], &[None, None])), None);
    }
}
