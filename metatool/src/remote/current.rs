//! The catalogue of a remote gateway, kept current: asked for when the first tool is called, and every few minutes from
//! then on.
//!
//! What is compiled in answers until the gateway has been heard, or what the disk has kept of it. A gateway that is away
//! changes nothing. One task owns what is [`Known`]; everybody else sees whole catalogues.

use super::disk::{Disk, KeptIndex};
use super::fetch::{Got, get};
use super::index::{Index, Row};
use super::known::{BuiltIn, Fetched, Known};
use super::pace::Pace;
use super::told::{Lack, Told};
use crate::published::{MAX_PUBLISHED, digest};
use futures::StreamExt;
use reqwest::{Client, Url};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use uaps_model::{Catalog, Entry};

/// How long the first calls wait for the first look.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long one look may take. What is missing then is fetched by the next.
const ROUND: Duration = Duration::from_secs(60);
/// Bytes of an index.
const MAX_INDEX: usize = 2 * 1024 * 1024;
/// Services that are fetched at the same time.
const PARALLEL: usize = 8;

/// How a catalogue is kept current.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// The time between two looks at the gateway; some more is added by chance. Five minutes by default.
    pub every: Duration,
    /// The folder below which each gateway's catalogue is kept. `None`: nothing is kept.
    pub cache: Option<PathBuf>,
}

impl Default for Refresh {
    fn default() -> Self {
        Refresh { every: Duration::from_secs(300), cache: None }
    }
}

/// A gateway's catalogue.
#[derive(Debug)]
pub(super) struct Current {
    /// The gateway's address, which ends with a slash.
    gateway: Url,
    client: Client,
    refresh: Refresh,
    built_in: Arc<Catalog>,
    shown: RwLock<Arc<Catalog>>,
    told: Mutex<Told>,
    started: OnceLock<Instant>,
    /// Whether the first look has ended.
    looked: watch::Sender<bool>,
}

/// What the task has in its hands.
#[derive(Debug)]
struct Hands {
    built_in: BuiltIn,
    known: Known,
    etag: Option<String>,
    disk: Option<Arc<Disk>>,
}

impl Current {
    pub(super) fn new(gateway: Url, client: Client, built_in: Arc<Catalog>, refresh: Refresh) -> Arc<Self> {
        Arc::new(Current {
            gateway,
            client,
            refresh,
            shown: RwLock::new(built_in.clone()),
            built_in,
            told: Mutex::default(),
            started: OnceLock::new(),
            looked: watch::Sender::new(false),
        })
    }

    pub(super) fn catalog(&self) -> Arc<Catalog> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn state(&self) -> String {
        self.told().text()
    }

    /// Begins, at the first call; and waits for the first look, but not for long.
    pub(super) async fn ready(self: &Arc<Self>) {
        let mut first = false;
        let started = *self.started.get_or_init(|| {
            first = true;
            Instant::now()
        });
        if first {
            tokio::spawn(run(Arc::downgrade(self)));
        }
        let mut looked = self.looked.subscribe();
        // Neither a late look nor one that broke off keeps anybody waiting.
        let _ = timeout_at(started + PATIENCE, looked.wait_for(|looked| *looked)).await;
    }

    /// What is compiled in, and what the disk has kept of the gateway.
    async fn remember(&self) -> Option<Hands> {
        let built_in = self.built_in.clone();
        let disk = self.refresh.cache.as_deref().map(|root| Arc::new(Disk::new(root, self.gateway.as_str())));
        let read = move || {
            let mut hands = Hands { built_in: BuiltIn::new(built_in), known: Known::default(), etag: None, disk };
            let kept = hands.disk.as_ref().and_then(|disk| disk.index());
            if let (Some(KeptIndex { etag, index }), Some(disk)) = (kept, hands.disk.clone())
                && let Ok(index) = Index::read(index.as_bytes())
            {
                hands.known.take(index);
                hands.etag = etag;
                for row in hands.known.missing(&hands.built_in) {
                    if let Some(bytes) = disk.service(&row) {
                        let read = Fetched::read(&row, &bytes);
                        hands.known.put(row, read);
                    }
                }
            }
            hands
        };
        let hands = spawn_blocking(read).await.ok()?;
        if hands.known.index.is_some() {
            self.told().remembered();
            self.show(&hands);
        }
        Some(hands)
    }

    /// One look: the index, and what is new in it.
    async fn look(&self, hands: &mut Hands) -> Result<(), Lack> {
        let end = Instant::now() + ROUND;
        let kept = self.index(hands).await.map_err(Lack::Index)?;
        let outcome = self.fetch(hands, end).await.map_err(Lack::Services);
        if let (Some(index), Some(disk)) = (kept, hands.disk.clone()) {
            let wanted = hands.known.fetched();
            let _ = spawn_blocking(move || disk.put_index(&index, &wanted)).await;
        }
        outcome
    }

