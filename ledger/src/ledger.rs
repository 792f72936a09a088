//! The one door to the money.

use crate::sqlite::{self, Store};
use crate::{
    AuditReport, Balance, Begun, BegunTopup, Capture, CreatedKey, Credential, CredentialId, FeeHold, FeeHoldId,
    Fingerprint, LedgerError, Limits, NewKey, NewPurchase, NewQuote, NewTopup, Payment, Purchase, PurchaseId,
    PurchaseState, Quote, QuoteId, SecretKey, Summary, Topup, TopupId, TopupState, Transaction, TransactionId, Unknown,
    Wanted, check, key, purchase::Answer,
};
use jiff::Timestamp;
use std::path::Path;
use std::time::Duration;
use uaps_model::{AccessLevel, Money};

/// How a ledger writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many writes one commit carries at most. With 1 each waits for the disk by itself.
    pub writes_per_commit: usize,
}

impl Settings {
    /// What is used where nothing else is said.
    pub const DEFAULT_WRITES_PER_COMMIT: usize = 64;
}

impl Default for Settings {
    fn default() -> Self {
        Settings { writes_per_commit: Settings::DEFAULT_WRITES_PER_COMMIT }
    }
}

/// A database of keys, balances and purchases. Cloning it is cheap; all clones are the same database.
#[derive(Debug, Clone)]
pub struct Ledger {
    store: Store,
}

impl Ledger {
    /// Opens the database of `url` (`sqlite://PATH`, `sqlite::memory:`), creates it if it isn't there, and brings its
    /// schema up to date.
    ///
    /// If no other process has it open, what a dead process left is put in order first: purchases in `sent` become
    /// `unknown` and stay held, open fees are released. A file `PATH-lock` beside the database tells whether another
    /// process is alive.
    pub async fn open(url: &str) -> Result<Ledger, LedgerError> {
        Ledger::open_with(url, Settings::default()).await
    }

    /// As [`Ledger::open`], with other settings.
    pub async fn open_with(url: &str, settings: Settings) -> Result<Ledger, LedgerError> {
        Ok(Ledger { store: Store::open(url, true, settings).await? })
    }

    /// As [`Ledger::open`], for a database that must be there already: a mistyped URL is [`LedgerError::Absent`], and
    /// nothing is created.
    pub async fn open_existing(url: &str) -> Result<Ledger, LedgerError> {
        Ok(Ledger { store: Store::open(url, false, Settings::default()).await? })
    }

    /// Waits for writes under way and closes the database. Clones are closed too.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Whether the ledger can read and write now. Writes nothing.
    pub async fn probe(&self) -> Result<(), LedgerError> {
        self.store.probe().await
    }

    /// Makes a key. Its secret is in the result and nowhere else.
    pub async fn create_key(&self, new: NewKey) -> Result<CreatedKey, LedgerError> {
        check::email(&new.email)?;
        check::cents("the credit", new.credit_cents)?;
        if new.level == AccessLevel::Anonymous {
            let reason = "must be identified or authenticated; a caller without a key is anonymous".to_owned();
            return Err(LedgerError::Invalid { what: "the level of a key", reason });
        }
        let secret = SecretKey::generate()?;
        let credential = self.store.create_key(new, key::hash(secret.reveal())).await?;
        Ok(CreatedKey { secret, credential })
    }

