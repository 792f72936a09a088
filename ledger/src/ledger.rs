//! The one door to the money.

use crate::books::{
    AddCredit, ApplyPayment, Begin, BeginTopup, CapturePurchase, CreateKey, Decide, MarkUnknown, RecordQuote, Refund,
    ReleasePurchase, Revoke, SetLimits, SetSession,
};
use crate::meter::Meter;
use crate::store::{self, Store};
use crate::{
    Answer, Approval, ApprovalId, Approver, AuditReport, Balance, Begun, BegunTopup, Capture, Clock, CreatedKey,
    Credential, CredentialId, Decision, FeeHold, Fingerprint, LedgerError, Limits, NewKey, NewPurchase, NewQuote,
    NewTopup, Payment, Purchase, PurchaseId, PurchaseState, Quote, QuoteId, SecretKey, Settings, Summary, Topup,
    TopupId, TopupState, Transaction, TransactionId, Unknown, Wanted, check, key,
};
use jiff::Timestamp;
use std::path::Path;
use std::time::Duration;
use uaps_model::{AccessLevel, Money};

/// How sources begin that are not an operator's to name.
const OWN_SOURCES: [&str; 3] = ["opening:", "refund:", "stripe:"];

/// How many top-ups of a key may wait for their payment.
const MAX_OPEN_TOPUPS: i64 = 100;

/// A database of keys, balances and purchases. Cloning it is cheap; all clones are the same database.
#[derive(Debug, Clone)]
pub struct Ledger {
    store: Store,
    meter: Meter,
    clock: Clock,
}

impl Ledger {
    /// Opens the database of `url` (`sqlite://PATH`, `sqlite::memory:`, `postgres://USER:PASSWORD@HOST/NAME`), creates what
    /// isn't there (in PostgreSQL the tables, not the database), and brings its schema up to date.
    ///
    /// If no other process has it open, what a dead process left is put in order first: purchases in `sent` become
    /// `unknown` and stay held, held fees are given back. A file `PATH-lock` beside the database, or an advisory lock in
    /// PostgreSQL, tells whether another process is alive.
    pub async fn open(url: &str) -> Result<Ledger, LedgerError> {
        Ledger::open_with(url, Settings::default()).await
    }

    /// As [`Ledger::open`], with other settings.
    pub async fn open_with(url: &str, settings: Settings) -> Result<Ledger, LedgerError> {
        let clock = settings.clock.clone();
        Ok(Ledger::on(Store::open(url, true, settings).await?, clock))
    }

    /// As [`Ledger::open`], for a database that must be there already: a mistyped URL is [`LedgerError::Absent`], and
    /// nothing is created.
    pub async fn open_existing(url: &str) -> Result<Ledger, LedgerError> {
        let settings = Settings::default();
        let clock = settings.clock.clone();
        Ok(Ledger::on(Store::open(url, false, settings).await?, clock))
    }

    fn on(store: Store, clock: Clock) -> Ledger {
        Ledger { meter: Meter::new(store.clone(), clock.clone()), store, clock }
    }

    /// Settles fees, waits for writes under way and closes the database. Clones are closed too.
    pub async fn close(&self) {
        if let Err(error) = self.meter.settle_all().await {
            tracing::error!(%error, "fees could not be settled; the next start gives them back");
        }
        self.store.close().await;
    }

