//! A story: some clients, one account each, and a gateway that lives and dies, move after move as chance has it.
//!
//! One thing happens at a time, and which is the seed's choice, so that the same seed tells the same story. Calls overlap all
//! the same: each goes from one stage to the next in moves of its own, with moves of others in between.

use crate::check::Books;
use crate::client::{Client, Intent};
use crate::clock::Clock;
use crate::life::{Call, Life, Progress, World};
use crate::people::{self, CREDIT};
use crate::provider::{PRICES, Provider};
use crate::random::Random;
use crate::shop::{Ask, FEES, Ware, catalog};
use crate::store::Store;
use crate::tally::Tally;
use anyhow::{Context, Result, ensure};
use ledger::LedgerError;
use std::time::Duration;

/// Calls under way at the same time.
const CALLS: usize = 8;

/// What a crash costs at most, in cents: the fees of some fifty calls, which are settled together.
const TAB: i64 = 300;

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    /// A client wants something new.
    Buy,
    /// A client sends an earlier request again.
    Repeat,
    /// A client sends an earlier key with another request.
    Change,
    /// A client asks for a price.
    Quote,
    /// A client makes a call that costs a fee.
    Search,
    /// A call goes on to where it waits next.
    Step,
    /// A client hangs up.
    HangUp,
    /// An account gets money, or the news of it comes twice.
    Credit,
    /// Money of a purchase comes back, or the news of it comes twice.
    Refund,
    /// The gateway asks about purchases of unknown outcome.
    Reconcile,
    /// The provider sells what it left lying.
    SellLate,
    /// The person above a client answers one of its questions.
    Answer,
    /// An operator looks at what was left to a person.
    Operate,
    /// An hour passes: longer than any lease or pause.
    Leap,
    /// The gateway dies, and another one starts.
    Crash,
    /// The gateway dies while it asks about purchases of unknown outcome, and another one starts.
    CrashAsking,
}

/// How likely each is, while there is something to buy.
const MOVES: &[(usize, Move)] = &[
    (280, Move::Buy),
    (50, Move::Repeat),
    (8, Move::Change),
    (30, Move::Quote),
    (30, Move::Search),
    (1500, Move::Step),
    (20, Move::HangUp),
    (25, Move::Credit),
    (15, Move::Refund),
    (20, Move::Reconcile),
    (8, Move::SellLate),
    (60, Move::Answer),
    (6, Move::Operate),
    (10, Move::Leap),
    (3, Move::Crash),
    (2, Move::CrashAsking),
];

/// A call under way, and what it is about.
pub(crate) struct Pending {
    call: Call,
    client: usize,
    about: About,
    /// Whether the client knew how it ended when it called.
    knew: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum About {
    /// Which intent, and which of its requests.
    Purchase(usize, usize),
    /// The yes or the no of the person above to an intent.
    Answer(usize),
    Quote,
    Search,
}

impl About {
    /// What fees it can cost at most, in cents. A purchase may ask for its price, and be one with a fee itself.
    fn fees(self) -> i64 {
        let of = |tools: &[&str]| FEES.iter().filter(|(tool, _)| tools.contains(tool)).map(|(_, cents)| cents).sum();
        match self {
            About::Purchase(..) | About::Answer(_) => of(&["quote_order", "place_ticket"]),
            About::Quote => of(&["quote_order"]),
            About::Search => of(&["search"]),
        }
    }
}

/// A story under way.
pub struct Episode {
    pub(crate) world: World,
    pub(crate) random: Random,
    pub(crate) clients: Vec<Client>,
    calls: Vec<Pending>,
    pub(crate) tally: Tally,
    told: bool,
}

impl Episode {
    /// Tells the story of `seed`: so many purchases, and all that comes with them. An error is a violation. `told` prints
    /// each move.
    pub fn run(store: &Store, seed: u64, purchases: usize, told: bool) -> Result<Tally> {
        let database = store.database()?;
        let mut random = Random::new(seed);
        let provider = Provider::random(Random::new(random.bits()));
        let world = World { url: database.url.clone(), catalog: catalog(FEES)?, provider, clock: Clock::default() };
        let (clients, calls) = (Vec::new(), Vec::new());
        let tally = Tally { episodes: 1, ..Tally::default() };
        let mut episode = Episode { world, random, clients, calls, tally, told };
        loop {
            database.wait_for_death()?;
            let life = Life::start(&episode.world)?;
            if episode.clients.is_empty() {
                episode.clients = people::arrive(&life)?;
            }
            if episode.live(&life, purchases)? {
                return episode.end(&life);
            }
            drop(life);
            episode.calls.clear();
        }
    }

