//! Answers that were cut, kept for a while so that the rest can be had without another call, and without paying again.
//!
//! They live in the memory of this process, bounded by their bytes and by time. A handle is random, names one answer and a
//! place in it, and is good for whoever the answer was sent to; for anybody else it does not exist.

use super::cut::{Place, size};
use crate::backend::Caller;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer is kept.
const LIFE: Duration = Duration::from_secs(600);
/// Bytes of JSON that are kept of all answers together.
const ROOM: usize = 16 * 1024 * 1024;
/// Places of one answer that are remembered.
const MAX_PLACES: usize = 10_000;
/// Bytes of a handle's random part.
const ID: usize = 15;

type Id = [u8; ID];

/// Whom an answer was sent to: a key's hash, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner([u8; 32]);

impl Owner {
    pub(crate) fn of(caller: &Caller) -> Owner {
        let mut hash = Sha256::new();
        match (&caller.key, caller.address) {
            (Some(key), _) => hash.update([b"key:", key.as_bytes()].concat()),
            (None, Some(address)) => hash.update(format!("address:{address}")),
            (None, None) => hash.update("nobody"),
        }
        Owner(hash.finalize().into())
    }
}

/// Answers that were cut.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    answers: HashMap<Id, Entry>,
    /// By age.
    order: VecDeque<Id>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    owner: Owner,
    /// Which tool of which service answered so.
    of: (String, String),
    value: Arc<Value>,
    places: Vec<Place>,
    bytes: usize,
    until: Instant,
}

/// An answer that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle(Id);

impl Kept {
    /// Keeps an answer. `None` where it is too large for that, or where the machine has no randomness.
    pub(crate) fn keep(&self, owner: Owner, of: (&str, &str), value: Arc<Value>) -> Option<Handle> {
        let bytes = size(&value);
        let mut id = [0; ID];
        if bytes > ROOM / 4 || getrandom::fill(&mut id).is_err() {
            return None;
        }
        let now = Instant::now();
        let mut shelf = self.shelf(now);
        while shelf.bytes + bytes > ROOM && shelf.forget() {}
        shelf.bytes += bytes;
        shelf.order.push_back(id);
        let of = (of.0.to_owned(), of.1.to_owned());
        shelf.answers.insert(id, Entry { owner, of, value, places: Vec::new(), bytes, until: now + LIFE });
        Some(Handle(id))
    }

    /// A cursor for a place of a kept answer. The same place has the same cursor.
    pub(crate) fn cursor(&self, handle: Handle, place: Place) -> Option<String> {
        let mut shelf = self.shelf(Instant::now());
        let places = &mut shelf.answers.get_mut(&handle.0)?.places;
        let index = match places.iter().position(|known| *known == place) {
            Some(index) => index,
            None if places.len() < MAX_PLACES => {
                places.push(place);
                places.len() - 1
            }
            None => return None,
        };
        Some(format!("{}.{index}", URL_SAFE_NO_PAD.encode(handle.0)))
    }

    /// The answer and the place of a cursor, for whom it was made.
    pub(crate) fn find(&self, cursor: &str, owner: &Owner, of: (&str, &str)) -> Option<(Handle, Arc<Value>, Place)> {
        let (id, index) = cursor.split_once('.')?;
        let id: Id = URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()?;
        let shelf = self.shelf(Instant::now());
        let entry = shelf.answers.get(&id)?;
        let known = entry.owner == *owner && (entry.of.0.as_str(), entry.of.1.as_str()) == of;
        let place = entry.places.get(index.parse::<usize>().ok()?).filter(|_| known)?;
        Some((Handle(id), entry.value.clone(), place.clone()))
    }

    fn shelf(&self, now: Instant) -> std::sync::MutexGuard<'_, Shelf> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while shelf.order.front().and_then(|id| shelf.answers.get(id)).is_some_and(|oldest| oldest.until <= now) {
            shelf.forget();
        }
        shelf
    }
}

impl Shelf {
    /// Forgets the oldest answer.
    fn forget(&mut self) -> bool {
        let Some(id) = self.order.pop_front() else { return false };
        self.bytes -= self.answers.remove(&id).map_or(0, |gone| gone.bytes);
        true
    }
}