    /// Takes the index, where it is another one: as it is to be kept.
    async fn index(&self, hands: &mut Hands) -> Result<Option<KeptIndex>, String> {
        // Without an index there is nothing that could be the same.
        let etag = hands.etag.clone().filter(|_| hands.known.index.is_some());
        match get(&self.client, self.url("catalog")?, etag.as_deref(), MAX_INDEX).await? {
            Got::Same => Ok(None),
            Got::Text(text, etag) => {
                hands.known.take(Index::read(&text)?);
                hands.etag.clone_from(&etag);
                Ok(String::from_utf8(text).ok().map(|index| KeptIndex { etag, index }))
            }
            Got::Absent => Err("it has no catalogue to give; it may be older than this program".into()),
            Got::TooLarge => Err(format!("its catalogue is over {} MiB", MAX_INDEX >> 20)),
        }
    }

    /// Fetches what is missing. What can't be had now is tried again by the next look.
    async fn fetch(&self, hands: &mut Hands, end: Instant) -> Result<(), String> {
        let missing = hands.known.missing(&hands.built_in);
        let disk = hands.disk.clone();
        let requests = missing.into_iter().map(|row| {
            let disk = disk.clone();
            async move {
                let got = self.service(&row, disk).await;
                (row, got)
            }
        });
        let mut answers = std::pin::pin!(futures::stream::iter(requests).buffer_unordered(PARALLEL));
        let mut failed = None;
        loop {
            match timeout_at(end, answers.next()).await {
                Ok(Some((row, Ok(read)))) => hands.known.put(row, read),
                Ok(Some((row, Err(reason)))) => failed = failed.or(Some(format!("`{}`: {reason}", row.id))),
                Ok(None) => break,
                Err(_) => {
                    failed = Some(format!("not all services came within {} s", ROUND.as_secs()));
                    break;
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// One service: `Ok` with what was read or why it can't be used, `Err` where it can't be had now.
    async fn service(&self, row: &Row, disk: Option<Arc<Disk>>) -> Result<Result<Fetched, String>, String> {
        let url = self.url(&format!("catalog/{}", row.id))?;
        let bytes = match get(&self.client, url, None, MAX_PUBLISHED).await? {
            Got::Text(bytes, _) => bytes,
            Got::TooLarge => return Ok(Err(format!("it is over {} MiB", MAX_PUBLISHED >> 20))),
            Got::Absent => return Err("the gateway has it no more".into()),
            Got::Same => return Err("it answered nothing".into()),
        };
        let row = row.clone();
        let read = move || {
            if digest(&bytes) != row.digest {
                return Err("it changed while it was fetched".to_owned());
            }
            let read = Fetched::read(&row, &bytes);
            if let (Ok(_), Some(disk)) = (&read, disk) {
                disk.put_service(&row, &bytes);
            }
            Ok(read)
        };
        spawn_blocking(read).await.map_err(|_| "reading it broke off".to_owned())?
    }

    /// Shows what is known, if it differs from what is shown: another catalogue costs the search another index.
    fn show(&self, hands: &Hands) {
        let catalog = hands.known.catalog(&hands.built_in);
        self.told().knows(hands.known.index.is_some(), catalog.entries().len(), hands.known.left_out());
        if !same(&self.catalog(), &catalog) {
            *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, path: &str) -> Result<Url, String> {
        self.gateway.join(path).map_err(|error| error.to_string())
    }
}

/// Looks again and again, as long as anybody has the catalogue.
async fn run(current: Weak<Current>) {
    let Some(first) = current.upgrade() else { return };
    let mut pace = Pace::new(first.refresh.every);
    let Some(mut hands) = first.remember().await else { return };
    drop(first);
    while let Some(current) = current.upgrade() {
        let looked = current.look(&mut hands).await;
        current.show(&hands);
        let next = pace.next(looked.is_ok());
        current.told().looked(looked, next);
        current.looked.send_replace(true);
        drop(current);
        tokio::time::sleep(next).await;
    }
}

/// Whether two catalogues hold the same services: parsed once, and shared ever since.
fn same(a: &Catalog, b: &Catalog) -> bool {
    let service = |entry: &Entry| entry.service().ok().map(std::ptr::from_ref);
    let alike = |a: &Entry, b: &Entry| a.id == b.id && a.layer == b.layer && service(a) == service(b);
    a.entries().len() == b.entries().len() && a.entries().iter().zip(b.entries()).all(|(a, b)| alike(a, b))
}
