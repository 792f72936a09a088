//! Schemas within schemas that do not take what they take.

use super::shapes::check_named;

/// The named schema `Odd` from one schema to another, where the property `name` refers to it as `at` says.
#[track_caller]
fn check(at: &str, from: &str, to: &str, expected: &[&str]) {
    let at = at.replace('@', "{ $ref: '#/components/schemas/Odd' }");
    let named = |schema: &str| format!("    Odd: {schema}");
    check_named([&at, &named(from)], [&at, &named(to)], expected);
}

const FEW: &str = "{ enum: [a, b] }";
const MORE: &str = "{ enum: [a, b, c] }";

/// Whoever rules out more takes less.
#[test]
fn a_named_schema_that_takes_more() {
    let as_it_is = ["> enum-value-added Odd", "!< enum-value-added Odd"];
    let reversed = ["!> enum-value-added Odd", "< enum-value-added Odd"];
    let either = ["!> enum-value-added Odd", "!< enum-value-added Odd"];
    for (at, expected) in [
        ("{ type: array, contains: @ }", as_it_is),
        ("{ type: array, contains: @, maxContains: 2 }", either),
        ("{ type: object, patternProperties: { not: @ } }", as_it_is),
        ("{ type: object, propertyNames: @ }", as_it_is),
        ("{ not: @ }", reversed),
        ("{ not: { properties: { not: @ } } }", reversed),
        ("{ not: { not: @ } }", as_it_is),
        ("{ allOf: [{ not: @ }, { type: string }] }", reversed),
        ("{ if: @, then: { minLength: 2 } }", either),
        ("{ if: { minLength: 2 }, then: @, else: { not: { const: x } } }", as_it_is),
        ("{ if: { minLength: 2 }, else: { not: @ } }", reversed),
        // It stands in both ways.
        ("{ anyOf: [@, { not: @ }] }", either),
    ] {
        check(at, FEW, MORE, &expected);
    }
}

#[test]
fn a_named_schema_that_takes_less() {
    let reversed = ["> enum-value-removed Odd", "!< enum-value-removed Odd"];
    check("{ not: @ }", MORE, FEW, &reversed);
    check("{ not: { type: array, items: { not: { not: @ } } } }", MORE, FEW, &reversed);
}

/// Whoever reads a value skips what is new in it; what a value is judged by takes less with it.
#[test]
fn names_under_a_condition() {
    let (from, to) = (
        "{ type: object, properties: { a: { type: string } } }",
        "{ type: object, properties: { a: { type: string, deprecated: true, default: x }, b: { type: string } } }",
    );
    check("{ not: @ }", from, to, &["> property-added Odd/b", "!< property-added Odd/b"]);
    let closed = |schema: &str| schema.replacen("type: object", "type: object, additionalProperties: false", 1);
    check("{ not: @ }", &closed(from), &closed(to), &["!> property-added Odd/b", "< property-added Odd/b"]);
    check(
        "{ if: @, then: { minProperties: 1 } }",
        to,
        from,
        &["!> property-removed Odd/b", "!< property-removed Odd/b"],
    );
    check("{ if: @ }", from, "{ description: The same, type: object, properties: { a: { type: string } } }", &[]);
}

/// The schema of the property `name` from one to another.
#[track_caller]
fn check_inline(from: &str, to: &str, expected: &[&str]) {
    check_named([from, ""], [to, ""], expected);
}

#[test]
fn what_is_ruled_out_where_it_stands() {
    let narrowed = ["!> constraint-changed", "< constraint-changed"];
    let widened = ["> constraint-changed", "!< constraint-changed"];
    let either = ["!> constraint-changed", "!< constraint-changed"];
    for (from, to, expected) in [
        ("{ not: { enum: [a, b] } }", "{ not: { enum: [a, b, c] } }", narrowed),
        ("{ not: { enum: [a, b] } }", "{ not: { enum: [a] } }", widened),
        ("{ not: { enum: [a, b] } }", "{ not: { enum: [a, c] } }", either),
        ("{ not: { required: [a] } }", "{ not: { required: [a, b] } }", widened),
        ("{ type: string }", "{ type: string, not: { const: a } }", narrowed),
        ("{ type: string, not: { const: a } }", "{ type: string }", widened),
        (
            "{ allOf: [{ not: { const: a } }, { minLength: 1 }] }",
            "{ allOf: [{ not: { const: a } }, { not: { const: b } }, { minLength: 1 }] }",
            narrowed,
        ),
        // What is ruled out twice is not looked into.
        ("{ not: { not: { const: a } } }", "{ not: { not: { enum: [a, b] } } }", either),
        ("{ if: { const: a }, then: { minLength: 1 } }", "{ if: { enum: [a, b] }, then: { minLength: 1 } }", either),
    ] {
        check_inline(from, to, &expected);
    }
}
