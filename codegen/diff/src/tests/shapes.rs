//! What one schema becomes, and what that does on either way.

use super::{DOCUMENT, MANIFEST, compare, service};
use crate::{Direction, Subject};

/// Named schemas that the property may refer to.
const PETS: &str = "
    Cat: { type: object, properties: { c: { type: string } } }
    Dog: { type: object, properties: { d: { type: string } } }
";

/// The property `name` from one schema to another: `!` before what breaks, `>` for requests and `<` for answers.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    check_named([from, PETS], [to, PETS], expected);
}

/// Likewise with the named schemas of either side; what is said of one of those begins with its name.
#[track_caller]
pub(super) fn check_named(from: [&str; 2], to: [&str; 2], expected: &[&str]) {
    let document = |[schema, named]: [&str; 2]| {
        let text = DOCUMENT.replace("{ type: string, maxLength: 80 }", schema).replace("3.0.3", "3.1.0");
        service(MANIFEST, &format!("{text}{}\n", named.trim_matches('\n')))
    };
    let changes = compare(&document(from), &document(to));
    let mut lines: Vec<String> = changes
        .iter()
        .map(|change| {
            let (name, way) = match &change.subject {
                Subject::Schema { name, direction: Direction::Request } => (name.as_str(), '>'),
                Subject::Schema { name, .. } => (name.as_str(), '<'),
                _ => ("", '<'),
            };
            let name = if name == "Item" { "" } else { name };
            let place = format!("{name}{}", change.pointer.trim_start_matches("/name"));
            let breaks = if change.is_breaking() { "!" } else { "" };
            format!("{breaks}{way} {} {place}", change.kind).trim_end().to_owned()
        })
        .collect();
    lines.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(lines, expected, "{from:?} -> {to:?}");
}

#[test]
fn null_among_alternatives() {
    let pets = "{ oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] }";
    let or_null =
        "{ oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }, { type: 'null' }] }";
    check(pets, or_null, &["!< null-added", "> null-added"]);
    check(or_null, pets, &["!> null-removed", "< null-removed"]);
    check(
        "{ type: string }",
        "{ anyOf: [{ type: string }, { type: integer }] }",
        &["!< alternative-added /|integer", "> alternative-added /|integer"],
    );
}

#[test]
fn what_stands_below_a_type_that_changed() {
    check(
        "{ type: object, properties: { x: { type: string } } }",
        "{ type: [object, string], properties: { x: { type: string }, y: { type: string } }, required: [y] }",
        &["!< type-widened", "> type-widened", "!> required-property-added /y", "< required-property-added /y"],
    );
    check(
        "{ type: [object, array], properties: { x: { type: string } } }",
        "{ type: object, properties: {} }",
        &["!> type-narrowed", "< type-narrowed", "!> property-removed /x", "!< property-removed /x"],
    );
}

#[test]
fn a_property_that_is_required_and_no_longer_described() {
    check(
        "{ type: object, properties: { x: { type: string } }, required: [x] }",
        "{ type: object, properties: {}, required: [x] }",
        &["!< type-widened /x", "> type-widened /x"],
    );
}

#[test]
fn keywords_that_are_compared_whole() {
    check(
        "{ type: object, dependentRequired: { title: [x] } }",
        "{ type: object, dependentRequired: { title: [x, y] } }",
        &["!< constraint-changed", "!> constraint-changed"],
    );
    check("{ not: { enum: [a, b] } }", "{ not: { enum: [b, a] } }", &[]);
}

/// Words about a value may stand in any of the parts that its schema is made of.
#[test]
fn what_parts_say_of_the_whole() {
    let cat = "{ $ref: '#/components/schemas/Cat' }";
    let of = |part: &str| format!("{{ allOf: [{cat}, {{ allOf: [{{ minProperties: 1 }}, {part}] }}] }}");
    let (plain, one) = (of("{ maxProperties: 9 }"), of("{ maxProperties: 9, default: { c: x } }"));
    check(&plain, &of("{ maxProperties: 9, deprecated: true }"), &["> deprecated", "< deprecated"]);
    check(&plain, &one, &["> default-changed"]);
    check(&one, &of("{ maxProperties: 9, default: { c: y } }"), &["!> default-changed"]);
    check(&one, &of("{ maxProperties: 9 }"), &["!> default-changed"]);
    // The whole comes before its parts.
    let whole =
        |part: &str| format!("{{ default: a, allOf: [{{ minLength: 1 }}, {{ maxLength: 3, default: {part} }}] }}");
    check(&whole("a"), &whole("b"), &[]);
    // What a part refers to is a part as well.
    let extended = "{ allOf: [{ $ref: '#/components/schemas/Cat' }, { minProperties: 1 }] }";
    let named = |more: &str| PETS.replacen("type: object", &format!("type: object{more}"), 1);
    check_named([extended, &named("")], [extended, &named(", deprecated: true")], &["> deprecated", "< deprecated"]);
}

