//! One life of a gateway: from its start to its crash, on a thread of its own making, one thing at a time.
//!
//! Whatever is under way waits at the [`Turnstile`]; [`Life::step`] lets one go on and comes back when it waits again or has
//! ended. So two lives with the same seed are the same, however the machine schedules their threads.

use crate::clock::Clock;
use crate::provider::{Door, Provider};
use crate::shop::Ask;
use crate::turnstile::{Place, Stages, Ticket, Turnstile};
use anyhow::{Context, Result};
use axum::Router;
use gateway::{Config, Gateway, Pass, Reconcile, Upstream, Watcher};
use http_body_util::BodyExt;
use ledger::Ledger;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use uaps_model::Catalog;

/// Purchases of unknown outcome are asked about so often.
const ATTEMPTS: u32 = 4;

/// Longer than anything takes here; whoever takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a gateway needs to live, and what outlives it.
#[derive(Debug, Clone)]
pub struct World {
    /// The database.
    pub url: String,
    /// What is for sale.
    pub catalog: Arc<Catalog>,
    /// Who sells it.
    pub provider: Arc<Provider>,
    /// What time it is.
    pub clock: Clock,
}

/// What a client was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// HTTP status.
    pub status: u16,
    /// The purchase's id, if it is about one.
    pub purchase: Option<String>,
    /// Whether it was answered before.
    pub replayed: bool,
    /// The body.
    pub body: String,
}

/// How far a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It waits there.
    Waits(Place),
    /// Its client has the answer.
    Answered(Got),
    /// It is over, and nobody waited for the answer.
    Unheard,
}

/// A call under way.
#[derive(Debug)]
pub struct Call {
    /// Absent once the client has hung up.
    client: Option<JoinHandle<Result<Got>>>,
    ticket: Ticket,
    /// How many of the gateway's tasks are its.
    tasks: usize,
}

/// A gateway that lives. Dropped, it has crashed: nothing is closed, awaited or told.
#[derive(Debug)]
pub struct Life {
    // First, so that it is dropped first: all tasks die where they are.
    runtime: Runtime,
    gateway: Gateway,
    router: Router,
    turnstile: Arc<Turnstile>,
}