    /// What time it is, by the clock that the books go by.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
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
        new.limits.check()?;
        if new.parent.is_some() && new.credit_cents > 0 {
            let reason = "can't start with money of its own; it spends that of the key above it".to_owned();
            return Err(LedgerError::Invalid { what: "a key below another", reason });
        }
        let hash = key::hash(secret.reveal());
        let credential = self.store.run(CreateKey { id: CredentialId::generate(), new, hash }).await?;
        Ok(CreatedKey { secret, credential })
    }

    /// Whose key `presented` is. `None` where it, or a key above it, is unknown, revoked or past its time.
    pub async fn authenticate(&self, presented: &str) -> Result<Option<Credential>, LedgerError> {
        if !key::is_plausible(presented) {
            return Ok(None);
        }
        self.store.valid_credential(key::hash(presented), self.clock.now()).await
    }

    /// All keys, oldest first, the revoked ones too.
    pub async fn keys(&self) -> Result<Vec<Credential>, LedgerError> {
        self.store.keys().await
    }

    /// One key.
    pub async fn key(&self, id: &CredentialId) -> Result<Option<Credential>, LedgerError> {
        self.store.credential(id).await
    }

    /// The keys right below a key, oldest first, the revoked ones too.
    pub async fn keys_below(&self, id: &CredentialId) -> Result<Vec<Credential>, LedgerError> {
        self.store.keys_below(id).await
    }

    /// A key and those above it, itself first. Empty where there is no such key.
    pub async fn lineage(&self, id: &CredentialId) -> Result<Vec<Credential>, LedgerError> {
        self.store.lineage(id).await
    }

    /// Sets what a key may spend, in place of what it might before.
    pub async fn set_limits(&self, credential: &CredentialId, limits: Limits) -> Result<(), LedgerError> {
        limits.check()?;
        self.store.run(SetLimits { key: credential.clone(), limits }).await
    }

    /// Refuses a key, and those below it, from now on. Money and history stay. Revoking twice is fine.
    pub async fn revoke(&self, credential: &CredentialId) -> Result<(), LedgerError> {
        self.store.run(Revoke { key: credential.clone() }).await
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
        if let Some(ours) = OWN_SOURCES.iter().find(|ours| source_ref.starts_with(**ours)) {
            let reason = format!("can't begin with `{ours}`, which the ledger uses itself");
            return Err(LedgerError::Invalid { what: "the source of the credit", reason });
        }
        if cents == 0 {
            return Err(LedgerError::Invalid { what: "the credit", reason: "must be at least 1 cent".to_owned() });
        }
        self.store.run(AddCredit { key: credential.clone(), cents, source: source_ref.to_owned() }).await
    }

    /// What a credential has: the money of the uppermost key above it, less what it has used of fees until now.
    pub async fn balance(&self, credential: &CredentialId) -> Result<Balance, LedgerError> {
        self.meter.settle(credential).await?;
        self.store.balance(credential).await
    }

    /// Reserves a fixed fee before the call it pays for. [`LedgerError::Insufficient`] where there is not enough.
    ///
    /// Fees of a key and service share a hold: most of them cost no write at all, and are in the journal within the minute.
    pub async fn hold_fee(&self, credential: &CredentialId, cents: i64, service: &str) -> Result<FeeHold, LedgerError> {
        check::cents("the fee", cents)?;
        check::name("the service", service)?;
        self.meter.hold(credential, service, Money { cents, currency: crate::CURRENCY }).await
    }

    /// Settles the fees that a key has used. Whoever needs all of a balance calls it first.
    pub async fn settle_fees(&self, credential: &CredentialId) -> Result<(), LedgerError> {
        self.meter.settle(credential).await
    }

    /// Remembers a price.
    pub async fn record_quote(&self, quote: NewQuote) -> Result<QuoteId, LedgerError> {
        check::money("the quote", quote.amount)?;
        check::name("the service", &quote.service)?;
        check::name("the tool", &quote.tool)?;
        self.store.run(RecordQuote { id: QuoteId::generate(), new: quote }).await
    }

    /// The newest price for this request that still holds.
    pub async fn find_quote(
        &self,
        credential: &CredentialId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Quote>, LedgerError> {
        self.store.find_quote(credential, fingerprint, self.clock.now()).await
    }

    /// The purchase a credential began under this key.
    pub async fn find_purchase(
        &self,
        credential: &CredentialId,
        idempotency_key: &str,
    ) -> Result<Option<Purchase>, LedgerError> {
        self.store.find_purchase(credential, idempotency_key).await
    }

    /// Holds the money and records the purchase as `sent`, in one durable transaction; or as `held`, where the key's limits ask
    /// for an approval first. Only [`Begun::Started`] entitles the caller to send the order.
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
        let credential = new.credential.clone();
        let begin = || Begin { id: id.clone(), approval: ApprovalId::generate(), new: new.clone() };
        match self.store.run(begin()).await? {
            // What is held for fees to come may be what is missing.
            Begun::Insufficient(_) | Begun::Blocked { .. } => {
                self.meter.settle(&credential).await?;
                self.store.run(begin()).await
            }
            begun => Ok(begun),
        }
    }

    /// The question about a purchase, by its own id.
    pub async fn approval(&self, id: &ApprovalId) -> Result<Option<Approval>, LedgerError> {
        self.store.approval(id).await
    }

    /// The question about a purchase, if there was one.
    pub async fn approval_of(&self, purchase: &PurchaseId) -> Result<Option<Approval>, LedgerError> {
        self.store.approval_of(purchase).await
    }

    /// Questions that wait for an answer, oldest first: those after `after`, or all.
    pub async fn approvals(&self, after: Option<&ApprovalId>, limit: u32) -> Result<Vec<Approval>, LedgerError> {
        self.store.approvals(None, after, limit).await
    }

    /// Likewise, those about purchases of this key and of the keys below it.
    pub async fn approvals_below(
        &self,
        key: &CredentialId,
        after: Option<&ApprovalId>,
        limit: u32,
    ) -> Result<Vec<Approval>, LedgerError> {
        self.store.approvals(Some(key), after, limit).await
    }

    /// Questions that nobody answered in time; end each by [`Decision::Expire`].
    pub async fn overdue_approvals(&self, limit: u32) -> Result<Vec<Approval>, LedgerError> {
        self.store.overdue_approvals(self.clock.now(), limit).await
    }

    /// Answers a question, once. Only after [`Decision::Approve`] succeeded may the order be sent, once, by whoever called: as
    /// after [`Begun::Started`], the purchase is `sent`.
    pub async fn decide(
        &self,
        purchase: &PurchaseId,
        by: Approver,
        decision: Decision,
    ) -> Result<(Purchase, Approval), LedgerError> {
        self.store.run(Decide { purchase: purchase.clone(), by, decision }).await
    }

    /// What it takes to send a held purchase, as it was given to [`NewPurchase::order`].
    pub async fn order(&self, purchase: &PurchaseId) -> Result<Option<(Purchase, Option<String>)>, LedgerError> {
        self.store.order(purchase).await
    }

    /// The purchase was made: takes what it cost and frees the rest of the hold.
    ///
    /// What it cost above the hold is taken from the available balance; what that can't pay is booked as owed and blocks
    /// further purchases until paid. From `sent` and `unknown`; capturing again with the same amount changes nothing.
    pub async fn capture(&self, purchase: &PurchaseId, capture: Capture) -> Result<Purchase, LedgerError> {
        check::money("the amount charged", capture.charged)?;
        self.store.run(CapturePurchase { purchase: purchase.clone(), capture }).await
    }

    /// The purchase was certainly not made: frees the hold. From `sent` and `unknown`; releasing again changes nothing.
    pub async fn release(&self, purchase: &PurchaseId, reason: &str, answer: Answer) -> Result<Purchase, LedgerError> {
        self.store.run(ReleasePurchase { purchase: purchase.clone(), reason: reason.to_owned(), answer }).await
    }

    /// Nobody knows whether the purchase was made: the hold stays. From `sent`; marking again changes nothing.
    pub async fn mark_unknown(&self, purchase: &PurchaseId, reason: &str) -> Result<Purchase, LedgerError> {
        self.store.run(MarkUnknown { purchase: purchase.clone(), reason: reason.to_owned() }).await
    }

    /// Takes purchases of unknown outcome whose time has come, and which can be asked about, for as long as `lease`: nobody
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

    /// Leaves all purchases of unknown outcome that nobody can find out about to a person; answers how many these were. The
    /// provider offers no way to, or the order is older than it is `remembered`.
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
        self.store.run(Refund { purchase: purchase.clone(), cents, source: source_ref.to_owned() }).await
    }

    /// What was given back under this source, in cents, and of which purchase.
    pub async fn refund_from(&self, source_ref: &str) -> Result<Option<(PurchaseId, i64)>, LedgerError> {
        self.store.refund_from(source_ref).await
    }

    /// Remembers that a customer wants to pay in. One top-up per credential and idempotency key.
    pub async fn begin_topup(&self, new: NewTopup) -> Result<BegunTopup, LedgerError> {
        check::cents("the top-up", new.cents)?;
        check::name("the idempotency key", &new.idempotency_key)?;
        if new.cents == 0 {
            return Err(LedgerError::Invalid { what: "the top-up", reason: "must be at least 1 cent".to_owned() });
        }
        let (open, known) = self.store.open_topups(&new.credential, &new.idempotency_key).await?;
        if open >= MAX_OPEN_TOPUPS && !known {
            let reason = format!("is one too many: {MAX_OPEN_TOPUPS} are open; pay one, or wait until they run out");
            return Err(LedgerError::Invalid { what: "the top-up", reason });
        }
        self.store.run(BeginTopup { id: TopupId::generate(), new }).await
    }

    /// Records where a top-up is paid. Recording the same again changes nothing.
    pub async fn topup_session(&self, id: &TopupId, session: &str, url: &str) -> Result<Topup, LedgerError> {
        check::name("the payment page", session)?;
        self.store.run(SetSession { topup: id.clone(), session: session.to_owned(), url: check::foreign(url) }).await
    }

    /// One top-up.
    pub async fn topup(&self, id: &TopupId) -> Result<Option<Topup>, LedgerError> {
        self.store.topup(id).await
    }

    /// The newest top-ups, or the newest in one state: at most `limit`, newest first.
    pub async fn topups(&self, state: Option<TopupState>, limit: u32) -> Result<Vec<Topup>, LedgerError> {
        self.store.topups(state, limit).await
    }

    /// Takes in what a provider of payments said, once for each `event` of a `source`. What is booked is the difference between
    /// what the facts known so far come to (paid, less what went back, less what open and lost disputes took; never below
    /// zero) and what was booked before, so their order does not matter. What goes back beyond what is available is owed.
    ///
    /// Says whether the event was new.
    pub async fn apply_payment(
        &self,
        topup: &TopupId,
        source: &str,
        event: &str,
        payment: Payment,
    ) -> Result<(Topup, bool), LedgerError> {
        check::name("the source of the payment", source)?;
        check::name("the event", event)?;
        match &payment {
            Payment::Paid { payment, cents } => {
                check::name("the payment", payment)?;
                check::cents("the payment", *cents)?;
                if *cents == 0 {
                    return Err(LedgerError::Invalid {
                        what: "the payment",
                        reason: "must be at least 1 cent".to_owned(),
                    });
                }
            }
            Payment::Returned { cents } => drop(check::cents("what was given back", *cents)?),
            Payment::Disputed { dispute, cents, .. } => {
                check::name("the dispute", dispute)?;
                check::cents("what is disputed", *cents)?;
            }
            Payment::Expired => {}
        }
        let (source, event) = (source.to_owned(), event.to_owned());
        self.store.run(ApplyPayment { topup: topup.clone(), source, event, payment }).await
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
        wanted.service.as_deref().map(|service| check::name("the service", service)).transpose()?;
        self.meter.settle(credential).await?;
        self.store.transactions(credential, wanted, limit, before).await
    }

    /// What came and went from one moment up to another.
    pub async fn summary(
        &self,
        credential: &CredentialId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Summary, LedgerError> {
        self.meter.settle(credential).await?;
        self.store.summary(credential, from, until).await
    }

    /// Writes the whole ledger, as of one moment, into a new file, while others go on writing. The file is a ledger itself.
    pub async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        self.store.backup(to).await
    }

    /// Puts a backup where the ledger of `url` is to be, and answers what the audit says of it. Books that are wrong are not
    /// put there; a ledger that is there already is never overwritten.
    pub async fn restore(url: &str, from: &Path) -> Result<AuditReport, LedgerError> {
        store::restore(url, from).await
    }

    /// Checks every invariant of the books on one moment of the database.
    pub async fn audit(&self) -> Result<AuditReport, LedgerError> {
        self.store.audit().await
    }
}
