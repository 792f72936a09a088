//! What is known of a gateway's services, and the catalogue that comes of it. Pure.

use super::index::{Index, MAX_REASON, Row, cut, told};
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
    /// Versions that can't be used, by id. They are not fetched again, unless only room was lacking.
    refused: BTreeMap<String, Refused>,
}

#[derive(Debug)]
struct Refused {
    digest: String,
    reason: String,
    /// Its bytes, where it was refused because they did not fit.
    lacked: Option<usize>,
}

impl BuiltIn {
    /// Reads every service that is compiled in.
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
        self.refused.retain(|id, refused| digests.get(id.as_str()) == Some(&refused.digest.as_str()));
        self.index = Some(index);
    }

    /// The rows whose services are neither compiled in nor fetched nor refused.
    pub(super) fn missing(&self, built_in: &BuiltIn) -> Vec<Row> {
        let rows = self.index.iter().flat_map(|index| &index.rows);
        let fetched = |row: &Row| self.fetched.get(&row.id).is_some_and(|fetched| fetched.digest == row.digest);
        let taken = self.bytes();
        let stands = |refused: &Refused| refused.lacked.is_none_or(|bytes| taken + bytes > MAX_BYTES);
        let refused = |row: &Row| self.refused.get(&row.id).is_some_and(stands);
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
        // The version before it counts no more.
        self.fetched.remove(&row.id);
        self.refused.remove(&row.id);
        let (reason, lacked) = match read {
            Ok(fetched) if self.bytes() + fetched.bytes <= MAX_BYTES => {
                self.fetched.insert(row.id, fetched);
                return;
            }
            Ok(fetched) => (format!("all services together are over {} MiB", MAX_BYTES >> 20), Some(fetched.bytes)),
            Err(reason) => (cut(&reason, MAX_REASON), None),
        };
        self.refused.insert(row.id, Refused { digest: row.digest, reason, lacked });
    }

    /// Bytes of all that was fetched.
    fn bytes(&self) -> usize {
        self.fetched.values().map(|fetched| fetched.bytes).sum()
    }

    /// What can't be used, a sentence each.
    pub(super) fn left_out(&self) -> Vec<String> {
        let rows = self.index.iter().flat_map(|index| index.wrong.iter().cloned());
        rows.chain(self.refused.iter().map(|(id, refused)| told(id, &refused.reason))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, digest: char) -> Row {
        Row { id: id.into(), digest: digest.to_string().repeat(64), layer: Layer::External }
    }

    fn index(rows: &[Row]) -> Index {
        Index { rows: rows.to_vec(), wrong: Vec::new() }
    }

    /// A service that came in this many MiB.
    fn fetched(row: &Row, mebibytes: usize) -> Result<Fetched, String> {
        let entry = generated::catalog().entries()[0].clone();
        Ok(Fetched { digest: row.digest.clone(), entry, bytes: mebibytes << 20 })
    }

    fn missing(known: &Known) -> Vec<String> {
        let built_in = BuiltIn { catalog: Arc::new(Catalog::of(Vec::new())), digests: HashMap::new() };
        known.missing(&built_in).into_iter().map(|row| row.id).collect()
    }

    #[test]
    fn what_did_not_fit_is_fetched_once_there_is_room() {
        let (large, other, new) = (row("large", 'a'), row("other", 'b'), row("large", 'c'));
        let mut known = Known::default();
        known.take(index(&[large.clone(), other.clone()]));
        known.put(large.clone(), fetched(&large, 60));
        known.put(other.clone(), fetched(&other, 8));
        assert_eq!(known.left_out(), ["`other`: all services together are over 64 MiB"]);
        assert_eq!(missing(&known), [""; 0]);
        known.take(index(&[new.clone(), other.clone()]));
        known.put(new.clone(), fetched(&new, 50));
        assert_eq!(missing(&known), ["other"]);
        known.put(other.clone(), fetched(&other, 8));
        assert_eq!((known.left_out(), missing(&known)), (Vec::new(), Vec::new()));
    }

    #[test]
    fn of_a_long_reason_the_beginning_is_kept() {
        let shop = row("shop", 'a');
        let mut known = Known::default();
        known.take(index(std::slice::from_ref(&shop)));
        known.put(shop, Err("é".repeat(1_000_000)));
        assert_eq!(known.refused["shop"].reason, "é".repeat(MAX_REASON));
        assert_eq!(missing(&known), [""; 0]);
    }
}
