//! What raising does, schema by schema.

use super::{Schemas, View};
use serde_json::{Value, json};
use uaps_spec::{Document, Sources, parse};

fn document(text: &str) -> Document {
    let mut sources = Sources::default();
    let file = sources.add("openapi.yaml", text);
    Document { root: parse(&sources, file).0.unwrap() }
}

/// Raises component `A` of a document that holds `components`.
#[track_caller]
fn raise(components: &str, view: View) -> Value {
    let document = document(&format!("components: {{ schemas: {components} }}"));
    let mut schemas = Schemas::new(&document);
    let schema = schemas.raise(document.root.pointer("/components/schemas/A"), view);
    let named = schemas.finish();
    let bundled = uaps_model::bundle(&schema, &named);
    assert!(jsonschema::draft202012::meta::is_valid(&bundled), "{bundled}");
    assert!(jsonschema::draft202012::new(&bundled).is_ok(), "{bundled}");
    if named.is_empty() { schema } else { json!([schema, named]) }
}

#[track_caller]
fn check(schema: &str, expected: Value) {
    assert_eq!(raise(&format!("{{ A: {schema} }}"), View::Input), expected, "{schema}");
}

#[test]
fn null_becomes_a_type() {
    check("{type: string, nullable: true}", json!({"type": ["string", "null"]}));
    check("{type: string, nullable: true, enum: [a]}", json!({"type": ["string", "null"], "enum": ["a", null]}));
    check("{type: string, enum: [a, null]}", json!({"type": ["string", "null"], "enum": ["a", null]}));
    check("{nullable: true}", json!({}));
    check(
        "{description: d, nullable: true, oneOf: [{type: string}]}",
        json!({"description": "d", "anyOf": [{"oneOf": [{"type": "string"}]}, {"type": "null"}]}),
    );
}

#[test]
fn bounds_become_numbers() {
    check("{minimum: 1, exclusiveMinimum: true}", json!({"exclusiveMinimum": 1}));
    check("{maximum: 1.5, exclusiveMaximum: false}", json!({"maximum": 1.5}));
    check("{minLength: 2.0, maxLength: -1, multipleOf: 0, minItems: x}", json!({"minLength": 2}));
}

#[test]
fn an_example_becomes_examples() {
    check("{example: {a: 1}, externalDocs: {url: x}, xml: {name: y}, x-z: 1}", json!({"examples": [{"a": 1}]}));
}

#[test]
fn what_the_meta_schema_refuses_is_left_out() {
    check("{type: file, required: true, enum: [], properties: x, items: [], allOf: {}}", json!({}));
    check("{enum: [1, 1, 2], required: [a, a, 3]}", json!({"enum": [1, 2], "required": ["a"]}));
    check(r#"{type: string, pattern: "a(?<"}"#, json!({"type": "string"}));
    check(r#"{type: string, pattern: "^(?=a)a$"}"#, json!({"type": "string", "pattern": "^(?=a)a$"}));
}

#[test]
fn references_become_definitions() {
    assert_eq!(
        raise(
            "{ A: {$ref: '#/components/schemas/B', description: mine, type: string}, B: {type: object, properties: {b: {$ref: '#/components/schemas/B'}}} }",
            View::Input
        ),
        json!([
            {"$ref": "#/$defs/B", "description": "mine"},
            {"B": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}}},
        ])
    );
    assert_eq!(
        raise(
            "{ A: {items: {$ref: '#/components/schemas/B/properties/b'}}, B: {properties: {b: {type: string}}} }",
            View::Input
        ),
        json!([{"items": {"$ref": "#/$defs/B_b"}}, {"B_b": {"type": "string"}}])
    );
}

#[test]
fn a_reference_to_nothing_accepts_all() {
    check("{$ref: '#/components/schemas/Gone'}", json!({}));
    check("{$ref: 'other.yaml#/A'}", json!({}));
    check("{properties: {a: {$ref: '#/components/schemas/A'}}, $ref: 3}", {
        let circle = json!({"properties": {"a": {"$ref": "#/$defs/A"}}});
        json!([circle, {"A": circle}])
    });
}

