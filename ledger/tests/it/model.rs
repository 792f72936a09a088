//! What the ledger must do, in memory and without a care for speed, crashes or neighbours.

use std::collections::BTreeMap;

/// One customer.
#[derive(Debug, Default, Clone)]
pub struct Person {
    pub posted: i64,
    pub debt: i64,
    pub purchases: BTreeMap<u8, Bought>,
    /// Amounts of open fees, by number; `None` once resolved.
    pub fees: Vec<Option<i64>>,
    /// The newest price for each request.
    pub quotes: BTreeMap<u8, i64>,
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
    Sent,
    Unknown,
    /// What it cost.
    Captured(i64),
    Released,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Sent => "sent",
            State::Unknown => "unknown",
            State::Captured(_) => "captured",
            State::Released => "released",
        }
    }

    fn is_open(self) -> bool {
        matches!(self, State::Sent | State::Unknown)
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
    pub fn begin(&mut self, key: u8, request: u8, held: i64) -> String {
        if let Some(old) = self.purchases.get(&key) {
            let word = if old.request == request { "existing" } else { "reused" };
            return format!("{word} {}", old.state.name());
        }
        if self.debt > 0 {
            return format!("blocked {}", self.debt);
        }
        if self.available() < held {
            return format!("short {}", held - self.available());
        }
        self.purchases.insert(key, Bought { request, held, state: State::Sent, refunded: 0 });
        "started".to_owned()
    }

    /// Moves a purchase to `to`; the word is its state afterwards, or why not.
    pub fn end(&mut self, key: u8, to: State) -> String {
        let Some(purchase) = self.purchases.get_mut(&key) else { return "no such".to_owned() };
        if purchase.state == to {
            return to.name().to_owned();
        }
        if !purchase.state.is_open() {
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
    pub fn refund(&mut self, key: u8, cents: i64) -> String {
        let Some(purchase) = self.purchases.get_mut(&key) else { return "no such".to_owned() };
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
}
