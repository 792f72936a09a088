//! `search_services(query, category?)`: services that fit, with their best tools, so that one call is often enough.

use super::{categories, line};
use crate::arguments::Arguments;
use crate::outcome::{Outcome, answer};
use crate::search::{Found, Hit};
use crate::server::Metatool;
use serde::Serialize;
use std::collections::BTreeMap;
use uaps_model::{Catalog, Layer, nearest};

/// Services of an answer.
const MAX_SERVICES: usize = 5;
/// Tools shown of the best service; the others show two.
const TOOLS_OF_FIRST: usize = 4;
const TOOLS_OF_OTHERS: usize = 2;
/// Characters of a service's description.
const MAX_SUMMARY: usize = 120;
/// Characters of why a service was found.
const MAX_WHY: usize = 80;
/// Bytes of an answer, some 550 tokens: beyond it tools are left out, those of the least fitting services first.
const MAX_BYTES: usize = 1800;
/// Categories that are named when nothing fits, the largest.
const MAX_CATEGORIES: usize = 40;

#[derive(Serialize)]
struct Answer<'c> {
    services: Vec<ServiceView<'c>>,
    /// How many services fit, of which `services` are the best.
    total: usize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    corrected: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    categories: BTreeMap<&'c str, usize>,
    #[serde(skip_serializing_if = "String::is_empty")]
    hint: String,
}

#[derive(Serialize)]
struct ServiceView<'c> {
    id: &'c str,
    category: &'c str,
    /// Said of what is not compiled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<Layer>,
    summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
    tools: Vec<String>,
    /// Tools that are not shown.
    more_tools: usize,
}

pub(super) fn call(metatool: &Metatool, mut arguments: Arguments) -> Outcome {
    let query = arguments.text("query");
    let category = arguments.optional_text("category").filter(|c| !c.is_empty());
    arguments.finish("search_services {\"query\": \"what you want to do\"}")?;
    let searched = (!query.is_empty()).then(|| metatool.searched());
    let catalog = searched.as_ref().map_or_else(|| metatool.backend().catalog(), |searched| searched.catalog.clone());
    let found = match &searched {
        None => whole_category(&catalog, category.as_deref()),
        Some(searched) => searched.index.services(&query, category.as_deref(), MAX_SERVICES),
    };
    let total = found.total;
    let views = found.hits.iter().enumerate();
    let services: Vec<_> = views.filter_map(|(rank, hit)| view(&catalog, hit, rank)).collect();
    let mut answered = Answer {
        services,
        total,
        corrected: found.corrected.into_iter().collect(),
        categories: BTreeMap::new(),
        hint: String::new(),
    };
    if total == 0 {
        let all = categories(&catalog);
        answered.hint = nothing(&query, category.as_deref(), &all);
        let mut ordered: Vec<_> = all.into_iter().collect();
        ordered.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        answered.categories = ordered.into_iter().take(MAX_CATEGORIES).collect();
    }
    shorten(&mut answered);
    answer(&answered)
}

/// Takes tools away, then services, until the answer fits. The first service keeps at least one of its tools.
fn shorten(answered: &mut Answer<'_>) {
    while serde_json::to_string(answered).is_ok_and(|text| text.len() > MAX_BYTES) {
        let services = &mut answered.services;
        let most = services.iter().map(|service| service.tools.len()).max().unwrap_or_default();
        if most > 1 {
            for service in services.iter_mut().rev().filter(|service| service.tools.len() == most).take(1) {
                service.tools.pop();
                service.more_tools += 1;
            }
        } else if services.len() > 1 {
            services.pop();
        } else {
            return;
        }
    }
}

/// An empty query asks for a category as it stands; without one it asks what there is.
fn whole_category(catalog: &Catalog, category: Option<&str>) -> Found<Hit> {
    let Some(category) = category else { return Found::default() };
    let entries = catalog.entries().iter().enumerate().filter(|(_, e)| e.category.eq_ignore_ascii_case(category));
    let mut all: Vec<(Layer, usize)> = entries.map(|(at, entry)| (entry.layer, at)).collect();
    all.sort_unstable();
    let hits = all.iter().take(MAX_SERVICES).map(|(_, entry)| Hit { entry: *entry, ..Hit::default() });
    Found { hits: hits.collect(), total: all.len(), corrected: Vec::new() }
}

fn view<'c>(catalog: &'c Catalog, hit: &Hit, rank: usize) -> Option<ServiceView<'c>> {
    let entry = catalog.entries().get(hit.entry)?;
    let service = entry.service().ok()?;
    let most = if rank == 0 { TOOLS_OF_FIRST } else { TOOLS_OF_OTHERS };
    // A service may fit as a whole where no tool's own words do: then its first tools are better than none.
    let others = (0..service.operations.len()).filter(|at| !hit.tools.contains(at));
    let filled = if hit.tools.is_empty() { most } else { hit.tools.len().min(most) };
    let chosen = hit.tools.iter().copied().chain(others).take(filled);
    let tools: Vec<_> = chosen.filter_map(|at| Some(line::line(service, service.operations.get(at)?))).collect();
    Some(ServiceView {
        id: service.id.as_str(),
        category: &service.category,
        layer: Some(entry.layer).filter(|layer| *layer != Layer::BuiltIn),
        summary: line::cut(&service.description, MAX_SUMMARY),
        why: line::cut(&hit.why, MAX_WHY),
        more_tools: service.operations.len().saturating_sub(tools.len()),
        tools,
    })
}

fn nothing(query: &str, category: Option<&str>, all: &BTreeMap<&str, usize>) -> String {
    match category {
        Some(category) if !all.keys().any(|c| c.eq_ignore_ascii_case(category)) => {
            match nearest(category, all.keys().copied()).first() {
                Some(near) => format!("There is no category `{}`; did you mean `{near}`?", line::cut(category, 40)),
                None => format!("There is no category `{}`; choose one of `categories`", line::cut(category, 40)),
            }
        }
        Some(_) => "Nothing in this category fits; try other words or leave `category` out".to_owned(),
        None if query.is_empty() => "Say in `query` what you want to do, or choose a `category`".to_owned(),
        None => "Nothing fits; try other words, or an empty `query` with one of `categories`".to_owned(),
    }
}
