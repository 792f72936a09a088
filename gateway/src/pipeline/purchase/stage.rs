//! The stages of a purchase, between which it matters whether the process dies.
//!
//! In production nobody watches, and passing a stage is a look at an empty `Option`. A test that watches can stop a
//! purchase at a stage, let others go first, or never let it go on, which is what a crash looks like from inside.

use futures::future::BoxFuture;
use std::fmt::Debug;
use std::sync::Arc;

/// What a purchase's task has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// It has a price. Nothing is held.
    Priced,
    /// The money is held and the state `sent` is durable. No byte of the order has left.
    Held,
    /// The provider's answer is read, or there will be none. Nothing is booked.
    Answered,
    /// The outcome is booked. Nobody was told.
    Settled,
}

/// Somebody who watches purchases.
pub trait Watch: Debug + Send + Sync {
    /// A purchase has reached a stage; it goes on when the future is ready.
    fn reached(&self, stage: Stage) -> BoxFuture<'static, ()>;
}

/// Who watches, if anybody does.
#[derive(Debug, Clone, Default)]
pub struct Watcher(Option<Arc<dyn Watch>>);

impl Watcher {
    /// `watch` sees every purchase.
    pub fn new(watch: Arc<dyn Watch>) -> Self {
        Watcher(Some(watch))
    }

    pub(super) async fn reached(&self, stage: Stage) {
        if let Some(watch) = &self.0 {
            watch.reached(stage).await;
        }
    }
}
