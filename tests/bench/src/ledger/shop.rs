//! Books to measure, and clients that buy.

use crate::Format;
use anyhow::{Context, bail};
use jiff::Timestamp;
use ledger::{Answer, Begun, Capture, CredentialId, Fingerprint, Ledger, NewKey, NewPurchase};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use uaps_model::{AccessLevel, Money};

/// Where books are measured, and how that is told.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// Where the databases are made, on the disk that is to be measured
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// A PostgreSQL database to measure as well; a schema of its own is made in it, and dropped
    #[arg(long, env = "PENUMBRA_TEST_POSTGRES_URL", value_name = "URL", hide_env_values = true)]
    pub(super) postgres: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

impl Place {
    /// A folder that goes with what is measured in it.
    pub(super) fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        tempfile::tempdir_in(&self.folder)
            .with_context(|| format!("{} can't be written; name another --folder", self.folder.display()))
    }
}

/// A schema of a PostgreSQL database, for one measurement.
pub(super) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    pub(super) async fn make(server: &str) -> anyhow::Result<Schema> {
        let name = format!("penumbra_bench_{}_{}", std::process::id(), Timestamp::now().as_nanosecond());
        let schema = Schema { server: server.to_owned(), name };
        schema.say(format!("CREATE SCHEMA {}", schema.name)).await?;
        Ok(schema)
    }

    async fn say(&self, sql: String) -> anyhow::Result<()> {
        let mut connection = self.server.parse::<PgConnectOptions>()?.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        Ok(())
    }

    pub(super) fn url(&self) -> String {
        let joint = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{joint}options=-csearch_path%3D{}", self.server, self.name)
    }

    pub(super) async fn remove(self) -> anyhow::Result<()> {
        self.say(format!("DROP SCHEMA {} CASCADE", self.name)).await
    }
}

/// So many clients with money enough.
pub(super) async fn clients(ledger: &Ledger, count: usize) -> anyhow::Result<Vec<CredentialId>> {
    let mut keys = Vec::with_capacity(count);
    for n in 0..count {
        let new = NewKey {
            credit_cents: 1_000_000_000,
            ..NewKey::new(format!("client-{n}@example.com"), AccessLevel::Authenticated)
        };
        keys.push(ledger.create_key(new).await?.credential.id);
    }
    Ok(keys)
}

/// All of them buy at the same time, each one thing after the other, while `more` says so; how long each purchase took.
pub(super) async fn trade(
    ledger: &Ledger,
    keys: Vec<CredentialId>,
    more: impl Fn() -> bool + Clone + Send + 'static,
) -> anyhow::Result<Vec<Duration>> {
    let clients: Vec<_> = keys.into_iter().map(|key| tokio::spawn(buy(ledger.clone(), key, more.clone()))).collect();
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.await??);
    }
    Ok(latencies)
}

/// Buys while `more` says so; how long each purchase took, hold and capture together.
async fn buy(ledger: Ledger, key: CredentialId, more: impl Fn() -> bool) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut number = 0_u64;
    while more() {
        number += 1;
        let start = Instant::now();
        let order = NewPurchase {
            credential: key.clone(),
            service: "shop".to_owned(),
            tool: "place_order".to_owned(),
            idempotency_key: number.to_string(),
            fingerprint: Fingerprint::of(number.to_le_bytes()),
            quote: None,
            amount: Money::usd(100),
            request: None,
            order: None,
        };
        let Begun::Started(purchase) = ledger.begin_purchase(order).await? else { bail!("a purchase did not start") };
        let answer = Answer { status: 200, content_type: Some("application/json".to_owned()), body: b"{}".to_vec() };
        let capture = Capture { charged: Money::usd(90), transaction_id: None, answer };
        ledger.capture(&purchase.id, capture).await?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}
