//! What must be true when a story has ended: the books are right in themselves, they agree with the provider's, and with what
//! every client was told.

use crate::client::{Client, Intent};
use crate::provider::Sold;
use anyhow::{Result, ensure};
use ledger::{Ledger, LedgerError, Limits, Purchase, PurchaseState, TransactionKind, Wanted};
use std::collections::BTreeMap;

/// What the books say.
#[derive(Debug)]
pub struct Books {
    report: ledger::AuditReport,
    accounts: Vec<Account>,
}

#[derive(Debug)]
struct Account {
    balance: ledger::Balance,
    /// What fees took, in cents.
    fees: i64,
    /// By idempotency key.
    purchases: BTreeMap<String, Purchase>,
}

impl Books {
    /// Reads what the checks look at.
    pub async fn read(ledger: &Ledger, clients: &[Client]) -> Result<Books, LedgerError> {
        let report = ledger.audit().await?;
        let mut accounts = Vec::with_capacity(clients.len());
        for client in clients {
            let balance = ledger.balance(&client.payer).await?;
            let usage = Wanted { kind: Some(TransactionKind::Usage), ..Wanted::default() };
            let lines = ledger.transactions(&client.id, &usage, u32::MAX, None).await?;
            let fees = lines.iter().map(|line| -line.amount_cents).sum();
            let mut purchases = BTreeMap::new();
            for intent in &client.intents {
                let found = ledger.find_purchase(&client.id, &intent.key).await?;
                purchases.extend(found.map(|purchase| (intent.key.clone(), purchase)));
            }
            accounts.push(Account { balance, fees, purchases });
        }
        Ok(Books { report, accounts })
    }

    /// All purchases.
    pub fn purchases(&self) -> impl Iterator<Item = &Purchase> {
        self.accounts.iter().flat_map(|account| account.purchases.values())
    }

    /// What fees took, in cents.
    pub fn fees(&self) -> i64 {
        self.accounts.iter().map(|account| account.fees).sum()
    }

    /// Holds them against the provider's books and what clients know.
    pub fn check(&self, clients: &[Client], sold: &[Sold]) -> Result<()> {
        ensure!(self.report.is_clean(), "the audit finds:\n{}", self.report);
        let mut sales: BTreeMap<&str, Vec<&Sold>> = BTreeMap::new();
        for sale in sold {
            sales.entry(sale.key()).or_default().push(sale);
        }
        for (client, account) in clients.iter().zip(&self.accounts) {
            for intent in &client.intents {
                let sales = sales.remove(intent.key.as_str()).unwrap_or_default();
                boundary(&intent.key, account.purchases.get(&intent.key), &sales)?;
                told(intent, account.purchases.get(&intent.key))?;
            }
            money(client, account)?;
            limits(client, account)?;
        }
        ensure!(sales.is_empty(), "nobody ordered what was sold: {sales:?}");
        Ok(())
    }
}

/// Conservation across the boundary: what was sold is paid once, what is paid was sold, and nothing stays open.
fn boundary(key: &str, purchase: Option<&Purchase>, sales: &[&Sold]) -> Result<()> {
    ensure!(sales.len() < 2, "{key} was sold {} times", sales.len());
    match (purchase, sales.first()) {
        (None, None) => {}
        (None, Some(sale)) => anyhow::bail!("{key} was sold ({sale:?}), and the books know nothing of it"),
        (Some(purchase), Some(sale)) => {
            let charged = purchase.charged.map(|charged| charged.cents);
            let agrees = charged == Some(sale.cents) && purchase.transaction_id.as_deref() == Some(sale.id.as_str());
            ensure!(agrees, "{key} was sold ({sale:?}), and the books say {purchase:?}");
        }
        (Some(purchase), None) => {
            let released = purchase.state == PurchaseState::Released;
            ensure!(released, "{key} was never sold, and the books say {purchase:?}");
        }
    }
    Ok(())
}

/// What a client, or the person above, was told of the end is the end, to the byte.
fn told(intent: &Intent, purchase: Option<&Purchase>) -> Result<()> {
    for end in intent.said.iter().chain(intent.told.as_ref().map(|told| &told.end)) {
        let stays = purchase.is_some_and(|purchase| {
            let body = purchase.answer.as_ref().map(|answer| String::from_utf8_lossy(&answer.body));
            purchase.id.as_str() == end.purchase
                && match &end.bought {
                    Some(bought) => purchase.state.is_captured() && body.is_some_and(|body| body == *bought),
                    None => purchase.state == PurchaseState::Released,
                }
        });
        ensure!(stays, "{} was told {end:?}, and the books say {purchase:?}", intent.key);
    }
    let refunded: i64 = intent.refunds.iter().map(|(_, cents)| cents).sum();
    let back = purchase.map_or(0, |purchase| purchase.refunded_cents);
    ensure!(back == refunded, "{} got {back} cents back, not {refunded}", intent.key);
    Ok(())
}

/// No key has bought more, or for more, than its limits say.
fn limits(client: &Client, account: &Account) -> Result<()> {
    let Limits { purchase_cents, purchases, .. } = client.limits;
    let bought = account.purchases.values().filter(|purchase| purchase.state.is_captured());
    let count = bought.clone().count();
    let most = purchases.map_or(Ok(usize::MAX), usize::try_from)?;
    ensure!(count <= most, "{} bought {count} times, and may {most} times", client.id);
    let dearest = bought.map(|purchase| purchase.held.cents).max().unwrap_or_default();
    let may = purchase_cents.unwrap_or(i64::MAX);
    ensure!(dearest <= may, "{} bought for {dearest} cents, and may for {may}", client.id);
    Ok(())
}

/// What came in and what went out is what is left.
fn money(client: &Client, account: &Account) -> Result<()> {
    let credits: i64 = client.credits.iter().map(|(_, cents)| cents).sum();
    let charged: i64 = account.purchases.values().filter_map(|purchase| purchase.charged).map(|c| c.cents).sum();
    let refunded: i64 = account.purchases.values().map(|purchase| purchase.refunded_cents).sum();
    let balance = &account.balance;
    let left = credits + refunded - charged - account.fees;
    let has = balance.posted_cents - balance.receivable_cents;
    ensure!(left == has, "{} has {has} cents, and should have {left}: {balance:?}", client.id);
    ensure!(balance.held_cents == 0, "{} cents of {} stay held", balance.held_cents, client.id);
    let (least, most) = client.fees;
    ensure!(
        (least..=most).contains(&account.fees),
        "{} paid {} cents of fees, not {least} to {most}",
        client.id,
        account.fees
    );
    Ok(())
}
