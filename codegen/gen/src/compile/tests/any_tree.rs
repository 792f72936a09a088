//! Trees of the words that the compiler looks for, in any order: nothing that a document may hold makes it panic.

use super::{MANIFEST, provider};
use crate::{Flaw, compile, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

const WORDS: &[&str] = &[
    "$ref",
    "paths",
    "/a/{id}",
    "/b",
    "get",
    "post",
    "parameters",
    "name",
    "in",
    "id",
    "query",
    "path",
    "header",
    "schema",
    "content",
    "application/json",
    "text/plain",
    "*/*",
    "requestBody",
    "responses",
    "200",
    "default",
    "type",
    "object",
    "array",
    "string",
    "integer",
    "properties",
    "items",
    "required",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "enum",
    "nullable",
    "readOnly",
    "example",
    "examples",
    "value",
    "minimum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "pattern",
    "format",
    "additionalProperties",
    "components",
    "schemas",
    "A",
    "B",
    "#/components/schemas/A",
    "#/components/schemas/B",
    "#/paths/~1b",
    "operationId",
    "x-services",
    "kiosk",
    "info",
    "version",
    "style",
    "explode",
    "x-purchase-endpoint",
    "x-purchase-precheckout",
    "x-purchase-precheck",
    "x-amount-path",
    "$.a",
    "minLength",
];

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(WORDS).prop_map(str::to_owned)
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 96, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn compiles_or_is_refused(a in tree(), b in tree(), operation in tree(), body in tree()) {
        let document = json!({
            "openapi": "3.0.3",
            "paths": {"/a/{id}": {"get": operation, "post": {
                "parameters": [{"name": "id", "in": "query", "schema": a, "required": true}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}, "required": true},
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}}}},
            }}, "/b": {"put": {"requestBody": body}}},
            "components": {"schemas": {"A": a, "B": b}},
        });
        if let Ok(service) = compile(&provider("kiosk", MANIFEST, document.to_string(), None)) {
            let sound = verify(&service).into_iter().filter(|flaw| !matches!(flaw, Flaw::Example { .. }));
            prop_assert_eq!(sound.map(|flaw| flaw.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
        }
    }
}