#[test]
fn each_side_sees_its_own_properties() {
    let schemas = "{ A: {allOf: [{$ref: '#/components/schemas/B'}, {required: [id, name]}]}, \
        B: {required: [id, secret], properties: {id: {$ref: '#/components/schemas/Id'}, name: {}, secret: {writeOnly: true}}}, \
        Id: {type: string, readOnly: true} }";
    assert_eq!(
        raise(schemas, View::Input),
        json!([
            {"allOf": [{"$ref": "#/$defs/B.input"}, {"required": ["name"]}]},
            {"B.input": {"required": ["secret"], "properties": {"name": {}, "secret": {}}}},
        ])
    );
    assert_eq!(
        raise(schemas, View::Output),
        json!([
            {"allOf": [{"$ref": "#/$defs/B"}, {"required": ["id", "name"]}]},
            {"B": {"required": ["id"], "properties": {"id": {"$ref": "#/$defs/Id"}, "name": {}}}, "Id": {"type": "string"}},
        ])
    );
}

#[test]
fn what_is_hidden_is_neither_shown_nor_asked_for() {
    let check = |a: &str, expected: Value| {
        let schemas = format!(
            "{{ A: {a}, Base: {{properties: {{id: {{readOnly: true}}, name: {{}}}}}}, Asks: {{required: [id, name]}}, \
             Given: {{type: string, readOnly: true}} }}"
        );
        let raised = raise(&schemas, View::Input);
        assert_eq!(if raised.is_array() { raised[0].clone() } else { raised }, expected, "{a}");
    };
    let base = json!({"$ref": "#/$defs/Base.input"});
    let references = |keyword: &str| {
        format!("{{{keyword}: [{{$ref: '#/components/schemas/Base'}}, {{$ref: '#/components/schemas/Asks'}}]}}")
    };
    check(&references("allOf"), json!({"allOf": [base, {"required": ["name"]}]}));
    check(
        "{properties: {id: {readOnly: true}, name: {}}, anyOf: [{required: [id]}, {required: [name]}], dependentRequired: {name: [id], id: [name]}}",
        json!({"properties": {"name": {}}, "anyOf": [{}, {"required": ["name"]}], "dependentRequired": {"name": []}}),
    );
    check(
        "{properties: {id: {readOnly: true}, kind: {}}, dependentSchemas: {kind: {required: [id, kind]}, id: {required: [kind]}}, if: {required: [id]}, then: {required: [id]}, else: {required: [id, kind]}}",
        json!({
            "properties": {"kind": {}}, "dependentSchemas": {"kind": {"required": ["kind"]}},
            "if": {"required": ["id"]}, "then": {}, "else": {"required": ["kind"]},
        }),
    );
    for given in [
        "{allOf: [{$ref: '#/components/schemas/Given'}]}",
        "{allOf: [{type: string}, {readOnly: true, description: words}]}",
        "{anyOf: [{$ref: '#/components/schemas/Given'}, {type: 'null'}]}",
    ] {
        check(&format!("{{required: [given], properties: {{given: {given}}}}}"), json!({"properties": {}}));
    }
    check("{anyOf: [{$ref: '#/components/schemas/Given'}, {type: integer}]}", {
        json!({"anyOf": [{"$ref": "#/$defs/Given.input"}, {"type": "integer"}]})
    });
    check(
        "{properties: {id: {readOnly: true}, in: {properties: {id: {readOnly: true}, x: {}}}}, example: {id: 7, in: {id: 8, x: 9}, y: 1}}",
        json!({"properties": {"in": {"properties": {"x": {}}}}, "examples": [{"in": {"x": 9}, "y": 1}]}),
    );
}

#[test]
fn one_of_stays_where_types_keep_its_branches_apart() {
    check(
        "{oneOf: [{type: object}, {type: object}], discriminator: {propertyName: kind}}",
        json!({"anyOf": [{"type": "object"}, {"type": "object"}], "discriminator": {"propertyName": "kind"}}),
    );
    check("{oneOf: [{type: string}, {type: integer}]}", json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}));
    check("{oneOf: [{type: number}, {type: integer}]}", json!({"anyOf": [{"type": "number"}, {"type": "integer"}]}));
    check("{oneOf: [{}, {type: integer}]}", json!({"anyOf": [{}, {"type": "integer"}]}));
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}{}", "{items: ".repeat(110), "{}".to_owned() + &"}".repeat(110));
    let text = raise(&format!("{{ A: {deep} }}"), View::Input).to_string();
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    assert!(text.contains("true"));
}

