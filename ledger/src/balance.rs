//! How much there is.

use serde::Serialize;
use uaps_model::{Currency, Money};

/// What a credential has. All amounts are cents of `currency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The sum of everything that happened: credits less what was spent.
    pub posted_cents: i64,
    /// The part of it that is reserved for purchases and fees under way.
    pub held_cents: i64,
    /// What can be spent now: posted less held, never below zero.
    pub available_cents: i64,
    /// What purchases cost beyond the balance. Above zero, no further purchase is begun; the next money pays it first.
    pub receivable_cents: i64,
    /// What the cents are cents of.
    pub currency: Currency,
}

/// Why there was not enough. All amounts are cents of `currency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shortfall {
    /// What was asked for.
    pub required_cents: i64,
    /// What could be spent.
    pub available_cents: i64,
    /// What is reserved and may come back.
    pub held_cents: i64,
    /// Required less available: what to add.
    pub shortfall_cents: i64,
    /// What the cents are cents of.
    pub currency: Currency,
}

impl std::fmt::Display for Shortfall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let money = |cents| Money { cents, currency: self.currency };
        let (required, available) = (money(self.required_cents), money(self.available_cents));
        write!(f, "needs {required}, {available} is available; add {}", money(self.shortfall_cents))
    }
}
