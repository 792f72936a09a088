//! Where everything that a purchase does waits for its turn, so that one thing happens at a time and the order of all
//! things is the seed's.

use futures::FutureExt;
use futures::future::BoxFuture;
use gateway::{Stage, Watch};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// Where somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In the gateway, at a stage of a purchase.
    Stage(Stage),
    /// At the provider, which has the request and has not looked at it.
    Arrived,
    /// At the provider, which has done what it does and has not answered.
    Executed,
}

/// Who waits.
pub type Ticket = u64;

#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    place: Place,
    go: oneshot::Sender<()>,
}

/// The turnstile of one life of a gateway.
#[derive(Debug, Default)]
pub struct Turnstile {
    waiting: Mutex<Vec<Waiting>>,
    tickets: AtomicU64,
    open: AtomicBool,
    /// Told whenever somebody comes to wait.
    pub moved: Notify,
}

impl Turnstile {
    /// Waits at `place` to be let go, unless everybody may pass.
    pub fn wait(self: &Arc<Self>, place: Place) -> BoxFuture<'static, ()> {
        let turnstile = self.clone();
        async move {
            if turnstile.open.load(Ordering::SeqCst) {
                return;
            }
            let (go, gone) = oneshot::channel();
            let ticket = turnstile.tickets.fetch_add(1, Ordering::SeqCst) + 1;
            turnstile.entries().push(Waiting { ticket, place, go });
            turnstile.moved.notify_one();
            // An error means that the process of whoever waits has died.
            let _ = gone.await;
        }
        .boxed()
    }

    /// The newest ticket that was given out, and where its holder waits, if it still does.
    pub fn newest(&self) -> (Ticket, Option<Place>) {
        let newest = self.tickets.load(Ordering::SeqCst);
        (newest, self.place(newest))
    }

    /// Where the holder of a ticket waits. Whoever was cancelled waits no longer.
    pub fn place(&self, ticket: Ticket) -> Option<Place> {
        let entries = self.entries();
        entries.iter().find(|one| one.ticket == ticket && !one.go.is_closed()).map(|one| one.place)
    }

    /// Lets one pass.
    pub fn let_go(&self, ticket: Ticket) {
        let mut entries = self.entries();
        if let Some(at) = entries.iter().position(|one| one.ticket == ticket) {
            let _ = entries.remove(at).go.send(());
        }
    }

    /// Lets everybody who comes from now on pass, or nobody.
    pub fn open(&self, open: bool) {
        self.open.store(open, Ordering::SeqCst);
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turnstile as a purchase's watcher.
#[derive(Debug)]
pub struct Stages(pub Arc<Turnstile>);

impl Watch for Stages {
    fn reached(&self, stage: Stage) -> BoxFuture<'static, ()> {
        self.0.wait(Place::Stage(stage))
    }
}
