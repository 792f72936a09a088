//! What the search finds by what is meant, where the encoder is built in.

use crate::catalog;
use metatool::search::Index;
use std::sync::LazyLock;
use uaps_model::Catalog;

/// Ids of the services that `query` finds by what it means, best first.
#[track_caller]
fn check_meaning(query: &str, expected: &[&str]) {
    static THREE: LazyLock<Catalog> = LazyLock::new(|| catalog::described(catalog::three()));
    static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(&THREE));
    let found = INDEX.services(query, None, 10);
    let ids: Vec<_> = found.hits.iter().map(|hit| THREE.entries()[hit.entry].id.as_ref()).collect();
    assert_eq!(ids, expected, "{query}: {found:?}");
}

#[test]
fn services_are_found_by_what_is_meant() {
    check_meaning("dinner", &["food-delivery"]);
    check_meaning("I am hungry", &["food-delivery"]);
    check_meaning("a car to the airport", &["rideshare"]);
    check_meaning("is it going to be cold outside?", &["open-meteo"]);
    check_meaning("is it goign to be colld outside?", &["open-meteo"]);
}

#[test]
fn what_nobody_means_is_not_found() {
    check_meaning("what is the capital of France", &[]);
    check_meaning("xyzzy quux", &[]);
    check_meaning("", &[]);
    check_meaning("\u{0} ~ 💥", &[]);
    check_meaning(&"quux ".repeat(100_000), &[]);
}

#[test]
fn a_meaning_chooses_the_tool() {
    let catalog = catalog::described(catalog::three());
    let index = Index::build(&catalog);
    let found = index.services("a meal for tonight", None, 1);
    let hit = found.hits.first().unwrap();
    let service = catalog.entries()[hit.entry].service().unwrap();
    assert_eq!(hit.tools.first().map(|at| service.operations[*at].tool.as_str()), Some("place_order"));
}

#[test]
fn equals_in_meaning_come_in_the_catalogues_order() {
    let catalog = catalog::described(catalog::many(12));
    let index = Index::build(&catalog);
    let found = index.services("documents about history", None, 100);
    let entries: Vec<_> = found.hits.iter().map(|hit| hit.entry).collect();
    assert!(entries.len() >= 12, "{found:?}");
    assert_eq!(found, Index::build(&catalog).services("documents about history", None, 100));
}