    /// Whose key `presented` is. `None` where it is unknown, revoked or past its time.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<Credential>, LedgerError> {
        if !key::is_plausible(presented) {
            return Ok(None);
        }
        let found = self.store.credential_by_hash(key::hash(presented)).await?;
        Ok(found.filter(|credential| !credential.limits.is_over(Timestamp::now())))
    }

    /// All keys, oldest first, the revoked ones too.
    pub async fn keys(&self) -> Result<Vec<Credential>, LedgerError> {
        self.store.keys().await
    }

    /// Sets what a key may spend, in place of what it might before.
    pub async fn set_limits(&self, credential: &CredentialId, limits: Limits) -> Result<(), LedgerError> {
        limits.check()?;
        self.store.set_limits(credential, limits).await
    }

    /// Refuses a key from now on. Its money and history stay. Revoking twice is fine.
    pub async fn revoke(&self, credential: &CredentialId) -> Result<(), LedgerError> {
        self.store.revoke(credential).await
    }

    /// Adds money. `source_ref` names where it came from (a payment's id); the same source counts once, and is refused
    /// with another key or amount. What the credential owes is paid first.
    pub async fn add_credit(
        &self,
        credential: &CredentialId,
        cents: i64,
        source_ref: &str,
    ) -> Result<Balance, LedgerError> {
        check::cents("the credit", cents)?;
        check::name("the source of the credit", source_ref)?;
        if cents == 0 {
            return Err(LedgerError::Invalid { what: "the credit", reason: "must be at least 1 cent".to_owned() });
        }
        self.store.add_credit(credential, cents, source_ref).await
    }

    /// Begins a top-up, or finds the one that was begun under this name. Only a valid key begins one.
    pub async fn begin_topup(&self, new: NewTopup) -> Result<BegunTopup, LedgerError> {
        check::cents("the top-up", new.cents)?;
        check::name("the idempotency key", &new.idempotency_key)?;
        if new.cents == 0 {
            return Err(LedgerError::Invalid { what: "the top-up", reason: "must be at least 1 cent".to_owned() });
        }
        self.store.begin_topup(new).await
    }

    /// Remembers where a top-up is paid. The same session again changes nothing, another one is refused.
    pub async fn topup_session(&self, id: &TopupId, session: &str, url: &str) -> Result<Topup, LedgerError> {
        self.store.topup_session(id, session, url).await
    }

    /// One top-up.
    pub async fn topup(&self, id: &TopupId) -> Result<Option<Topup>, LedgerError> {
        self.store.topup(id).await
    }

    /// The newest top-ups, or the newest in one state: at most `limit`, newest first.
    pub async fn topups(&self, state: Option<TopupState>, limit: u32) -> Result<Vec<Topup>, LedgerError> {
        self.store.topups(state, limit).await
    }

    /// Books one event of `source` once by its id: the difference between what the facts known so far come to (paid, less
    /// returned, less disputed unless won, never below zero) and what was booked before. What it takes back beyond the
    /// available balance is owed. Answers `false` where the event was seen before.
    ///
    /// A second payment, or another amount of the first, is refused.
    pub async fn apply_payment(
        &self,
        topup: &TopupId,
        source: &str,
        event: &str,
        payment: Payment,
    ) -> Result<(Topup, bool), LedgerError> {
        check::name("the source of the event", source)?;
        check::name("the event", event)?;
        let (what, cents, least) = match &payment {
            Payment::Paid { cents, .. } => ("the payment", *cents, 1),
            Payment::Returned { cents } => ("what was returned", *cents, 0),
            Payment::Disputed { cents, .. } => ("what is disputed", *cents, 1),
            Payment::Expired => ("the top-up", 0, 0),
        };
        check::cents(what, cents)?;
        if cents < least {
            return Err(LedgerError::Invalid { what, reason: "must be at least 1 cent".to_owned() });
        }
        self.store.apply_payment(topup, source, event, payment).await
    }

    /// What a credential has.
    pub async fn balance(&self, credential: &CredentialId) -> Result<Balance, LedgerError> {
        self.store.balance(credential).await
    }

    /// Reserves a fixed fee before the call it pays for. [`LedgerError::Insufficient`] where there is not enough.
    pub async fn hold_fee(
        &self,
        credential: &CredentialId,
        cents: i64,
        service: &str,
        tool: &str,
    ) -> Result<FeeHold, LedgerError> {
        check::cents("the fee", cents)?;
        check::name("the service", service)?;
        check::name("the tool", tool)?;
        // The guard is there before the hold, so that a caller who hangs up in between leaves nothing behind.
        let amount = Money { cents, currency: crate::CURRENCY };
        let mut hold = FeeHold::new(FeeHoldId::generate(), amount, self.store.clone());
        let held = self.store.hold_fee(hold.id(), credential, cents, service, tool).await;
        if held.is_err() {
            hold.disarm();
        }
        held.map(|()| hold)
    }

    /// Takes a reserved fee. On an error the fee is released.
    pub async fn settle_fee(&self, mut hold: FeeHold) -> Result<Balance, LedgerError> {
        let balance = self.store.settle_fee(hold.id()).await?;
        hold.disarm();
        Ok(balance)
    }

    /// Gives a reserved fee back.
    pub async fn release_fee(&self, mut hold: FeeHold) -> Result<Balance, LedgerError> {
        let balance = self.store.release_fee(hold.id()).await?;
        hold.disarm();
        Ok(balance)
    }

    /// Remembers a price.
    pub async fn record_quote(&self, quote: NewQuote) -> Result<QuoteId, LedgerError> {
        check::money("the quote", quote.amount)?;
        check::name("the service", &quote.service)?;
        check::name("the tool", &quote.tool)?;
        self.store.record_quote(quote).await
    }

    /// The newest price for this request that still holds.
    pub async fn find_quote(
        &self,
        credential: &CredentialId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Quote>, LedgerError> {
        self.store.find_quote(credential, fingerprint).await
    }

    /// The purchase a credential began under this key.
    pub async fn find_purchase(
        &self,
        credential: &CredentialId,
        idempotency_key: &str,
    ) -> Result<Option<Purchase>, LedgerError> {
        self.store.find_purchase(credential, idempotency_key).await
    }

    /// Holds the money and records the purchase as `sent`, in one durable transaction. Only [`Begun::Started`] entitles
    /// the caller to send the order.
    ///
    /// Like every write, it completes even if the caller stops waiting; a purchase begun that way stays `sent` with nobody
    /// to end it. So begin, send and end a purchase in a task that nobody cancels.
    pub async fn begin_purchase(&self, new: NewPurchase) -> Result<Begun, LedgerError> {
        self.begin_purchase_as(self.purchase_id(), new).await
    }

    /// A new name for a purchase.
    pub fn purchase_id(&self) -> PurchaseId {
        PurchaseId::generate()
    }

    /// As [`Ledger::begin_purchase`], with the purchase's id chosen by the caller, who can look it up if the commit itself
    /// reports an error and so leaves open whether the purchase is there.
    pub async fn begin_purchase_as(&self, id: PurchaseId, new: NewPurchase) -> Result<Begun, LedgerError> {
        check::money("the price", new.amount)?;
        check::name("the service", &new.service)?;
        check::name("the tool", &new.tool)?;
        check::name("the idempotency key", &new.idempotency_key)?;
        self.store.begin_purchase(id, new).await
    }

    /// The purchase was made: takes what it cost and frees the rest of the hold.
    ///
    /// What it cost above the hold is taken from the available balance; what that can't pay is booked as owed and blocks
    /// further purchases until paid. From `sent` and `unknown`; capturing again with the same amount changes nothing.
    pub async fn capture(&self, purchase: &PurchaseId, capture: Capture) -> Result<Purchase, LedgerError> {
        check::money("the amount charged", capture.charged)?;
        self.store.capture(purchase, capture).await
    }

    /// The purchase was certainly not made: frees the hold. From `sent` and `unknown`; releasing again changes nothing.
    pub async fn release(&self, purchase: &PurchaseId, reason: &str, answer: Answer) -> Result<Purchase, LedgerError> {
        self.store.release(purchase, reason, answer).await
    }

    /// Nobody knows whether the purchase was made: the hold stays. From `sent`; marking again changes nothing.
    pub async fn mark_unknown(&self, purchase: &PurchaseId, reason: &str) -> Result<Purchase, LedgerError> {
        self.store.mark_unknown(purchase, reason).await
    }

    /// Takes purchases of unknown outcome whose time has come, and which can be sent again, for as long as `lease`: nobody
    /// else gets them meanwhile. End each by [`Ledger::capture`] or [`Ledger::release`], or put it off.
    pub async fn claim_unknown(&self, owner: &str, lease: Duration, limit: u32) -> Result<Vec<Unknown>, LedgerError> {
        check::name("the owner of a lease", owner)?;
        self.store.claim_unknown(owner, lease, limit).await
    }

    /// Puts a claimed purchase off for `pause`. Does nothing where the claim has passed to somebody else.
    pub async fn defer_unknown(
        &self,
        purchase: &PurchaseId,
        owner: &str,
        pause: Duration,
        reason: &str,
    ) -> Result<(), LedgerError> {
        self.store.defer_unknown(purchase, owner, pause, reason).await
    }

    /// Leaves a purchase of unknown outcome to a person. The hold stays.
    pub async fn give_to_operator(&self, purchase: &PurchaseId, reason: &str) -> Result<(), LedgerError> {
        self.store.give_to_operator(purchase, reason).await
    }

    /// Marks purchases as unknown that have been `sent` for longer than any living process would leave them so; answers how
    /// many. The hold stays. A process that lives after all can still capture or release them.
    pub async fn mark_lost(&self, older_than: Duration) -> Result<u64, LedgerError> {
        self.store.mark_lost(older_than).await
    }

    /// Leaves all purchases of unknown outcome that can't be sent again to a person; answers how many these were. The
    /// provider never recognised a repetition, or the order is older than it is `remembered`.
    pub async fn give_up_on_unrepeatable(&self, remembered: Duration) -> Result<u64, LedgerError> {
        self.store.give_up_on_unrepeatable(remembered).await
    }

    /// Makes sure that nobody asks about a purchase of unknown outcome from now on, so that a person's word can end it.
    /// `false` where somebody is asking just now, or where it is not of unknown outcome.
    pub async fn take_for_operator(&self, purchase: &PurchaseId) -> Result<bool, LedgerError> {
        self.store.take_for_operator(purchase).await
    }

    /// Gives money of a captured purchase back, all of it or a part, never more than is left. `source_ref` names where it
    /// comes from (the provider's refund, a case); the same source counts once, and is refused for anything else. What the
    /// credential owes is paid first.
    pub async fn refund(&self, purchase: &PurchaseId, cents: i64, source_ref: &str) -> Result<Purchase, LedgerError> {
        check::cents("the refund", cents)?;
        check::name("the source of the refund", source_ref)?;
        if cents == 0 {
            return Err(LedgerError::Invalid { what: "the refund", reason: "must be at least 1 cent".to_owned() });
        }
        self.store.refund(purchase, cents, source_ref).await
    }

    /// One purchase.
    pub async fn purchase(&self, id: &PurchaseId) -> Result<Option<Purchase>, LedgerError> {
        self.store.purchase(id).await
    }

    /// The newest purchases, or the newest in one state: at most `limit`, newest first, without their stored answers.
    pub async fn purchases(&self, state: Option<PurchaseState>, limit: u32) -> Result<Vec<Purchase>, LedgerError> {
        self.store.purchases(state, limit).await
    }

    /// A page of a credential's statement, newest first: at most `limit` lines that are `wanted`, older than the line
    /// `before`.
    pub async fn transactions(
        &self,
        credential: &CredentialId,
        wanted: &Wanted,
        limit: u32,
        before: Option<&TransactionId>,
    ) -> Result<Vec<Transaction>, LedgerError> {
        self.store.transactions(credential, wanted, limit, before).await
    }

    /// What came and went from one moment up to another.
    pub async fn summary(
        &self,
        credential: &CredentialId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Summary, LedgerError> {
        self.store.summary(credential, from, until).await
    }

    /// Writes the whole ledger, as of one moment, into a new file, while others go on writing. The file is a ledger itself.
    pub async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        self.store.backup(to).await
    }

    /// Puts a backup where the ledger of `url` is to be, and answers what the audit says of it. Books that are wrong are not
    /// put there; a ledger that is there already is never overwritten.
    pub async fn restore(url: &str, from: &Path) -> Result<AuditReport, LedgerError> {
        sqlite::restore(url, from).await
    }

    /// Checks every invariant of the books on one moment of the database.
    pub async fn audit(&self) -> Result<AuditReport, LedgerError> {
        self.store.audit().await
    }
}
