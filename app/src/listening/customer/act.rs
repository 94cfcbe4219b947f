//! Who has which email address on the roster: an address is one customer's.

use std::collections::HashMap;

use super::store;
use crate::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::ids::ProgramId;

/// The customers that have some addresses, by address, as a file is read.
#[derive(Debug, Default)]
pub struct EmailOwners(HashMap<String, String>);

impl EmailOwners {
    /// Those that the roster has already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load<'e>(tx: &mut Tx, program: ProgramId, emails: impl Iterator<Item = &'e str>) -> Result<Self> {
        let emails: Vec<String> = emails.map(str::to_lowercase).collect();
        let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
        let found = store::list_by_email(tx, program, &emails).await?;
        Ok(Self(found.into_iter().filter_map(|customer| Some((customer.email?.to_lowercase(), customer.external_ref))).collect()))
    }

    /// The customer that has an address, if that is another one than who comes with it now; who comes first has it.
    pub fn other(&mut self, email: &str, external_ref: &str) -> Option<&str> {
        let owner = self.0.entry(email.to_lowercase()).or_insert_with(|| external_ref.to_owned());
        (owner != external_ref).then_some(owner.as_str())
    }
}
