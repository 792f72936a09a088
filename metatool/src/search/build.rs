//! A catalogue into an index.

use super::meaning::Senses;
use super::postings::Builder;
use super::spelling::Surface;
use super::{Index, Indexed, SERVICE_FIELDS, TOOL_FIELDS, words};
use std::collections::{BTreeMap, HashMap};
use uaps_model::{Catalog, Commerce, Operation, Place, Service, is_filler, words as split};

/// Words of one text that are indexed. A description is a paragraph; beyond this it is a manual.
const MAX_WORDS: usize = 400;

/// Numbers of the fields that are filled here, as [`SERVICE_FIELDS`] and [`TOOL_FIELDS`] order them.
mod field {
    pub(super) const NAME: usize = 0;
    pub(super) const TAGS: usize = 1;
    pub(super) const CATEGORY: usize = 2;
    pub(super) const DESCRIPTION: usize = 3;
    pub(super) const TOOLS: usize = 4;
    pub(super) const FACTS: usize = 5;
    pub(super) const TOOL_DESCRIPTIONS: usize = 6;
    pub(super) const RELATED: usize = 7;

    pub(super) const TOOL_NAME: usize = 0;
    pub(super) const TITLE: usize = 1;
    pub(super) const TOOL_TAGS: usize = 2;
    pub(super) const TOOL_DESCRIPTION: usize = 3;
    pub(super) const PATH: usize = 4;
    pub(super) const PARAMETERS: usize = 5;
}

#[derive(Default)]
struct Vocabulary {
    terms: HashMap<Box<str>, u32>,
    /// Each word with its term and how often it was seen.
    surfaces: BTreeMap<String, (u32, u32)>,
}

impl Vocabulary {
    fn term(&mut self, word: String) -> u32 {
        let stem = words::stem(&word);
        let next = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        let id = *self.terms.entry(stem.into()).or_insert(next);
        self.surfaces.entry(word).or_insert((id, 0)).1 += 1;
        id
    }

    fn of(&mut self, text: &str) -> Vec<u32> {
        split(text).into_iter().filter(|w| !is_filler(w)).take(MAX_WORDS).map(|w| self.term(w)).collect()
    }

    /// The words, and each two neighbours as one: `ride-share` is found by "rideshare" too.
    fn of_name(&mut self, text: &str) -> Vec<u32> {
        let mut all = split(text);
        all.truncate(MAX_WORDS);
        let mut terms: Vec<u32> = all.windows(2).map(|pair| self.term(pair.concat())).collect();
        terms.extend(all.into_iter().map(|w| self.term(w)));
        terms
    }
}

pub(super) fn build(catalog: &Catalog) -> Index {
    let mut vocabulary = Vocabulary::default();
    let mut services = Builder::new(&SERVICE_FIELDS);
    let mut tools = Builder::new(&TOOL_FIELDS);
    let mut entries = Vec::new();
    let mut meanings = Vec::new();
    let mut count = 0;
    for (entry, of) in catalog.entries().iter().enumerate() {
        let service = match of.service() {
            Ok(service) => service,
            Err(error) => {
                tracing::error!(%error, "a service is left out of the search");
                continue;
            }
        };
        let meaning = of.meaning();
        add_service(&mut services, &mut vocabulary, service, meaning.as_ref().map_or(&[], |m| &m.words));
        let names = service.operations.iter().map(|operation| operation.tool.as_str()).collect();
        meanings.push((meaning, names));
        for operation in &service.operations {
            add_tool(&mut tools, &mut vocabulary, operation);
        }
        let range = count..count + service.operations.len();
        count = range.end;
        entries.push(Indexed { entry, tools: range, category: service.category.as_str().into(), layer: of.layer });
    }
    let size = vocabulary.terms.len();
    Index {
        services: services.finish(size),
        tools: tools.finish(size),
        entries,
        surfaces: vocabulary.surfaces.into_iter().map(|(word, (term, seen))| Surface::new(word, term, seen)).collect(),
        terms: vocabulary.terms,
        senses: Senses::build(&meanings),
    }
}

fn add_service(services: &mut Builder, vocabulary: &mut Vocabulary, service: &Service, related: &[String]) {
    let document = services.document(1.0);
    let mut put = |number: usize, terms: Vec<u32>| {
        for term in terms {
            services.add(document, number, term);
        }
    };
    put(field::NAME, vocabulary.of_name(&service.name));
    // An id of the name's words would only count them twice.
    if split(&service.name) != split(service.id.as_str()) {
        put(field::NAME, vocabulary.of_name(service.id.as_str()));
    }
    for tag in &service.tags {
        put(field::TAGS, vocabulary.of_name(tag));
    }
    put(field::CATEGORY, vocabulary.of_name(&service.category));
    put(field::DESCRIPTION, vocabulary.of(&service.description));
    if service.facts.description != service.description {
        put(field::DESCRIPTION, vocabulary.of(&service.facts.description));
    }
    put(field::FACTS, vocabulary.of(&service.facts.flow));
    put(field::FACTS, vocabulary.of(&service.facts.pricing_model));
    for operation in &service.operations {
        put(field::TOOLS, vocabulary.of(operation.tool.as_str()));
        put(field::TOOLS, vocabulary.of(&operation.title));
        put(field::TOOL_DESCRIPTIONS, vocabulary.of(&operation.description));
    }
    for word in related {
        put(field::RELATED, vocabulary.of(word));
    }
}

fn add_tool(tools: &mut Builder, vocabulary: &mut Vocabulary, operation: &Operation) {
    let document = tools.document(prior(operation));
    let mut put = |number: usize, terms: Vec<u32>| {
        for term in terms {
            tools.add(document, number, term);
        }
    };
    // A verb such as "get" or "list" tells one tool from another, where it would not tell services apart.
    put(field::TOOL_NAME, vocabulary.of_name(operation.tool.as_str()));
    put(field::TITLE, vocabulary.of(&operation.title));
    for tag in &operation.tags {
        put(field::TOOL_TAGS, vocabulary.of(tag));
    }
    put(field::TOOL_DESCRIPTION, vocabulary.of(&operation.description));
    // What stands in braces is an id that the tool wants, not what it is about.
    let literal = operation.path.split('/').filter(|segment| !segment.starts_with('{'));
    put(field::PATH, vocabulary.of(&literal.collect::<Vec<_>>().join(" ")));
    for param in operation.params.iter().filter(|p| p.place != Place::Path) {
        put(field::PARAMETERS, vocabulary.of(&param.key));
    }
}

/// Who asks for a ride wants to book one sooner than to look one up.
fn prior(operation: &Operation) -> f32 {
    let deprecated = if operation.deprecated { 0.5 } else { 1.0 };
    match operation.commerce {
        Some(Commerce::Purchase { .. }) => 1.25 * deprecated,
        Some(Commerce::Quote { .. }) => 1.2 * deprecated,
        None => deprecated,
    }
}