#[test]
fn what_2020_12_says_goes_through() {
    for schema in [
        json!({"const": {"a": 1}}),
        json!({"type": ["integer", "null"], "exclusiveMinimum": 3}),
        json!({"prefixItems": [{"type": "string"}, true], "items": false}),
        json!({"contains": {"type": "string"}, "minContains": 2}),
        json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": false}),
        json!({"patternProperties": {"^x-": true}, "unevaluatedProperties": false}),
        json!({"propertyNames": {"pattern": "^a"}, "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {}}}),
        json!({"properties": {"a": false}, "not": true, "examples": [1, 2]}),
        json!({"contentEncoding": "base64", "contentMediaType": "image/png"}),
    ] {
        check(&schema.to_string(), schema);
    }
    check(
        "{minContains: 2, prefixItems: [], dependentRequired: {a: [b, b, 1]}}",
        json!({"dependentRequired": {"a": ["b"]}}),
    );
    check(r#"{patternProperties: {"a(?<": {}, b: 1}}"#, json!({}));
}

#[test]
fn what_stands_beside_a_reference_holds_since_3_1() {
    let schemas =
        "components: { schemas: { A: { $ref: '#/components/schemas/B', maxLength: 3 }, B: { type: string } } }";
    for (version, expected) in
        [("3.0.3", json!({"$ref": "#/$defs/B"})), ("3.1.0", json!({"$ref": "#/$defs/B", "maxLength": 3}))]
    {
        let document = document(&format!("openapi: {version}\n{schemas}"));
        let schema = document.root.pointer("/components/schemas/A");
        assert_eq!(Schemas::new(&document).raise(schema, View::Input), expected);
    }
}

#[test]
fn a_mapping_brings_the_forms_along() {
    assert_eq!(
        raise(
            "{ A: { properties: { kind: { type: string } }, discriminator: { propertyName: kind, mapping: { \
               cat: '#/components/schemas/Cat', dog: Dog, lost: '#/components/schemas/Gone', far: other.yaml } } }, \
               Cat: { allOf: [{ $ref: '#/components/schemas/A' }] }, Dog: { type: object } }",
            View::Output
        ),
        json!([
            {"properties": {"kind": {"type": "string"}},
             "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"}}},
            {"A": {"properties": {"kind": {"type": "string"}},
                   "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"}}},
             "Cat": {"allOf": [{"$ref": "#/$defs/A"}]}, "Dog": {"type": "object"}},
        ])
    );
}

/// Hidden properties are gathered from all a schema extends, also where that has no end or doubles at every step.
#[test]
fn what_is_extended_in_a_circle_comes_to_an_end() {
    let doubling: String = (0..60)
        .map(|n| format!("P{n}: {{ allOf: [{{ $ref: '#/components/schemas/P{0}' }}, {{ $ref: '#/components/schemas/P{0}' }}] }}, ", n + 1))
        .collect();
    for schemas in [
        "A: { $ref: null }".to_owned(),
        "A: { $ref: [], allOf: [{ $ref: '#/components/schemas/A' }] }".to_owned(),
        "A: { $ref: '#/components/schemas/A' }".to_owned(),
        "A: { allOf: [{ $ref: '#/components/schemas/B' }] }, B: { allOf: [{ $ref: '#/components/schemas/A' }] }"
            .to_owned(),
        format!("A: {{ allOf: [{{ $ref: '#/components/schemas/P0' }}] }}, {doubling} P60: {{}}"),
    ] {
        let text = format!(
            "openapi: 3.1.0\ncomponents: {{ schemas: {{ {schemas}, M: {{ properties: {{ m: {{ readOnly: true }} }} }} }} }}"
        );
        let document = document(&text);
        let mut all = Schemas::new(&document);
        for name in ["A", "M"] {
            all.raise(document.root.pointer(&format!("/components/schemas/{name}")), View::Input);
        }
        assert!(!all.finish().is_empty() || !schemas.contains("allOf"));
    }
}
