//! What clients do and what they have been told. What they were told of a purchase's end must stay true for ever.

use crate::life::Got;
use crate::shop::{Ask, Ware};
use anyhow::{Result, ensure};
use ledger::{CredentialId, Limits};
use serde_json::Value;

/// Somebody who buys.
#[derive(Debug)]
pub struct Client {
    /// The key that it buys with.
    pub secret: String,
    /// That key's id.
    pub id: CredentialId,
    /// What that key may spend.
    pub limits: Limits,
    /// The key of the person above, who answers its questions. The same key where it has no limits.
    pub person: String,
    /// Whose account it is: that person's.
    pub payer: CredentialId,
    /// What was paid in: the source and the amount.
    pub credits: Vec<(String, i64)>,
    /// Everything that it ever wanted to buy.
    pub intents: Vec<Intent>,
    /// What fees took at least, in cents, because the calls were answered, and at most, because that is what was asked for.
    pub fees: (i64, i64),
}

/// Something that a client wants once.
#[derive(Debug)]
pub struct Intent {
    /// Its idempotency key.
    pub key: String,
    /// Where.
    pub ware: Ware,
    /// What, and what instead when the request is changed.
    pub items: [usize; 2],
    /// What the client was told of how it ended.
    pub told: Option<Told>,
    /// Whether one of the answers was that of the call that made the purchase. All others are repetitions.
    pub made: bool,
    /// The approval that it waits for, or has waited for.
    pub question: Option<String>,
    /// What the person who answered that was told of the end.
    pub said: Vec<End>,
    /// What came back, in cents, by our own count.
    pub refunds: Vec<(String, i64)>,
}

/// The end of a purchase, as its client knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which of the two requests it was.
    pub variant: usize,
    /// How it ended.
    pub end: End,
}

/// How a purchase ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The purchase's id.
    pub purchase: String,
    /// The answer's body if it was bought.
    pub bought: Option<String>,
}

impl End {
    /// What an answer says of the end, if it says anything.
    fn of(got: &Got, problem: &Value) -> Option<End> {
        let purchase = got.purchase.clone().or_else(|| problem["purchase_id"].as_str().map(str::to_owned))?;
        let denied = problem["type"] == "urn:penumbra:problem:approval-denied";
        match got.status {
            200 | 201 => Some(End { purchase, bought: Some(got.body.clone()) }),
            502 => Some(End { purchase, bought: None }),
            403 if denied => Some(End { purchase, bought: None }),
            _ => None,
        }
    }
}

impl Intent {
    /// The request, as first meant (0) or changed (1).
    pub fn ask(&self, variant: usize) -> Ask {
        let item = self.items.get(variant).copied().unwrap_or_default();
        Ask::buy(self.ware, &self.key, item, &format!("{}/{variant}", self.key))
    }

    /// Takes an answer to one of the requests; `knew` says whether the client knew the end already when it sent that one. An
    /// answer to an earlier request may have been on its way while the end was told to another.
    pub fn hear(&mut self, variant: usize, knew: bool, got: &Got) -> Result<()> {
        let body: Value = serde_json::from_str(&got.body).unwrap_or_default();
        let end = End::of(got, &body).map(|end| Told { variant, end });
        let limited = got.status == 403 && body["type"] == "urn:penumbra:problem:spend-limit-exceeded";
        match got.status {
            200 | 201 => ensure!(end.is_some(), "{} was bought, and the answer names no purchase", self.key),
            403 => ensure!(limited || end.is_some(), "{} was answered 403: {}", self.key, got.body),
            202 | 402 | 409 | 422 | 502 | 504 => {}
            status => anyhow::bail!("{} was answered {status}: {}", self.key, got.body),
        }
        if let Some(question) = body["approval"]["id"].as_str() {
            self.question = Some(question.to_owned());
        }
        if end.is_some() && !got.replayed {
            ensure!(!self.made, "{} was made twice, says the gateway", self.key);
            self.made = true;
        }
        match (&self.told, end) {
            (None, end) => self.told = end,
            (Some(told), Some(end)) => {
                ensure!(*told == end, "{} was told {told:?}, and then {end:?}", self.key);
            }
            (Some(told), None) => {
                let other = got.status == 422 && told.variant != variant;
                let older = !knew && matches!(got.status, 202 | 409);
                ensure!(other || older, "{} was told {told:?}, and then {}: {}", self.key, got.status, got.body);
            }
        }
        Ok(())
    }

    /// Takes what the person above was answered who said yes or no.
    pub fn hear_person(&mut self, got: &Got) -> Result<()> {
        let body: Value = serde_json::from_str(&got.body).unwrap_or_default();
        if got.status == 200 && body["state"] == "denied" {
            let purchase = body["purchase"].as_str().unwrap_or_default().to_owned();
            self.said.push(End { purchase, bought: None });
            return Ok(());
        }
        let end = End::of(got, &body);
        let known = matches!(got.status, 200 | 201 | 202 | 402 | 403 | 409 | 502 | 504);
        ensure!(known, "the yes to {} was answered {}: {}", self.key, got.status, got.body);
        self.said.extend(end);
        Ok(())
    }
}
