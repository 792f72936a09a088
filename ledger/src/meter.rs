//! Fees without a write for each: small durable holds, drawn from in memory.
//!
//! For each key and service that costs a fee there is a tab: a hold of some cents in the database. A call draws its fee from it
//! in memory; when the tab is used up or old, what was used is settled as one entry. If the process dies, what it had not
//! settled is given back: a crash costs at most a tab, and never the customer.

use crate::books::{CloseTab, OpenTab, TurnTab};
use crate::store::Store;
use crate::{Clock, CredentialId, FeeHoldId, LedgerError, Shortfall};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use uaps_model::Money;

/// How many calls a tab is to last at first. Each that is used up before its time is followed by one of twice as many.
const FIRST_CALLS: i64 = 25;

/// The most calls that a tab is to last.
const MOST_CALLS: i64 = 800;

/// How long a tab is drawn from.
const LIFE: Duration = Duration::from_secs(30);

/// How often old tabs are looked for.
const TICK: Duration = Duration::from_secs(5);

/// Longer than any living process leaves a tab open.
pub(crate) const DEAD: Duration = Duration::from_secs(10 * 60);

type Name = (CredentialId, String);

/// All tabs of a process. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    tabs: Arc<Tabs>,
}

#[derive(Debug)]
struct Tabs {
    store: Store,
    clock: Clock,
    open: Mutex<HashMap<Name, Arc<Tab>>>,
}

/// One tab, and whoever is changing it in the database.
#[derive(Debug)]
struct Tab {
    name: Name,
    state: Mutex<State>,
    turning: Arc<tokio::sync::Mutex<()>>,
}

/// What is known of it in memory.
#[derive(Debug, Default)]
struct State {
    /// The hold in the database, and since when.
    hold: Option<(FeeHoldId, Timestamp)>,
    /// What it holds.
    amount: i64,
    /// What calls have cost.
    used: i64,
    calls: i64,
    /// What calls under way were promised.
    promised: i64,
    /// How many calls the next one is to last.
    lasting: i64,
    /// Whose money it holds; known once it has held some.
    owner: Option<CredentialId>,
}

impl State {
    fn free(&self) -> i64 {
        self.amount - self.used - self.promised
    }
}

/// A fee that is reserved and not yet taken. Settle it; dropped without that (the call failed, a caller hung up), it goes back.
#[derive(Debug)]
#[must_use = "a fee that is dropped is given back"]
pub struct FeeHold {
    amount: Money,
    /// Absent once settled, and where it is nothing.
    tab: Option<Arc<Tab>>,
}

impl FeeHold {
    /// What is reserved.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Takes it. It is in the journal when its tab is settled: within the minute, or when somebody looks at the balance.
    pub fn settle(mut self) -> Money {
        if let Some(tab) = self.tab.take() {
            let mut state = tab.state();
            state.promised -= self.amount.cents;
            state.used += self.amount.cents;
            state.calls += 1;
        }
        self.amount
    }
}

impl Drop for FeeHold {
    fn drop(&mut self) {
        if let Some(tab) = self.tab.take() {
            tab.state().promised -= self.amount.cents;
        }
    }
}

impl Tab {
    /// Nobody panics while he has it, and numbers would still be right.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(self: &Arc<Self>, amount: Money) -> Option<FeeHold> {
        let mut state = self.state();
        if state.hold.is_none() || state.free() < amount.cents {
            return None;
        }
        state.promised += amount.cents;
        Some(FeeHold { amount, tab: Some(self.clone()) })
    }
}

impl Meter {
    pub(crate) fn new(store: Store, clock: Clock) -> Meter {
        let tabs = Arc::new(Tabs { store, clock, open: Mutex::default() });
        tokio::spawn(keep(Arc::downgrade(&tabs)));
        Meter { tabs }
    }

    /// Reserves a fee. Where there is too little, what other tabs hold for calls to come is given back first.
    pub(crate) async fn hold(&self, key: &CredentialId, service: &str, amount: Money) -> Result<FeeHold, LedgerError> {
        match self.hold_once(key, service, amount).await {
            Err(LedgerError::Insufficient(_)) => {
                self.settle(key).await?;
                self.hold_once(key, service, amount).await
            }
            held => held,
        }
    }

    /// Reserves a fee: in memory where the tab has enough left, else with a new tab.
    async fn hold_once(&self, key: &CredentialId, service: &str, amount: Money) -> Result<FeeHold, LedgerError> {
        if amount.cents == 0 {
            return Ok(FeeHold { amount, tab: None });
        }
        let tab = self.tabs.of((key.clone(), service.to_owned()));
        if let Some(hold) = tab.draw(amount) {
            return Ok(hold);
        }
        let turning = tab.turning.clone().lock_owned().await;
        // Somebody else may have turned it meanwhile.
        if let Some(hold) = tab.draw(amount) {
            return Ok(hold);
        }
        // In a task of its own: a caller who goes away must not leave memory and database apart. The fee of one who is gone is
        // dropped with the task's result, and so given back.
        let tabs = self.tabs.clone();
        let task = tokio::spawn(async move {
            let opened = tabs.turn(&tab, amount.cents).await;
            drop(turning);
            match opened? {
                Ok(()) => Ok(FeeHold { amount, tab: Some(tab) }),
                Err(shortfall) => Err(LedgerError::Insufficient(shortfall)),
            }
        });
        task.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Settles what a key has used, and all others that spend the same money, so that its balance is what it is. Holds exactly
    /// what calls under way were promised.
    pub(crate) async fn settle(&self, key: &CredentialId) -> Result<(), LedgerError> {
        let mut tabs = self.tabs.all();
        if tabs.is_empty() {
            return Ok(());
        }
        let owner = self.tabs.store.lineage(key).await?.pop().map(|uppermost| uppermost.id);
        tabs.retain(|tab| tab.state().owner == owner);
        self.tabs.settle_each(&tabs).await
    }

    /// Likewise of all keys.
    pub(crate) async fn settle_all(&self) -> Result<(), LedgerError> {
        self.tabs.settle_each(&self.tabs.all()).await
    }
}

impl Tabs {
    fn open(&self) -> MutexGuard<'_, HashMap<Name, Arc<Tab>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, name: Name) -> Arc<Tab> {
        let tab = || Arc::new(Tab { name: name.clone(), state: Mutex::default(), turning: Arc::default() });
        self.open().entry(name.clone()).or_insert_with(tab).clone()
    }

