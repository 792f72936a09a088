//! Two gateways with everything around them.

use crate::database::Database;
use crate::redis_url;
use ledger::{CredentialId, Ledger};
use sandbox::Sandbox;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::crowd::Crowd;
use tests::{Process, free_port, is_up, serve_providers, start_gateway};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;
use uaps_model::Catalog;

/// What is bought.
pub const SERVICE: &str = "food-delivery";
/// By which operation.
pub const TOOL: &str = "place_order";

/// The machine and the server's connections are for one world at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Two gateways on one schema and one Redis, the stand-ins behind them, and the books as this process sees them.
pub struct World {
    pub catalog: Arc<Catalog>,
    pub sandbox: Sandbox,
    pub database: Database,
    pub ledger: Ledger,
    pub gateways: [Process; 2],
    pub urls: [String; 2],
    emptying: Mutex<JoinSet<()>>,
    _alone: MutexGuard<'static, ()>,
}

impl World {
    pub async fn new(more: &[(&str, &str)]) -> Self {
        let alone = ALONE.lock().await;
        gateway::install_crypto();
        let catalog = Arc::new(generated::catalog());
        let sandbox = Sandbox::new(catalog.clone());
        let providers = serve_providers(&sandbox).await;
        let database = Database::new().await;
        let redis = redis_url();
        let more: Vec<_> = [("REDIS_URL", redis.as_str())].into_iter().chain(more.iter().copied()).collect();
        // At one moment, on an empty schema: one of them makes the tables, whichever it is.
        let ports = [free_port().await, free_port().await];
        let gateways = ports.map(|port| start_gateway(&database.url, port, &providers, SERVICE, &more));
        let urls = ports.map(|port| format!("http://127.0.0.1:{port}"));
        futures::future::join_all(urls.iter().map(|url| is_up(url))).await;
        let ledger = Ledger::open_existing(&database.url).await.expect("the gateways have made the tables");
        World { catalog, sandbox, database, ledger, gateways, urls, emptying: Mutex::default(), _alone: alone }
    }

    /// Buyers who go to both gateways in turn.
    pub fn crowd(&self) -> Arc<Crowd> {
        Arc::new(Crowd::new(&self.catalog, SERVICE, TOOL, &[&self.urls[0], &self.urls[1]]))
    }

    /// Lets an account make as many calls as it likes, whatever the service's limit, which is another test's matter: its
    /// bucket is emptied all the time. Says how often it was found in Redis.
    pub async fn without_limit(&self, account: &CredentialId) -> Arc<AtomicU64> {
        let redis = redis::Client::open(redis_url()).unwrap();
        let mut redis = redis.get_multiplexed_async_connection().await.expect("Redis answers");
        let (bucket, emptied) = (format!("penumbra:limit:{SERVICE}:key:{account}"), Arc::new(AtomicU64::new(0)));
        let found = emptied.clone();
        self.emptying.lock().await.spawn(async move {
            loop {
                let was_there: u64 = redis::cmd("DEL").arg(&bucket).query_async(&mut redis).await.unwrap();
                found.fetch_add(was_there, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        emptied
    }

    /// Stops all, and leaves nothing in the database.
    pub async fn end(self) {
        self.ledger.close().await;
        drop(self.gateways);
        self.database.remove().await;
    }
}
