//! The table `customer_link`, and the authors whose handles are on the roster.

use std::collections::HashMap;

use super::{CustomerLink, CustomerLinkState, ListedLink};
use crate::db::{DataSubject, Erase, Table, Tx, bulk};
use crate::kernel::clock::Time;
use crate::kernel::error::Result;
use crate::kernel::ids::{AccountId, AuthorId, CustomerId, CustomerLinkId, ProgramId};

/// The tables written here. A link is deleted when its customer or its author is erased.
pub const TABLES: &[Table] = &[Table {
    name: "customer_link",
    people: &[(DataSubject::Customer, "customer_id"), (DataSubject::Author, "author_id")],
    personal: &[("reason", Erase::Row)],
    columns: &["id", "program_id", "customer_id", "author_id", "state", "proposed_at", "decided_by", "decided_at"],
}];

/// Links that are proposed at once.
const MAX_PROPOSED: i64 = 1_000;

/// A customer and an author that has the handle of the roster.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SameHandle {
    pub customer_id: CustomerId,
    pub author_id: AuthorId,
    pub handle: String,
    pub network: String,
}

/// Authors that have a handle of the roster, on its network where the roster tells it, and no link with that customer in any state.
pub async fn list_same_handle(tx: &mut Tx, program: ProgramId) -> Result<Vec<SameHandle>> {
    tx.list(
        "SELECT c.id AS customer_id, a.id AS author_id, a.handle, a.network FROM customer c
         JOIN author a ON a.program_id = c.program_id AND a.handle_key = c.handle_key
             AND a.network IN (SELECT DISTINCT s.value FROM mention_slice s WHERE s.program_id = $1 AND s.dimension = 'network')
         WHERE c.program_id = $1 AND c.handle IS NOT NULL AND (c.handle_network IS NULL OR c.handle_network = a.network)
             AND NOT EXISTS (SELECT 1 FROM customer_link l WHERE l.customer_id = c.id AND l.author_id = a.id)
             AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.subject_id = a.id OR e.subject_id = c.id)
         ORDER BY c.id, a.id LIMIT $2",
        &[program.into(), MAX_PROPOSED.into()],
    )
    .await
}

pub async fn create(tx: &mut Tx, links: &[CustomerLink]) -> Result<()> {
    bulk::write(
        tx,
        "INSERT INTO customer_link (id, program_id, customer_id, author_id, reason, state, proposed_at) {} ON CONFLICT DO NOTHING",
        links,
        |link| {
            [
                link.id.into(),
                link.program_id.into(),
                link.customer_id.into(),
                link.author_id.into(),
                (&link.reason).into(),
                link.state.into(),
                link.proposed_at.into(),
            ]
        },
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: CustomerLinkId) -> Result<Option<CustomerLink>> {
    tx.find("SELECT * FROM customer_link WHERE id = $1", &[id.into()]).await
}

/// The links of customers that are proposed or confirmed, by customer.
pub async fn list_of(tx: &mut Tx, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<ListedLink>>> {
    let found: Vec<ListedLink> = tx
        .list_in(
            "SELECT l.id, l.customer_id, l.author_id, l.state, l.reason, a.handle, a.network FROM customer_link l JOIN author a ON a.id = l.author_id
             WHERE l.state <> 'refused' AND l.customer_id IN ({})",
            &[],
            customers,
        )
        .await?;
    let mut links: HashMap<CustomerId, Vec<ListedLink>> = HashMap::new();
    for link in found {
        links.entry(link.customer_id).or_default().push(link);
    }
    links.values_mut().for_each(|links| links.sort_by_key(|link| link.id));
    Ok(links)
}

/// Changes the state of a link as a person decides. False if it is in another state than `from`.
pub async fn decide(
    tx: &mut Tx,
    id: CustomerLinkId,
    from: CustomerLinkState,
    to: CustomerLinkState,
    by: Option<AccountId>,
    at: Time,
) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE customer_link SET state = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND state = $2",
            &[id.into(), from.into(), to.into(), by.into(), at.into()],
        )
        .await?;
    Ok(changed == 1)
}