    fn all(&self) -> Vec<Arc<Tab>> {
        self.open().values().cloned().collect()
    }

    /// At once, so that they share commits. One that can't be settled keeps none of the others from it.
    async fn settle_each(self: &Arc<Self>, tabs: &[Arc<Tab>]) -> Result<(), LedgerError> {
        join_all(tabs.iter().map(|tab| self.settle(tab))).await.into_iter().collect()
    }

    /// In a task of its own, as when it is opened.
    async fn settle(self: &Arc<Self>, tab: &Arc<Tab>) -> Result<(), LedgerError> {
        let turning = tab.turning.clone().lock_owned().await;
        if tab.state().hold.is_none() {
            return Ok(());
        }
        let (tabs, tab) = (self.clone(), tab.clone());
        let task = tokio::spawn(async move {
            let turned = tabs.turn(&tab, 0).await;
            drop(turning);
            // Nothing new was asked for, so nothing was too much.
            turned.map(drop)
        });
        task.await.map_err(|_| LedgerError::Interrupted)?
    }

    /// Settles what was used and opens a new hold: for what was promised, for `needed` more, and, where there is a need, for
    /// calls to come. Only whoever is `turning` calls it. A need that is met counts as promised.
    ///
    /// Meanwhile nothing can be drawn, for there is no hold; but calls under way end, which moves their fees from what was
    /// promised to what is used, and the new hold is for both.
    async fn turn(&self, tab: &Tab, needed: i64) -> Result<Result<(), Shortfall>, LedgerError> {
        let (old, promised) = {
            let mut state = tab.state();
            let promised = state.promised;
            // One that nobody draws from begins small again.
            let lasting = if needed > 0 { (state.lasting * 2).clamp(FIRST_CALLS, MOST_CALLS) } else { 0 };
            let next = State { promised, lasting, owner: state.owner.clone(), ..State::default() };
            (std::mem::replace(&mut *state, next), promised)
        };
        let close = old.hold.as_ref().map(|(id, _)| CloseTab { id: id.clone(), used: old.used, calls: old.calls });
        let id = FeeHoldId::generate();
        let wish = needed.saturating_mul(tab.state().lasting);
        let open = (promised + needed > 0).then(|| OpenTab { id: id.clone(), promised, needed, wish });
        let (credential, service) = tab.name.clone();
        let turned = match self.store.run(TurnTab { credential, service, close, open }).await {
            Ok(turned) => turned,
            Err(error) => {
                let mut state = tab.state();
                (state.hold, state.amount) = (old.hold, old.amount);
                state.used += old.used;
                state.calls += old.calls;
                return Err(error);
            }
        };
        if let Some((lost, _)) = old.hold.filter(|_| !turned.closed && old.used > 0) {
            tracing::error!(fees = %lost, cents = old.used, "fees were given back while their process lived; they are lost");
        }
        let mut state = tab.state();
        state.owner = Some(turned.owner);
        state.amount = turned.held;
        state.hold = (state.amount > 0).then(|| (id, self.clock.now()));
        state.promised += if turned.opened.is_ok() { needed } else { 0 };
        Ok(turned.opened)
    }

    /// Settles what is old, and forgets what nobody draws from.
    async fn tidy(self: &Arc<Self>) {
        let now = self.clock.now();
        let life = SignedDuration::try_from(LIFE).unwrap_or(SignedDuration::MAX);
        let is_old =
            |tab: &Arc<Tab>| tab.state().hold.as_ref().is_some_and(|(_, since)| now.duration_since(*since) >= life);
        let old: Vec<_> = self.all().into_iter().filter(is_old).collect();
        if let Err(error) = self.settle_each(&old).await {
            tracing::error!(%error, "fees could not be settled yet");
        }
        drop(old);
        self.open().retain(|_, tab| Arc::strong_count(tab) > 1 || tab.state().hold.is_some());
        if let Err(error) = self.store.release_tabs(DEAD).await {
            tracing::error!(%error, "fees that nobody settles could not be given back");
        }
    }
}

/// Looks after the tabs for as long as there is anybody who could draw from them.
async fn keep(tabs: Weak<Tabs>) {
    loop {
        tokio::time::sleep(TICK).await;
        match tabs.upgrade() {
            Some(tabs) => tabs.tidy().await,
            None => return,
        }
    }
}
