//! Two small documents, and what is said of the step from one to the other.

use crate::{Format, Judged, compare, compare_all, judge, render};
use insta::assert_snapshot;
use uaps_model::Service;
use uaps_spec::{Input, Sources, Text, read};

const MANIFEST: &str = "\
id: shop
name: Shop
description: Sells things
category: shopping
upstream: https://shop.example
auth: { scheme: none }
endpoints: openapi.yaml
";

const DOCUMENT: &str = "\
openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  /items:
    get:
      operationId: list_items
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: sort, in: query, schema: { enum: [name, price], type: string } }
      responses: { '200': { description: ok, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Item' } } } } } }
    post:
      operationId: add_item
      x-usage-fee-cents: 5
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Item' } } } }
      responses: { '201': { description: ok } }
components:
  schemas:
    Item:
      type: object
      required: [name]
      properties:
        name: { type: string, maxLength: 80 }
        colour: { type: string, enum: [red, blue] }
        parts: { type: array, items: { $ref: '#/components/schemas/Item' } }
";

#[track_caller]
fn service(manifest: &str, document: &str) -> Service {
    let text = |path: &str, text: &str| Text { path: path.into(), text: text.into() };
    let input = Input {
        folder: "shop".into(),
        manifest: text("provider.yaml", manifest),
        document: text("openapi.yaml", document),
        overlay: None,
    };
    let (provider, found) = read(&mut Sources::default(), input);
    uaps_gen::compile(&provider.unwrap_or_else(|| panic!("{found:?}"))).unwrap()
}

/// The changes when `from` in the document becomes `to`, a line each, without fingerprints.
#[track_caller]
fn check(edits: &[(&str, &str)]) -> String {
    let edited = edits.iter().fold(DOCUMENT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let (before, after) = (service(MANIFEST, DOCUMENT), service(MANIFEST, &edited));
    let lines = compare(&before, &after).into_iter().map(|change| {
        format!("{} {} {} {}: {}\n", change.effect, change.kind.code(), change.subject, change.pointer, change.message)
    });
    lines.collect()
}

mod forms;
mod lookup;
mod shapes;
mod unions;
mod variance;

#[test]
fn nothing_changed() {
    assert_snapshot!(check(&[]), @"");
    assert_snapshot!(check(&[("description: ok", "description: Everything is well"), ("title: Shop", "title: Better shop")]), @"");
}

#[test]
fn operations_and_tools() {
    assert_snapshot!(check(&[("operationId: add_item", "operationId: create_item")]), @"breaking tool-renamed POST /items (add_item) /tool: the tool `add_item` is called `create_item` now");
    assert_snapshot!(check(&[("  /items:", "  /v2/items:")]), @"
    breaking operation-moved GET /items (list_items) : GET /items has moved to GET /v2/items
    breaking operation-moved POST /items (add_item) : POST /items has moved to POST /v2/items
    ");
    assert_snapshot!(check(&[("    post:", "    put:"), ("operationId: add_item", "operationId: replace_all")]), @"
    breaking operation-removed POST /items (add_item) : POST /items is gone, and with it the tool `add_item`
    compatible operation-added PUT /items (replace_all) : PUT /items is new, as the tool `replace_all`
    ");
    assert_snapshot!(check(&[("operationId: add_item", "deprecated: true\n      operationId: add_item")]), @"compatible deprecated POST /items (add_item) : the operation is deprecated");
}

#[test]
fn parameters() {
    assert_snapshot!(check(&[("        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }\n", "")]), @"breaking parameter-removed GET /items (list_items) /query/limit: the query parameter `limit` is gone");
    assert_snapshot!(check(&[("{ name: limit, in: query,", "{ name: limit, in: query, required: true,")]), @"breaking parameter-became-required GET /items (list_items) /query/limit: the query parameter `limit` must be given now");
    assert_snapshot!(check(&[("maximum: 100", "maximum: 50"), ("[name, price]", "[name, price, age]")]), @r#"
    breaking bound-narrowed GET /items (list_items) /query/limit: the query parameter `limit` has maximum 50 instead of maximum 100
    compatible enum-value-added GET /items (list_items) /query/sort: the query parameter `sort` takes `"age"`
    "#);
    assert_snapshot!(check(&[("maximum: 100", "maximum: 500"), ("[name, price]", "[name]")]), @r#"
    breaking enum-value-removed GET /items (list_items) /query/sort: the query parameter `sort` no longer takes `"price"`
    compatible bound-widened GET /items (list_items) /query/limit: the query parameter `limit` has maximum 500 instead of maximum 100
    "#);
}

/// A schema that travels both ways: what helps on the one way hurts on the other.
#[test]
fn schemas_in_both_directions() {
    assert_snapshot!(check(&[("[red, blue]", "[red, blue, green]")]), @r#"
    breaking enum-value-added schema Item in the response /colour: `colour` of `Item` may be `"green"`
    compatible enum-value-added schema Item in the request /colour: `colour` of `Item` takes `"green"`
    "#);
    assert_snapshot!(check(&[("[red, blue]", "[red]")]), @r#"
    breaking enum-value-removed schema Item in the request /colour: `colour` of `Item` no longer takes `"blue"`
    compatible enum-value-removed schema Item in the response /colour: `colour` of `Item` is never again `"blue"`
    "#);
    assert_snapshot!(check(&[("required: [name]", "required: [name, colour]")]), @"
    breaking property-became-required schema Item in the request /colour: `colour` of `Item` must be given now
    compatible property-became-required schema Item in the response /colour: `colour` of `Item` is always there now
    ");
    assert_snapshot!(check(&[("        colour: { type: string, enum: [red, blue] }\n", "")]), @"
    breaking property-removed schema Item in the request /colour: `colour` of `Item` is gone
    breaking property-removed schema Item in the response /colour: `colour` of `Item` is gone
    ");
    assert_snapshot!(check(&[("maxLength: 80", "maxLength: 40")]), @"
    breaking bound-narrowed schema Item in the request /name: `name` of `Item` has maxLength 40 instead of maxLength 80
    compatible bound-narrowed schema Item in the response /name: `name` of `Item` has maxLength 40 instead of maxLength 80
    ");
    assert_snapshot!(check(&[("name: { type: string, maxLength: 80 }", "name: { type: integer }")]), @"
    breaking type-changed schema Item in the request /name: `name` of `Item` is integer instead of string
    breaking type-changed schema Item in the response /name: `name` of `Item` is integer instead of string
    ");
}

#[test]
fn money_and_access() {
    assert_snapshot!(check(&[("x-usage-fee-cents: 5", "x-usage-fee-cents: 7")]), @"breaking fee-raised POST /items (add_item) /fee_cents: a call costs 7 US cents instead of 5");
    assert_snapshot!(check(&[("x-usage-fee-cents: 5", "x-usage-fee-cents: 1")]), @"compatible fee-lowered POST /items (add_item) /fee_cents: a call costs 1 US cents instead of 5");
    assert_snapshot!(check(&[("x-usage-fee-cents: 5", "x-usage-fee-cents: 5\n      x-access-level: authenticated")]), @"breaking access-raised POST /items (add_item) /access: callers must be authenticated instead of identified");
}

#[test]
fn the_service_itself() {
    let (before, after) = (
        service(MANIFEST, DOCUMENT),
        service(&MANIFEST.replace("shop.example", "store.example").replace("scheme: none", "scheme: jwt"), DOCUMENT),
    );
    let changes = |b: &[Service], a: &[Service]| -> String {
        compare_all(b, a).iter().map(|c| format!("{} {}: {}\n", c.effect, c.kind.code(), c.message)).collect()
    };
    let (before, after) = ([before], [after]);
    assert_snapshot!(changes(&before, &after), @"
    breaking auth-changed: the gateway proves itself in another way, and needs another credential
    breaking upstream-changed: requests go to https://store.example instead of https://shop.example
    ");
    assert_snapshot!(changes(&before, &[]), @"breaking service-removed: the service is gone");
    assert_snapshot!(changes(&[], &after), @"compatible service-added: a service of 2 operations is new");
}

#[test]
fn a_fingerprint_stays_and_an_allowance_needs_it() {
    let before = service(MANIFEST, DOCUMENT);
    let after = service(
        MANIFEST,
        &DOCUMENT.replace("maximum: 100", "maximum: 50").replace("required: [name]", "required: [name, colour]"),
    );
    let changes = compare(&before, &after);
    let fingerprints: Vec<String> = changes.iter().map(|c| format!("{} {}", c.fingerprint(), c.kind.code())).collect();
    assert_snapshot!(fingerprints.join("\n"), @"
    f10611713353 bound-narrowed
    d62079d54bb2 property-became-required
    f29a9857ecd1 property-became-required
    ");
    let allowance = |at: usize, reason: &str| crate::Allowance {
        fingerprint: changes[at].fingerprint(),
        reason: reason.to_owned(),
    };
    let list = [
        allowance(0, "Announced"),
        crate::Allowance { fingerprint: crate::Fingerprint::parse("000000000000").unwrap(), reason: "Old".into() },
    ];
    let (judged, unused) = judge(changes.clone(), &list);
    assert_eq!(unused, [1]);
    assert_eq!(
        judged.iter().filter(|judged| judged.fails()).count(),
        changes.iter().filter(|c| c.is_breaking()).count() - 1
    );
    assert_snapshot!("full", render(Format::Full, &judged, "specs/diff-allow.yaml"));
    assert_snapshot!("concise", render(Format::Concise, &judged, ""));
    assert_snapshot!("json", render(Format::Json, &judged, ""));
    assert_snapshot!("github", render(Format::Github, &judged, ""));
}

/// Whatever is compared with itself has not changed, and what is added one way is removed the other.
#[test]
fn both_ways() {
    let (before, after) = (
        service(MANIFEST, DOCUMENT),
        service(MANIFEST, &DOCUMENT.replace("    post:", "    patch:").replace("add_item", "edit_item")),
    );
    assert_eq!(compare(&before, &before), []);
    assert_eq!(compare(&after, &after), []);
    let count = |changes: Vec<crate::Change>, kind: crate::Kind| changes.iter().filter(|c| c.kind == kind).count();
    let forth = compare(&before, &after);
    let back = compare(&after, &before);
    assert_eq!(count(forth.clone(), crate::Kind::OperationAdded), count(back.clone(), crate::Kind::OperationRemoved));
    assert_eq!(count(forth, crate::Kind::OperationRemoved), count(back, crate::Kind::OperationAdded));
    let judged: Vec<Judged> = Vec::new();
    assert_eq!(render(Format::Full, &judged, ""), "");
}