    /// Moves on until so many purchases were asked for. `false` if the gateway dies before.
    fn live(&mut self, life: &Life, purchases: usize) -> Result<bool> {
        while self.tally.asked < purchases {
            match self.random.weighted(MOVES) {
                Some(how @ (Move::Crash | Move::CrashAsking)) => {
                    let asked = if how == Move::CrashAsking { life.half_reconcile()? } else { 0 };
                    self.tally.crashes += 1;
                    self.tally.cut_off += self.calls.len();
                    self.trace(how, &(self.calls.len(), asked));
                    for client in &mut self.clients {
                        client.fees.0 = (client.fees.0 - TAB).max(0);
                    }
                    return Ok(false);
                }
                Some(next) => self.make(life, next)?,
                None => {}
            }
        }
        Ok(true)
    }

    fn make(&mut self, life: &Life, next: Move) -> Result<()> {
        match next {
            Move::Buy if self.calls.len() < CALLS => self.buy(life),
            Move::Repeat if self.calls.len() < CALLS => self.repeat(life, 0),
            Move::Change if self.calls.len() < CALLS => self.repeat(life, 1),
            Move::Quote if self.calls.len() < CALLS => {
                let (client, item) = (self.any_client(), self.random.below(PRICES.len()));
                self.call(life, client, About::Quote, &Ask::quote(item))
            }
            Move::Search if self.calls.len() < CALLS => {
                let client = self.any_client();
                self.call(life, client, About::Search, &Ask::search())
            }
            Move::Step if !self.calls.is_empty() => {
                let at = self.random.below(self.calls.len());
                self.step(life, at)
            }
            Move::HangUp if !self.calls.is_empty() => {
                let at = self.random.below(self.calls.len());
                self.hang_up(life, at)
            }
            Move::Credit => self.credit(life),
            Move::Refund => self.refund(life),
            Move::Reconcile => self.reconcile(life),
            Move::SellLate => {
                let sold = self.world.provider.sell_late();
                self.trace(next, &sold);
                Ok(())
            }
            Move::Answer if self.calls.len() < CALLS => self.answer(life),
            Move::Operate => self.operate(life),
            Move::Leap => {
                self.world.clock.leap(Duration::from_secs(3600));
                self.trace(next, &());
                // What the ledger does by itself with fees of that age, whenever its own timer is due.
                life.books(async |books| {
                    for client in &self.clients {
                        books.settle_fees(&client.id).await?;
                    }
                    Ok(())
                })
            }
            // There is nothing to do it with.
            _ => Ok(()),
        }
    }

    fn buy(&mut self, life: &Life) -> Result<()> {
        self.tally.asked += 1;
        let client = self.any_client();
        let ware = if self.random.percent(70) { Ware::Order } else { Ware::Ticket };
        let items = [self.random.below(PRICES.len()), self.random.below(PRICES.len())];
        let intents = &mut self.clients[client].intents;
        let key = format!("c{client}-{}", intents.len());
        let (question, said, refunds) = (None, Vec::new(), Vec::new());
        let intent = Intent { key, ware, items, told: None, made: false, question, said, refunds };
        let ask = intent.ask(0);
        intents.push(intent);
        let about = About::Purchase(intents.len() - 1, 0);
        self.call(life, client, about, &ask)
    }

    fn repeat(&mut self, life: &Life, variant: usize) -> Result<()> {
        let client = self.any_client();
        let count = self.clients[client].intents.len();
        // Mostly what was wanted lately.
        let back = if self.random.percent(80) { count.min(12) } else { count };
        if count == 0 {
            return Ok(());
        }
        let at = count - 1 - self.random.below(back);
        let ask = self.clients[client].intents[at].ask(variant);
        self.tally.repeats += 1;
        self.call(life, client, About::Purchase(at, variant), &ask)
    }

    pub(crate) fn any_client(&mut self) -> usize {
        self.random.below(self.clients.len())
    }

    pub(crate) fn call(&mut self, life: &Life, client: usize, about: About, ask: &Ask) -> Result<()> {
        let who = &mut self.clients[client];
        who.fees.1 += about.fees();
        let (knew, secret) = match about {
            About::Purchase(intent, _) => (who.intents[intent].told.is_some(), &who.secret),
            About::Answer(_) => (false, &who.person),
            About::Search | About::Quote => (false, &who.secret),
        };
        let (call, progress) = life.call(secret, ask)?;
        self.calls.push(Pending { call, client, about, knew });
        self.went(self.calls.len() - 1, progress)
    }

    fn step(&mut self, life: &Life, at: usize) -> Result<()> {
        let progress = life.step(&mut self.calls[at].call)?;
        self.went(at, progress)
    }

    /// Takes note of how far a call has come.
    fn went(&mut self, at: usize, progress: Progress) -> Result<()> {
        let Pending { client, about, knew, .. } = self.calls[at];
        match &progress {
            Progress::Waits(place) => {
                self.trace(about, place);
                return Ok(());
            }
            Progress::Answered(got) => self.trace(about, &(got.status, got.replayed)),
            Progress::Unheard => self.trace(about, &"unheard"),
        }
        self.calls.remove(at);
        let Progress::Answered(got) = progress else { return Ok(()) };
        let client = &mut self.clients[client];
        match about {
            About::Purchase(intent, variant) => client.intents[intent].hear(variant, knew, &got)?,
            About::Answer(intent) => client.intents[intent].hear_person(&got)?,
            About::Search | About::Quote if got.status == 200 => client.fees.0 += about.fees(),
            About::Quote | About::Search => {
                ensure!(
                    matches!(got.status, 200 | 402 | 500 | 504),
                    "a plain call was answered {}: {}",
                    got.status,
                    got.body
                );
            }
        }
        Ok(())
    }

