//! What is known of a gateway's services, and the catalogue that comes of it. Pure.

use super::index::{Index, Row, told};
use crate::published::{Published, digest};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uaps_model::{Catalog, Entry, Layer, Meaning};

/// Bytes of all services that were fetched, together.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Common words by which a service is found.
const MAX_WORDS: usize = 256;

/// What is compiled in, with the digest that a gateway of this version gives each service.
#[derive(Debug)]
pub(super) struct BuiltIn {
    catalog: Arc<Catalog>,
    digests: HashMap<String, String>,
}

/// A service that a gateway gave out.
#[derive(Debug)]
pub(super) struct Fetched {
    digest: String,
    entry: Entry,
    bytes: usize,
}

/// What is known of a gateway.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The latest index. `None` before the first.
    pub(super) index: Option<Index>,
    fetched: BTreeMap<String, Fetched>,
    /// Versions that can't be used, by id, and why. They are not fetched again.
    refused: BTreeMap<String, (String, String)>,
}

impl BuiltIn {
    /// Reads every service that is compiled in: milliseconds for a dozen, a few hundred for a thousand.
    pub(super) fn new(catalog: Arc<Catalog>) -> Self {
        let of = |entry: &Entry| Some((entry.id.to_string(), digest(&Published::of(entry).ok()?.to_bytes())));
        BuiltIn { digests: catalog.entries().iter().filter_map(of).collect(), catalog }
    }

    fn has(&self, row: &Row) -> bool {
        self.digests.get(&row.id) == Some(&row.digest)
    }
}

impl Fetched {
    /// Reads what a gateway answered, or a cache kept, for a row whose digest it has.
    pub(super) fn read(row: &Row, bytes: &[u8]) -> Result<Self, String> {
        let Published { service, meaning } = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if service.id.as_str() != row.id {
            return Err(format!("it calls itself `{}`", service.id));
        }
        let meaning: Option<Meaning> = meaning.filter(|meaning| meaning.words.len() <= MAX_WORDS);
        let entry = Entry::foreign(service, meaning.as_ref(), row.layer).map_err(|error| error.reason)?;
        Ok(Fetched { digest: row.digest.clone(), entry, bytes: bytes.len() })
    }
}

impl Known {
    /// Takes a newer index. What it names no more is forgotten.
    pub(super) fn take(&mut self, index: Index) {
        let digests: HashMap<&str, &str> =
            index.rows.iter().map(|row| (row.id.as_str(), row.digest.as_str())).collect();
        self.fetched.retain(|id, _| digests.contains_key(id.as_str()));
        self.refused.retain(|id, (digest, _)| digests.get(id.as_str()) == Some(&digest.as_str()));
        self.index = Some(index);
    }

    /// The rows whose services are neither compiled in nor fetched nor refused.
    pub(super) fn missing(&self, built_in: &BuiltIn) -> Vec<Row> {
        let rows = self.index.iter().flat_map(|index| &index.rows);
        let fetched = |row: &Row| self.fetched.get(&row.id).is_some_and(|fetched| fetched.digest == row.digest);
        let refused = |row: &Row| self.refused.contains_key(&row.id);
        rows.filter(|row| !built_in.has(row) && !fetched(row) && !refused(row)).cloned().collect()
    }

    /// The rows of the services that were fetched: what a cache has to keep.
    pub(super) fn fetched(&self) -> Vec<Row> {
        let row = |(id, fetched): (&String, &Fetched)| Row {
            id: id.clone(),
            digest: fetched.digest.clone(),
            layer: fetched.entry.layer,
        };
        self.fetched.iter().map(row).collect()
    }

    /// Takes what was read for a row, or why it can't be used.
    pub(super) fn put(&mut self, row: Row, read: Result<Fetched, String>) {
        let others: usize =
            self.fetched.iter().filter(|(id, _)| **id != row.id).map(|(_, fetched)| fetched.bytes).sum();
        let fits = |fetched: Fetched| match others + fetched.bytes <= MAX_BYTES {
            true => Ok(fetched),
            false => Err(format!("all services together are over {} MiB", MAX_BYTES >> 20)),
        };
        match read.and_then(fits) {
            Ok(fetched) => drop(self.fetched.insert(row.id, fetched)),
            Err(reason) => {
                self.fetched.remove(&row.id);
                self.refused.insert(row.id, (row.digest, reason));
            }
        }
    }

    /// What can't be used, a sentence each.
    pub(super) fn left_out(&self) -> Vec<String> {
        let rows = self.index.iter().flat_map(|index| index.wrong.iter().cloned());
        rows.chain(self.refused.iter().map(|(id, (_, reason))| told(id, reason))).collect()
    }

    /// The services to show: the gateway's, in the version it has. Before it has said anything, those compiled in.
    ///
    /// A version that could not be fetched yet is stood in for by the one before it, or by the one compiled in. One that
    /// can't be used is stood in for by nothing, because calls would go by what nobody has read.
    pub(super) fn catalog(&self, built_in: &BuiltIn) -> Catalog {
        let Some(index) = &self.index else { return Catalog::of(built_in.catalog.entries().to_vec()) };
        Catalog::of(index.rows.iter().filter_map(|row| self.entry(built_in, row)).collect())
    }

    fn entry(&self, built_in: &BuiltIn, row: &Row) -> Option<Entry> {
        let own = built_in.catalog.entry(&row.id);
        if built_in.has(row) {
            return own.cloned();
        }
        if self.refused.contains_key(&row.id) {
            return None;
        }
        let layer = match (row.layer, own) {
            (Layer::External, _) => Layer::External,
            (_, Some(_)) => Layer::BuiltIn,
            _ => Layer::Gateway,
        };
        match self.fetched.get(&row.id) {
            Some(fetched) => Some(Entry { layer, ..fetched.entry.clone() }),
            None => own.cloned(),
        }
    }
}
