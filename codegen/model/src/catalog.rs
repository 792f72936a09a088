//! All services, parsed when first asked for.

use crate::{FORMAT, Layer, Meaning, Service, ServiceId};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// One service before it is parsed: enough for a list and for routing. A clone shares what has been parsed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: Cow<'static, str>,
    /// Its name for people.
    pub name: Cow<'static, str>,
    /// Its category.
    pub category: Cow<'static, str>,
    /// How many operations it has.
    pub operations: usize,
    /// Where it comes from.
    pub layer: Layer,
    /// `generated/catalog/<id>.json`; empty where it was parsed when it was read, so that it is not kept twice.
    pub json: Cow<'static, str>,
    /// `generated/search/<id>.json`; empty where nobody worked it out.
    pub meaning: Cow<'static, str>,
    /// Filled on first use. Start with an empty cell.
    pub parsed: OnceLock<Result<Arc<Service>, CatalogError>>,
}

/// A catalogue file that this build can't use. `gen` never writes one; a merge by hand might.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError {
    /// The service whose file it is.
    pub id: String,
    /// What is wrong.
    pub reason: String,
}

impl std::fmt::Display for CatalogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the catalogue of `{}` is unusable: {}; run `cargo xtask gen --force {0}` and build again",
            self.id, self.reason
        )
    }
}

impl std::error::Error for CatalogError {}

impl Entry {
    /// An entry of the compiled-in index.
    pub const fn fixed(
        id: &'static str,
        name: &'static str,
        category: &'static str,
        operations: usize,
        json: &'static str,
        meaning: &'static str,
    ) -> Self {
        Entry {
            id: Cow::Borrowed(id),
            name: Cow::Borrowed(name),
            category: Cow::Borrowed(category),
            operations,
            layer: Layer::BuiltIn,
            json: Cow::Borrowed(json),
            meaning: Cow::Borrowed(meaning),
            parsed: OnceLock::new(),
        }
    }

    /// An entry for a service that came from elsewhere. Its parts are checked, because no compiler of ours may have
    /// seen it.
    pub fn foreign(service: Service, meaning: Option<&Meaning>, layer: Layer) -> Result<Self, CatalogError> {
        let wrong = |reason: String| CatalogError { id: service.id.to_string(), reason };
        readable(&service).map_err(wrong)?;
        service.check().map_err(|flaw| wrong(flaw.to_string()))?;
        Ok(Entry { layer, ..Entry::of(service, meaning.map_or(Cow::Borrowed(""), |meaning| meaning.to_text().into())) })
    }

    fn of(service: Service, meaning: Cow<'static, str>) -> Self {
        Entry {
            id: service.id.to_string().into(),
            name: service.name.clone().into(),
            category: service.category.clone().into(),
            operations: service.operations.len(),
            layer: Layer::BuiltIn,
            json: Cow::Borrowed(""),
            meaning,
            parsed: Ok(Arc::new(service)).into(),
        }
    }

    /// The service, parsed once.
    pub fn service(&self) -> Result<&Service, CatalogError> {
        let parsed = self.parsed.get_or_init(|| match parse(&self.json) {
            Ok(service) => Ok(Arc::new(service)),
            Err(reason) => Err(CatalogError { id: self.id.to_string(), reason }),
        });
        parsed.as_deref().map_err(Clone::clone)
    }

    /// What the service and its tools are about, where it was worked out. Parsed anew each time.
    pub fn meaning(&self) -> Option<Meaning> {
        Meaning::parse(&self.meaning)
    }
}

fn parse(json: &str) -> Result<Service, String> {
    let service: Service = serde_json::from_str(json).map_err(|e| e.to_string())?;
    readable(&service)?;
    Ok(service)
}

fn readable(service: &Service) -> Result<(), String> {
    match service.format {
        FORMAT => Ok(()),
        other => Err(format!("it has format {other}, this build reads {FORMAT}")),
    }
}

/// The services of a process, in the order of their ids.
#[derive(Debug)]
pub struct Catalog {
    entries: Cow<'static, [Entry]>,
}

impl Catalog {
    /// The compiled-in index; `entries` is sorted by id.
    pub const fn fixed(entries: &'static [Entry]) -> Self {
        Catalog { entries: Cow::Borrowed(entries) }
    }

    /// A catalogue from texts of `catalog/<id>.json`: for tests and tools that compile while they run.
    pub fn from_json(texts: impl IntoIterator<Item = String>) -> Result<Self, CatalogError> {
        let mut entries = Vec::new();
        for text in texts {
            let service = parse(&text).map_err(|reason| CatalogError { id: "?".into(), reason })?;
            entries.push(Entry::of(service, Cow::Borrowed("")));
        }
        Ok(Catalog::of(entries))
    }

    /// A catalogue of these entries. Of several with one id, the first stays.
    pub fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        entries.dedup_by(|later, first| later.id == first.id);
        Catalog { entries: Cow::Owned(entries) }
    }

    /// The same services with what `of` says that each is about.
    pub fn with_meanings(mut self, of: impl Fn(&Service) -> Option<Meaning>) -> Self {
        for entry in self.entries.to_mut() {
            let meaning = entry.service().ok().and_then(&of);
            entry.meaning = meaning.map_or(Cow::Borrowed(""), |meaning| meaning.to_text().into());
        }
        self
    }

    /// Every service, by id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// One entry. `None` for an unknown id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.id.as_ref().cmp(id)).ok()?;
        self.entries.get(at)
    }

    /// One service. `None` for an unknown id.
    pub fn get(&self, id: &str) -> Option<Result<&Service, CatalogError>> {
        self.entry(id).map(Entry::service)
    }

    /// The ids nearest to a misspelt one, best first, at most three.
    pub fn suggest(&self, id: &str) -> Vec<&str> {
        crate::id::nearest(id, self.entries.iter().map(|entry| entry.id.as_ref()))
    }

    /// Every service that can be used.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.entries.iter().filter_map(|entry| entry.service().ok())
    }

    /// Whether `id` could be one of this catalogue: cheap, parses nothing.
    pub fn contains(&self, id: &ServiceId) -> bool {
        self.entries.binary_search_by(|entry| entry.id.as_ref().cmp(id.as_str())).is_ok()
    }
}
