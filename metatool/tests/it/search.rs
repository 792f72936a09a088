//! What the search finds.

use crate::catalog;
use metatool::search::Index;
use uaps_model::{Catalog, Entry, Layer, ServiceId};

/// Ids of the services that `query` finds, best first.
#[track_caller]
fn check(query: &str, expected: &[&str]) {
    let catalog = catalog::three();
    let found = Index::build(&catalog).services(query, None, 10);
    let ids: Vec<_> = found.hits.iter().map(|hit| catalog.entries()[hit.entry].id.as_ref()).collect();
    assert_eq!(ids, expected, "{query}");
}

#[test]
fn services_are_found_by_their_words() {
    check("will it rain tomorrow", &["open-meteo"]);
    check("Can you find me a taxi?", &["rideshare"]);
    check("order pizza", &["food-delivery"]);
    check("weather", &["open-meteo"]);
    check("mobility", &["rideshare"]);
}

#[test]
fn forms_slips_beginnings_and_words_apart() {
    check("restaurants delivering", &["food-delivery"]);
    check("wether forcast", &["open-meteo"]);
    check("restau", &["food-delivery"]);
    check("ride share", &["rideshare"]);
    check("openmeteo", &["open-meteo"]);
    check("fooddelivery", &["food-delivery"]);
}

#[test]
fn what_is_not_there_is_not_found() {
    check("xyzzy quux", &[]);
    check("", &[]);
    check("\u{0} ~ 💥", &[]);
    check(&"quux ".repeat(100_000), &[]);
}

#[test]
fn without_the_encoder_related_words_find_too() {
    let catalog = catalog::described(catalog::three());
    let found = Index::build(&catalog).by_words_only().services("dinner", None, 10);
    let hit = found.hits.first().unwrap();
    assert_eq!(catalog.entries()[hit.entry].id, "food-delivery");
    assert_eq!(hit.why, "related: dinner");
}

#[test]
fn vectors_of_another_encoder_are_not_compared() {
    let foreign = catalog::described(catalog::three()).with_meanings(|service| {
        let mut meaning = catalog::described(catalog::of([service.clone()])).entries()[0].meaning()?;
        (meaning.encoder, meaning.words) = ("another".to_owned(), Vec::new());
        Some(meaning)
    });
    let found = Index::build(&foreign).services("I am hungry", None, 10);
    assert_eq!(found.total, 0, "{found:?}");
    assert_eq!(Index::build(&foreign).services("order pizza", None, 10).total, 1);
}

#[test]
fn a_hit_tells_why_and_with_which_tools() {
    let catalog = catalog::three();
    let index = Index::build(&catalog);
    let found = index.services("wether forecast", None, 100);
    let hit = found.hits.first().unwrap();
    assert_eq!(hit.why, "tags: forecast, weather");
    let service = catalog.entries()[hit.entry].service().unwrap();
    let tools: Vec<_> = hit.tools.iter().map(|at| service.operations[*at].tool.as_str()).collect();
    assert_eq!(tools, ["get_forecast", "get_archive"]);
    assert_eq!(found.corrected, [("wether".to_owned(), "weather".to_owned())]);
}

#[test]
fn booking_comes_before_looking_up() {
    let mut rides = catalog::rides();
    rides.operations.insert(0, catalog::operation("get_ride", uaps_model::Method::Get, "/rides/{id}", "Get a ride"));
    let index = Index::build(&catalog::of([rides.clone()]));
    let tools = index.tools(0, "ride").hits;
    let names: Vec<_> = tools.iter().map(|at| rides.operations[*at].tool.as_str()).collect();
    assert_eq!(names, ["request_ride", "quote_ride", "get_ride"]);
}

#[test]
fn a_category_narrows_down() {
    let catalog = catalog::three();
    let index = Index::build(&catalog);
    assert_eq!(index.services("weather pizza", None, 100).hits.len(), 2);
    assert_eq!(index.services("weather pizza", Some("FOOD"), 10).hits.len(), 1);
    assert_eq!(index.services("weather pizza", Some("mobility"), 10).hits.len(), 0);
}

#[test]
fn one_fitting_tool_among_hundreds_is_found() {
    let mut giant = catalog::service("giant", "Giant", "records", "Everything about records", Vec::new());
    for n in 0..400 {
        let tool = format!("record_{n}");
        giant.operations.push(catalog::operation(&tool, uaps_model::Method::Get, "/r", "Read a record"));
    }
    giant.operations.push(catalog::operation("send_fax", uaps_model::Method::Post, "/fax", "Send a fax"));
    let catalog = catalog::of([giant, catalog::weather(), catalog::food()]);
    let index = Index::build(&catalog);
    let found = index.services("send a fax", None, 100);
    assert_eq!(found.hits.first().map(|hit| hit.tools.clone()), Some(vec![400]));
    let entry = found.hits.first().unwrap().entry;
    assert_eq!(index.tools(entry, "fax").hits, [400]);
    assert!(index.tools(entry, "pizza").hits.is_empty());
    assert!(index.tools(usize::MAX, "fax").hits.is_empty());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let ask = || Index::build(&catalog::many(50)).services("old records of a town", None, 100);
    let first = ask();
    let few = Index::build(&catalog::many(50)).services("old records of a town", None, 3);
    assert_eq!((few.hits.as_slice(), few.total), (&first.hits[..3], first.total));
    assert!(first.hits.len() >= 50);
    assert_eq!(first, ask());
    let entries: Vec<_> = first.hits.iter().map(|hit| hit.entry).collect();
    assert!(entries.is_sorted(), "equals come in the catalogue's order");
}

/// Three services that differ by id and layer only, and how a query finds them.
#[test]
fn among_equals_the_better_layer_comes_first() {
    let entry = |id: &str, layer| {
        let mut service = catalog::rides();
        service.id = ServiceId::new(id).unwrap();
        service.name = "Taxi".into();
        Entry::foreign(service, None, layer).unwrap()
    };
    let three = [entry("aaa", Layer::External), entry("bbb", Layer::Gateway), entry("ccc", Layer::BuiltIn)];
    let catalog = Catalog::of(three.to_vec());
    let found = Index::build(&catalog).services("taxi", None, 10);
    let ids: Vec<_> = found.hits.iter().map(|hit| catalog.entries()[hit.entry].id.as_ref()).collect();
    assert_eq!(ids, ["ccc", "bbb", "aaa"]);

    // A better match is better, wherever it comes from.
    let found = Index::build(&Catalog::of([entry("cabs", Layer::External), three[2].clone()].to_vec()));
    assert_eq!(found.services("cabs", None, 10).hits[0].entry, 0);
}
