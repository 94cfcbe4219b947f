//! Who has which email address on the roster: an address is one customer's.

use std::collections::{BTreeSet, HashMap};

use super::store;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;

/// The customers that have some addresses, by address, as a file is read.
#[derive(Debug, Default)]
pub struct EmailOwners(HashMap<String, BTreeSet<String>>);

impl EmailOwners {
    /// Those that the roster has already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load<'e>(tx: &mut Tx, program: ProgramId, emails: impl Iterator<Item = &'e str>) -> Result<Self> {
        let emails: BTreeSet<String> = emails.map(str::to_ascii_lowercase).collect();
        let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
        let mut owners = Self::default();
        for (external_ref, email) in store::list_refs_by_email(tx, program, &emails).await? {
            owners.0.entry(email.to_ascii_lowercase()).or_default().insert(external_ref);
        }
        Ok(owners)
    }

    /// The customer that has an address, if the one who comes with it now does not have it.
    #[must_use]
    pub fn other(&self, email: &str, external_ref: &str) -> Option<&str> {
        let owners = self.0.get(&email.to_ascii_lowercase())?;
        if owners.contains(external_ref) { None } else { owners.first().map(String::as_str) }
    }

    /// A customer has another address from now on, or none: the one from before is free.
    pub fn change(&mut self, external_ref: &str, before: Option<&str>, after: Option<&str>) {
        if let Some(owners) = before.and_then(|email| self.0.get_mut(&email.to_ascii_lowercase())) {
            owners.remove(external_ref);
        }
        if let Some(email) = after {
            self.0.entry(email.to_ascii_lowercase()).or_default().insert(external_ref.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_whoever_has_it_until_they_change_it() {
        let mut owners = EmailOwners::default();
        owners.change("C1", None, Some("ada@example.com"));
        assert_eq!(owners.other("Ada@example.com", "C2"), Some("C1"));
        assert_eq!(owners.other("ada@example.com", "C1"), None);
        owners.change("C1", Some("ada@example.com"), Some("a.okafor@example.com"));
        assert_eq!(owners.other("ada@example.com", "C2"), None, "it is free");
        // Two customers of an earlier release may share one: each keeps it.
        owners.change("C3", None, Some("shop@example.com"));
        owners.change("C4", None, Some("shop@example.com"));
        assert_eq!((owners.other("shop@example.com", "C3"), owners.other("shop@example.com", "C4")), (None, None));
        assert_eq!(owners.other("shop@example.com", "C5"), Some("C3"));
    }
}