/// Parts without a name are told apart by their titles, wherever those stand.
#[test]
fn titles_in_parts() {
    let part = |title: &str, name: &str, length: usize| {
        format!(
            "{{ allOf: [{{ title: {title} }}, {{ type: object, properties: {{ {name}: {{ type: string, maxLength: {length} }} }} }}] }}"
        )
    };
    check(
        &format!("{{ anyOf: [{}, {}] }}", part("A", "a", 1), part("B", "b", 1)),
        &format!("{{ anyOf: [{}, {}] }}", part("B", "b", 2), part("A", "a", 2)),
        &[
            "!< bound-widened /|f1e41f/b",
            "> bound-widened /|f1e41f/b",
            "!< bound-widened /|354c89/a",
            "> bound-widened /|354c89/a",
        ],
    );
}

/// What a schema is called is nobody's business but the document's.
#[test]
fn a_named_schema_with_another_name() {
    let named = |name: &str, kind: &str| format!("    {name}: {{ type: object, properties: {{ c: {kind} }} }}");
    let at = |place: &str, name: &str| place.replace('@', &format!("{{ $ref: '#/components/schemas/{name}' }}"));
    for place in [
        "{ type: object, patternProperties: { '^x': @ } }",
        "{ type: object, patternProperties: { '^x': { type: array, items: @, maxItems: 3 }, y: { type: string } } }",
        "{ type: object, dependentSchemas: { a: @ }, propertyNames: { not: @ } }",
        "{ type: array, contains: { anyOf: [@, { type: string }] } }",
        "{ if: @, then: { allOf: [@, { minProperties: 1 }] }, else: @ }",
    ] {
        let [cat, tom] = ["Cat", "Tom"].map(|name| at(place, name));
        let text = "{ type: string }";
        check_named([&cat, &named("Cat", text)], [&tom, &named("Tom", text)], &[]);
    }
    let [cat, tom, dog] = ["Cat", "Tom", "Dog"].map(|name| at("{ type: object, patternProperties: { x: @ } }", name));
    check_named(
        [&cat, &named("Cat", "{ type: string }")],
        [&tom, &named("Tom", "{ type: integer }")],
        &["!> type-changed Cat/c", "!< type-changed Cat/c"],
    );
    // Another one of those there were, where both stay, is no other name.
    let both = |one: &str| {
        format!(
            "{{ type: object, properties: {{ cat: {{ $ref: '#/components/schemas/Cat' }}, dog: {{ $ref: '#/components/schemas/Dog' }}, one: {one} }} }}"
        )
    };
    check(&both(&cat), &both(&dog), &["!> constraint-changed /one", "!< constraint-changed /one"]);
}

/// Another list is another change, and wants a reason of its own.
#[test]
fn the_values_of_a_list_are_part_of_its_change() {
    let print = |to: &str| {
        let edited = DOCUMENT.replace("{ type: string, maxLength: 80 }", to);
        compare(&service(MANIFEST, &DOCUMENT.replace(", maxLength: 80", "")), &service(MANIFEST, &edited))
            .iter()
            .find(|change| change.is_breaking())
            .map(|change| change.fingerprint().to_string())
    };
    assert_ne!(print("{ type: string, enum: [a, b] }"), print("{ type: string, enum: [a] }"));
}

#[test]
fn path_variables_that_change_places() {
    let document = |path: &str| {
        let path =
            format!("  {path}:\n    get: {{ operationId: copy, responses: {{ '200': {{ description: ok }} }} }}\n");
        service(MANIFEST, &DOCUMENT.replace("  /items:\n", &format!("{path}  /items:\n")))
    };
    let changes = compare(&document("/copy/{from}/{to}"), &document("/copy/{to}/{from}"));
    let breaking: Vec<_> = changes.iter().filter(|change| change.is_breaking()).map(|c| c.message.as_str()).collect();
    assert_eq!(breaking, ["the path variables are to, from instead of from, to"]);
}

#[test]
fn forms_and_versions_of_media_types() {
    let document = |media: &str, encoding: &str| {
        service(
            MANIFEST,
            &DOCUMENT.replace(
                "application/json: { schema: { $ref: '#/components/schemas/Item' } } } }",
                &format!("{media}: {{ schema: {{ $ref: '#/components/schemas/Item' }}{encoding} }} }} }}"),
            ),
        )
    };
    let kinds = |before, after| compare(&before, &after).iter().map(|c| c.kind.code()).collect::<Vec<_>>();
    let form = "application/x-www-form-urlencoded";
    let pipes = ", encoding: { parts: { style: pipeDelimited } }";
    assert_eq!(kinds(document(form, pipes), document(form, "")), ["encoding-changed"]);
    assert_eq!(kinds(document(form, ""), document("'application/x-www-form-urlencoded; charset=utf-8'", "")), [""; 0]);
    assert_eq!(
        kinds(document("application/vnd.x+json;version=1", ""), document("application/vnd.x+json; version=2", "")),
        ["media-type-removed", "media-type-added"]
    );
}
