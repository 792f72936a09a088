//! Schemas, compared by what they accept.
//!
//! A schema of an operation is compared where it stands. Where both sides refer to a named one, the two names are put on a
//! list and compared once for each direction, so that one edit of a shared schema is one change, and recursion ends.

mod bounds;
mod branches;
mod canonical;
mod forms;
mod mentions;
mod object;
mod opaque;
mod scalars;
mod shape;
mod side;
mod types;
mod variance;
mod walk;

use crate::found::Found;
use crate::path::Path;
use crate::{Direction, Subject};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uaps_model::{Service, ToolName};
use variance::Variance;
use walk::Walk;

/// The schema that accepts all.
pub(crate) static ANYTHING: Value = Value::Bool(true);

/// A document's named schemas.
pub(crate) type Named = BTreeMap<String, Value>;

/// Where a schema is referred to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// In an operation.
    Tool(ToolName),
    /// In a pair of named schemas.
    Pair(usize),
}

/// Where two schemas stand.
pub(crate) struct Site {
    pub(crate) subject: Subject,
    pub(crate) origin: Origin,
    pub(crate) direction: Direction,
    pub(crate) path: Path,
}

/// The named schemas of both sides, and the pairs of them that came up.
pub(crate) struct Schemas<'s> {
    before: &'s Named,
    after: &'s Named,
    pairs: Vec<Pair<'s>>,
    known: HashMap<Places<'s>, usize>,
}

/// The name before and after, which way the values travel, and how a change shows where the names stand.
type Places<'s> = (&'s str, &'s str, Direction, Variance);

struct Pair<'s> {
    places: Places<'s>,
    origins: BTreeSet<Origin>,
}

impl<'s> Schemas<'s> {
    pub(crate) fn new(before: &'s Service, after: &'s Service) -> Self {
        Schemas { before: &before.schemas, after: &after.schemas, pairs: Vec::new(), known: HashMap::new() }
    }

    /// Compares two schemas of an operation.
    pub(crate) fn compare(&mut self, before: &'s Value, after: &'s Value, site: Site, found: &mut Found) {
        let path = site.path.clone();
        Walk::new(self, found, site, Variance::Same).walk(&[before], &[after], &path);
    }

    /// Notes that a named schema took the place of another.
    fn refer(&mut self, places: Places<'s>, origin: &Origin) {
        let next = self.pairs.len();
        let at = *self.known.entry(places).or_insert(next);
        if at == next {
            self.pairs.push(Pair { places, origins: BTreeSet::new() });
        }
        if let Some(pair) = self.pairs.get_mut(at) {
            pair.origins.insert(origin.clone());
        }
    }

    /// Whether a name stands where another did, and both sides have both: nothing was renamed, split or merged then.
    fn exchanged(&self, before: &str, after: &str) -> bool {
        before != after && self.before.contains_key(after) && self.after.contains_key(before)
    }

    /// Compares the named schemas that came up, and those that come up then.
    pub(crate) fn finish(mut self, found: &mut Found) {
        let mut at = 0;
        while let Some(&Pair { places: (before, after, direction, variance), .. }) = self.pairs.get(at) {
            if let (Some(old), Some(new)) = (self.before.get(before), self.after.get(after)) {
                let path = Path::new([], format!("`{before}`{}", variance.words()));
                let subject = Subject::Schema { name: before.to_owned(), direction };
                let site = Site { subject, origin: Origin::Pair(at), direction, path: path.clone() };
                Walk::new(&mut self, found, site, variance).walk(&[old], &[new], &path);
            }
            at += 1;
        }
        let tools = self.tools();
        for change in found.changes_mut() {
            if let Subject::Schema { name, direction } = &change.subject
                && let Some(tools) = tools.get(&(name.as_str(), *direction))
            {
                change.tools = tools.iter().map(|tool| (*tool).clone()).collect();
            }
        }
    }

    /// The tools that each schema is part of, directly or through others.
    fn tools(&self) -> HashMap<(&'s str, Direction), BTreeSet<&ToolName>> {
        let mut tools: HashMap<_, BTreeSet<&ToolName>> = HashMap::new();
        for (at, pair) in self.pairs.iter().enumerate() {
            let (before, _, direction, _) = pair.places;
            let reached = tools.entry((before, direction)).or_default();
            let (mut seen, mut todo) = (BTreeSet::from([at]), vec![pair]);
            while let Some(pair) = todo.pop() {
                for origin in &pair.origins {
                    match origin {
                        Origin::Tool(tool) => drop(reached.insert(tool)),
                        Origin::Pair(from) if seen.insert(*from) => todo.extend(self.pairs.get(*from)),
                        Origin::Pair(_) => {}
                    }
                }
            }
        }
        tools
    }
}