    /// Every call here costs a fee or buys, so each has a task of its own and goes on without its client.
    fn hang_up(&mut self, life: &Life, at: usize) -> Result<()> {
        let pending = &mut self.calls[at];
        if !life.is_heard(&pending.call) {
            return Ok(());
        }
        self.tally.hang_ups += 1;
        let (about, goes_on) = (pending.about, life.hang_up(&mut pending.call));
        self.trace((Move::HangUp, about), &goes_on);
        ensure!(goes_on, "a client who hung up has stopped {about:?}");
        Ok(())
    }

    fn credit(&mut self, life: &Life) -> Result<()> {
        let at = self.any_client();
        let again = self.random.percent(20);
        let cents = self.random.cents(1, CREDIT);
        let client = &mut self.clients[at];
        let (source, cents) = match client.credits.last().filter(|(source, _)| again && !source.is_empty()) {
            Some(last) => last.clone(),
            None => {
                let new = (format!("payment-{at}-{}", client.credits.len()), cents);
                client.credits.push(new.clone());
                new
            }
        };
        life.books(async |books| books.add_credit(&self.clients[at].payer, cents, &source).await)?;
        self.trace((Move::Credit, at), &cents);
        Ok(())
    }

    /// Gives money of a purchase back of which a client knows that it was bought.
    fn refund(&mut self, life: &Life) -> Result<()> {
        let client = self.any_client();
        let (cents, again, nth) = (self.random.cents(1, 1500), self.random.percent(20), self.random.bits());
        let bought = |intent: &Intent| intent.told.as_ref().is_some_and(|told| told.end.bought.is_some());
        let intents = &mut self.clients[client].intents;
        let count = intents.iter().filter(|intent| bought(intent)).count();
        let nth = usize::try_from(nth).unwrap_or_default() % count.max(1);
        let Some(intent) = intents.iter_mut().filter(|intent| bought(intent)).nth(nth) else { return Ok(()) };
        let (key, made) = (intent.key.clone(), intent.refunds.len());
        let last = intent.refunds.last().cloned().filter(|_| again);
        let (source, cents) = last.clone().unwrap_or_else(|| (format!("refund-{key}-{made}"), cents));
        let id = intent.told.as_ref().map(|told| told.end.purchase.parse()).transpose();
        let id = id.ok().flatten().context("a purchase's id that a client was told is none")?;
        let done = life.books(async |books| match books.refund(&id, cents, &source).await {
            Ok(_) => Ok(true),
            Err(LedgerError::RefundTooHigh { .. }) => Ok(false),
            Err(error) => Err(error),
        })?;
        if done && last.is_none() {
            intent.refunds.push((source, cents));
            self.tally.refunds += 1;
        }
        self.trace((Move::Refund, key), &(cents, done));
        Ok(())
    }

    fn reconcile(&mut self, life: &Life) -> Result<()> {
        let pass = life.reconcile()?;
        self.tally.found_out += pass.settled;
        self.trace(Move::Reconcile, &pass);
        Ok(())
    }

    /// Lets everything that is under way or unknown come to its end, and checks the books.
    fn end(mut self, life: &Life) -> Result<Tally> {
        while !self.calls.is_empty() {
            let at = self.random.below(self.calls.len());
            self.step(life, at)?;
        }
        // Longer than any question waits.
        self.world.clock.leap(Duration::from_secs(2 * 3600));
        self.tally.found_out += life.reconcile_all()?.settled;
        while self.world.provider.sell_late() {}
        self.operate(life)?;
        let books = life.books(async |books| Books::read(books, &self.clients).await)?;
        books.check(&self.clients, &self.world.provider.sold())?;
        for purchase in books.purchases() {
            self.tally.purchases += 1;
            let captured = purchase.state.is_captured();
            *if captured { &mut self.tally.captures } else { &mut self.tally.releases } += 1;
        }
        self.tally.fees = books.fees();
        Ok(self.tally)
    }

    /// Whether a call about this purchase is under way.
    pub(crate) fn is_under_way(&self, key: &str) -> bool {
        self.calls.iter().any(|pending| match pending.about {
            About::Purchase(intent, _) | About::Answer(intent) => {
                self.clients[pending.client].intents[intent].key == key
            }
            About::Quote | About::Search => false,
        })
    }

    pub(crate) fn trace(&mut self, what: impl std::fmt::Debug, came_of_it: &dyn std::fmt::Debug) {
        let line = format!("{what:?}: {came_of_it:?}");
        self.tally.trace(&line);
        if self.told {
            println!("{line}");
        }
    }
}
