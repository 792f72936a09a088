//! What the ledger must do, in memory and without a care for speed, crashes or neighbours.

use std::collections::BTreeMap;

/// From above that much, what a person's second key buys waits for an approval by the first.
pub const ASKS_ABOVE: i64 = 200;

/// From above that much, it waits for a confirmation at least, which the second key's client may give.
pub const CONFIRMS_ABOVE: i64 = 120;

/// A person with two keys: one of their own, and one below it.
#[derive(Debug, Default, Clone)]
pub struct Person {
    pub posted: i64,
    pub debt: i64,
    /// By key, and by the name that the purchase was given.
    pub purchases: BTreeMap<(Key, u8), Bought>,
    /// Amounts of open fees, by number; `None` once resolved.
    pub fees: Vec<Option<i64>>,
    /// The newest price for each request of a key.
    pub quotes: BTreeMap<(Key, u8), i64>,
    pub topup: Topup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Own,
    Below,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Bought {
    pub request: u8,
    pub held: i64,
    pub state: State,
    pub refunded: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    Held,
    Sent,
    Unknown,
    /// What it cost.
    Captured(i64),
    Released,
}

/// What a provider of payments said of the person's one top-up.
#[derive(Debug, Default, Clone)]
pub struct Topup {
    pub paid: Option<i64>,
    pub returned: i64,
    /// By number: how much, and whether it is open still, and whether it counts.
    pub disputes: BTreeMap<u8, (i64, bool, bool)>,
    pub booked: i64,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Sent => "sent",
            State::Unknown => "unknown",
            State::Captured(_) => "captured",
            State::Released => "released",
        }
    }

    fn is_open(self) -> bool {
        matches!(self, State::Held | State::Sent | State::Unknown)
    }
}

impl Person {
    pub fn held(&self) -> i64 {
        let purchases: i64 = self.purchases.values().filter(|p| p.state.is_open()).map(|p| p.held).sum();
        purchases + self.fees.iter().flatten().sum::<i64>()
    }

    fn available(&self) -> i64 {
        self.posted - self.held()
    }

    fn repay(&mut self) {
        let amount = self.debt.min(self.available());
        self.posted -= amount;
        self.debt -= amount;
    }

    pub fn credit(&mut self, cents: i64) {
        self.posted += cents;
        self.repay();
    }

    /// What became of it, in a word.
    pub fn begin(&mut self, key: Key, name: u8, request: u8, held: i64) -> String {
        if let Some(old) = self.purchases.get(&(key, name)) {
            let word = if old.request == request { "existing" } else { "reused" };
            return format!("{word} {}", old.state.name());
        }
        if self.debt > 0 {
            return format!("blocked {}", self.debt);
        }
        if self.available() < held {
            return format!("short {}", held - self.available());
        }
        let state = if key == Key::Below && held > CONFIRMS_ABOVE { State::Held } else { State::Sent };
        self.purchases.insert((key, name), Bought { request, held, state, refunded: 0 });
        state.name().to_owned()
    }

    /// Answers whether a held purchase may be sent; the word is its state afterwards, or why not.
    pub fn decide(&mut self, name: u8, yes: bool, by_client: bool) -> String {
        let Some(purchase) = self.purchases.get_mut(&(Key::Below, name)) else { return "no such".to_owned() };
        match purchase.held {
            ..=CONFIRMS_ABOVE => return "never asked".to_owned(),
            held if held > ASKS_ABOVE && by_client => return "may not".to_owned(),
            _ if purchase.state != State::Held => return "decided".to_owned(),
            _ => {}
        }
        purchase.state = if yes { State::Sent } else { State::Released };
        let word = purchase.state.name().to_owned();
        self.repay();
        word
    }

    /// Moves a purchase to `to`; the word is its state afterwards, or why not.
    pub fn end(&mut self, key: Key, name: u8, to: State) -> String {
        let Some(purchase) = self.purchases.get_mut(&(key, name)) else { return "no such".to_owned() };
        if purchase.state == to {
            return to.name().to_owned();
        }
        if !matches!(purchase.state, State::Sent | State::Unknown) {
            return format!("is {}", purchase.state.name());
        }
        purchase.state = to;
        if let State::Captured(charged) = to {
            let paid = charged.min(self.available());
            self.posted -= paid;
            self.debt += charged - paid;
        }
        self.repay();
        to.name().to_owned()
    }

    /// Gives back; the word is how much came back so far, or why not.
    pub fn refund(&mut self, key: Key, name: u8, cents: i64) -> String {
        let Some(purchase) = self.purchases.get_mut(&(key, name)) else { return "no such".to_owned() };
        let State::Captured(charged) = purchase.state else { return format!("is {}", purchase.state.name()) };
        if purchase.refunded + cents > charged {
            return format!("left {}", charged - purchase.refunded);
        }
        purchase.refunded += cents;
        let refunded = purchase.refunded;
        self.posted += cents;
        self.repay();
        format!("back {refunded}")
    }

    pub fn hold_fee(&mut self, cents: i64) -> String {
        if self.available() < cents {
            return format!("short {}", cents - self.available());
        }
        self.fees.push(Some(cents));
        "held".to_owned()
    }

    pub fn end_fee(&mut self, number: usize, take: bool) {
        if let Some(cents) = self.fees[number].take()
            && take
        {
            self.posted -= cents;
        }
        self.repay();
    }

    pub fn paid(&mut self, cents: i64) -> String {
        match self.topup.paid {
            Some(known) if known != cents => return "conflict".to_owned(),
            _ => self.topup.paid = Some(cents),
        }
        self.book()
    }

    pub fn returned(&mut self, cents: i64) -> String {
        self.topup.returned = self.topup.returned.max(cents);
        self.book()
    }

    pub fn disputed(&mut self, number: u8, cents: i64, open: bool, won: bool) -> String {
        let known = self.topup.disputes.entry(number).or_insert((cents, true, true));
        if known.1 {
            *known = (cents, open, open || !won);
        }
        self.book()
    }

    /// What of the top-up counts now.
    fn book(&mut self) -> String {
        let Topup { paid, returned, disputes, booked } = &mut self.topup;
        let disputed: i64 = disputes.values().filter(|(_, _, counts)| *counts).map(|(cents, ..)| cents).sum();
        let worth = (paid.unwrap_or(0) - *returned - disputed).max(0);
        let change = worth - *booked;
        *booked = worth;
        if change >= 0 {
            self.posted += change;
        } else {
            let taken = (-change).min(self.available());
            self.posted -= taken;
            self.debt += -change - taken;
        }
        self.repay();
        "noted".to_owned()
    }
}