impl Life {
    /// Opens the books, which puts in order what an earlier life left, and starts a gateway.
    pub fn start(world: &World) -> Result<Life> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let turnstile = Arc::new(Turnstile::default());
        let door = Door { provider: world.provider.clone(), turnstile: turnstile.clone() };
        let config = Config {
            // No pause, and so no chance in it: leaps of the clock are what lets time pass.
            reconcile: Reconcile { first_pause: Duration::ZERO, attempts: ATTEMPTS, ..Reconcile::default() },
            ..Config::default()
        };
        let upstream = Upstream::over(Arc::new(door), config.upstream_timeout);
        let watcher = Watcher::new(Arc::new(Stages(turnstile.clone())));
        let gateway = runtime.block_on(async {
            let ledger = Ledger::open_with(&world.url, settings(&world.clock)).await?;
            anyhow::Ok(Gateway::over(config, world.catalog.clone(), ledger, upstream, watcher)?)
        })?;
        let router = gateway.router();
        Ok(Life { runtime, gateway, router, turnstile })
    }

    /// Sends a request, and lets it go as far as it goes.
    pub fn call(&self, secret: &str, ask: &Ask) -> Result<(Call, Progress)> {
        let request = ask.request(secret)?;
        let (router, turnstile) = (self.router.clone(), self.turnstile.clone());
        let (before, tasks) = (self.turnstile.newest().0, self.tasks());
        let client = self.runtime.spawn(async move {
            let got = answer(router, request).await;
            turnstile.moved.notify_one();
            got
        });
        let mut call = Call { client: Some(client), ticket: before, tasks: 0 };
        let progress = self.run(&mut call, tasks)?;
        Ok((call, progress))
    }

    /// Lets a call that waits go on.
    pub fn step(&self, call: &mut Call) -> Result<Progress> {
        let others = self.tasks() - call.tasks;
        let waits = call.ticket;
        call.ticket = self.turnstile.newest().0;
        self.turnstile.let_go(waits);
        self.run(call, others)
    }

    /// Where a call waits.
    pub fn place(&self, call: &Call) -> Option<Place> {
        self.turnstile.place(call.ticket)
    }

    /// Whether the client of a call still waits for its answer.
    pub fn is_heard(&self, call: &Call) -> bool {
        call.client.is_some()
    }

    /// The client of a call goes away. `false` if the call ends with that.
    pub fn hang_up(&self, call: &mut Call) -> bool {
        if let Some(client) = call.client.take() {
            client.abort();
            // Until what it held is dropped, and what that starts has run.
            let _ = self.runtime.block_on(client);
            self.runtime
                .block_on(async {
                    for _ in 0..16 {
                        tokio::task::yield_now().await;
                    }
                    self.gateway.ledger().probe().await
                })
                .ok();
        }
        self.place(call).is_some()
    }

    /// Asks about all purchases of unknown outcome whose time has come.
    pub fn reconcile(&self) -> Result<Pass> {
        self.turnstile.open(true);
        let pass = self.runtime.block_on(async {
            let how = &self.gateway.config().reconcile;
            tokio::time::timeout(PATIENCE, self.gateway.pipeline().reconcile_once(how, "simulation")).await
        });
        self.turnstile.open(false);
        Ok(pass.context("a pass over purchases of unknown outcome hangs")??)
    }

    /// Asks until there is nothing more to ask. With what all that came to.
    pub fn reconcile_all(&self) -> Result<Pass> {
        let mut all = Pass::default();
        loop {
            let pass = self.reconcile()?;
            if pass == Pass::default() {
                return Ok(all);
            }
            all.asked += pass.asked;
            all.settled += pass.settled;
            all.given_up += pass.given_up;
        }
    }

    /// Begins to ask, and stops once the provider has done what it does about each order and nothing is booked: where a
    /// gateway that asks can die. Says how many it asked about.
    pub fn half_reconcile(&self) -> Result<u64> {
        let before = self.turnstile.newest().0;
        let (gateway, turnstile) = (self.gateway.clone(), self.turnstile.clone());
        let asking = self.runtime.spawn(async move {
            let how = &gateway.config().reconcile;
            let pass = gateway.pipeline().reconcile_once(how, "simulation").await;
            turnstile.moved.notify_one();
            pass
        });
        self.runtime.block_on(async {
            while self.turnstile.newest().0 == before && !asking.is_finished() {
                self.turnstile.moved.notified().await;
            }
            // One pass asks about all of them at the same time.
            let asked = self.turnstile.newest().0 - before;
            for ticket in before + 1..=before + asked {
                self.turnstile.let_go(ticket);
            }
            while self.turnstile.newest().0 < before + 2 * asked {
                tokio::task::yield_now().await;
            }
            Ok(asked)
        })
    }

    /// Does something with the books.
    pub fn books<T>(&self, work: impl AsyncFnOnce(&Ledger) -> Result<T, ledger::LedgerError>) -> Result<T> {
        Ok(self.runtime.block_on(work(self.gateway.ledger()))?)
    }

    fn tasks(&self) -> usize {
        self.gateway.pipeline().tasks().running()
    }

    /// Runs everything that can run, which is this call, until it waits or is over. `others` are the tasks of all others.
    fn run(&self, call: &mut Call, others: usize) -> Result<Progress> {
        let before = call.ticket;
        let progress = self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                loop {
                    let (ticket, place) = self.turnstile.newest();
                    if let Some(place) = place.filter(|_| ticket > before) {
                        call.ticket = ticket;
                        return anyhow::Ok(Progress::Waits(place));
                    }
                    match &mut call.client {
                        Some(client) if client.is_finished() => return Ok(Progress::Answered(client.await??)),
                        Some(_) => self.turnstile.moved.notified().await,
                        None if self.tasks() == others => return Ok(Progress::Unheard),
                        None => tokio::task::yield_now().await,
                    }
                }
            })
            .await
        });
        let progress = progress.context("a call neither waits nor ends")??;
        call.tasks = self.tasks() - others;
        Ok(progress)
    }
}

/// How the books are kept: as in production, by this clock.
fn settings(clock: &Clock) -> ledger::Settings {
    let clock = clock.clone();
    ledger::Settings { clock: ledger::Clock::new(move || clock.now()), ..ledger::Settings::default() }
}

async fn answer(router: Router, request: http::Request<axum::body::Body>) -> Result<Got> {
    let response = router.oneshot(request).await?;
    let (parts, body) = response.into_parts();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (purchase, replayed) = (header("penumbra-purchase"), header("idempotent-replayed").is_some());
    let body = String::from_utf8_lossy(&body.collect().await?.to_bytes()).into_owned();
    Ok(Got { status: parts.status.as_u16(), purchase, replayed, body })
}
