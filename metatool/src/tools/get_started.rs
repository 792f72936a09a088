//! `get_started()`: what is loaded, how to use it, and what the caller can spend.

use super::categories;
use crate::backend::{Account, Caller};
use crate::outcome::{Outcome, answer};
use crate::server::Metatool;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use uaps_model::{Currency, Money};

/// Categories that are named; the rest are counted together.
const MAX_CATEGORIES: usize = 12;
/// The account is a courtesy: a slow gateway must not keep the assistant from starting.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Start<'c> {
    services: usize,
    tools: usize,
    /// Services by category.
    categories: BTreeMap<&'c str, usize>,
    steps: Vec<&'static str>,
    account: AccountView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AccountView {
    Known { level: &'static str, available: String, held: String },
    Unknown { note: String },
}

pub(super) async fn call(metatool: &Metatool, caller: &Caller) -> Outcome {
    let catalog = metatool.backend().catalog();
    let account = match (&caller.key, tokio::time::timeout(PATIENCE, metatool.backend().account(caller)).await) {
        (_, Ok(Ok(Some(account)))) => view(&account),
        (None, _) => note(
            "No key: only tools marked anonymous can be called. The user sets a key in this client's \
             settings for the rest",
        ),
        (Some(_), Ok(Ok(None))) => note("The gateway does not know an account for this key"),
        (Some(_), Ok(Err(problem))) => note(&problem.detail),
        (Some(_), Err(_)) => note("The gateway took too long to tell the balance; ask again"),
    };
    answer(&Start {
        services: catalog.entries().len(),
        tools: catalog.entries().iter().map(|entry| entry.operations).sum(),
        categories: fold(categories(&catalog)),
        steps: vec![
            "search_services {query}: services and their best tools for a task",
            "list_tools {service, tool}: one tool in full, with an example call",
            "execute {service, tool, parameters}: call it. Each tool shows [cost, access]",
            "Buying: execute the quote tool, ask the user, then execute the purchase with a new Idempotency-Key",
        ],
        account,
    })
}

fn view(account: &Account) -> AccountView {
    let currency = Currency::new(&account.balance.currency).unwrap_or(Currency::USD);
    let money = |cents| Money { cents, currency }.to_string();
    AccountView::Known {
        level: account.level.as_str(),
        available: money(account.balance.available_cents),
        held: money(account.balance.held_cents),
    }
}

fn note(text: &str) -> AccountView {
    AccountView::Unknown { note: text.to_owned() }
}

/// The largest categories, and one more for all others.
fn fold(all: BTreeMap<&str, usize>) -> BTreeMap<&str, usize> {
    if all.len() <= MAX_CATEGORIES {
        return all;
    }
    let mut ordered: Vec<_> = all.into_iter().collect();
    ordered.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let others = ordered.split_off(MAX_CATEGORIES - 1).into_iter().map(|(_, count)| count).sum();
    ordered.push(("(others)", others));
    ordered.into_iter().collect()
}
