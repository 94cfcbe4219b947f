//! Events: how a context says what happened to contexts below it, which it does not know.
//!
//! An act emits an event in its transaction, `tx.emit(&DayChanged { … }).await?`. The handlers that subscribed to it run at once, in the order
//! of the wiring and in the same transaction: what one of them refuses is refused as a whole. Which handlers there are is said in one place,
//! the wiring, which is given to `Db::open`.

use std::any::{Any, TypeId};
use std::pin::Pin;

use super::{Db, Table, Tx};
use crate::kernel::error::Result;

/// Something that happened, or that is about to happen and may be refused.
pub trait Event: Any + Send + Sync {}

type Handling<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A handler of one kind of event. Made by `subscribe!`.
pub struct Subscription {
    #[doc(hidden)]
    pub event: fn() -> TypeId,
    #[doc(hidden)]
    pub handle: for<'a> fn(&'a mut Tx, &'a (dyn Any + Send + Sync)) -> Handling<'a>,
}

/// What the contexts bring to the database: their tables, and who handles which event.
pub struct Wiring {
    /// All tables, parents first.
    pub tables: &'static [&'static [Table]],
    /// All handlers, in the order in which they run.
    pub subscriptions: &'static [Subscription],
}

impl Wiring {
    /// All tables, parents first.
    #[must_use]
    pub fn tables(&self) -> Vec<&'static Table> {
        self.tables.iter().flat_map(|tables| tables.iter()).collect()
    }
}

impl Db {
    /// All tables, parents first.
    #[must_use]
    pub fn tables(&self) -> Vec<&'static Table> {
        self.wiring.tables()
    }
}

impl Tx {
    /// All tables, parents first.
    #[must_use]
    pub fn tables(&self) -> Vec<&'static Table> {
        self.wiring.tables()
    }

    /// Runs the handlers that subscribed to this kind of event.
    ///
    /// # Errors
    /// What the first of them refuses.
    pub async fn emit<E: Event>(&mut self, event: &E) -> Result<()> {
        for subscription in self.wiring.subscriptions.iter().filter(|subscription| (subscription.event)() == TypeId::of::<E>()) {
            (subscription.handle)(self, event).await?;
        }
        Ok(())
    }
}

/// `subscribe!(Event => path::to::handler)`, where the handler is `async fn(&mut Tx, &Event) -> Result<()>`.
#[macro_export]
macro_rules! subscribe {
    ($event:ty => $handler:path) => {
        $crate::db::Subscription {
            event: || std::any::TypeId::of::<$event>(),
            handle: |tx, event| {
                Box::pin($handler(tx, event.downcast_ref::<$event>().expect("an event of the type that was subscribed to")))
            },
        }
    };
}
