//! Samples of small operations, as they come out.

use super::Samples;
use serde_json::{Value, json};
use uaps_model::Service;
use uaps_spec::{Input, Sources, Text, read};

/// Compiles a document with one operation, and shows its samples.
#[track_caller]
fn shown(operation: Value, schemas: Value) -> String {
    let service = service(operation, schemas);
    let lines: Vec<String> = Samples::new(&service, 0)
        .of(&service.operations[0])
        .into_iter()
        .map(|sample| format!("{}: {}", sample.name, sample.arguments))
        .collect();
    lines.join("\n")
}

fn service(operation: Value, schemas: Value) -> Service {
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Kiosk", "version": "1"},
        "paths": {"/papers/{id}": {"post": operation}},
        "components": {"schemas": schemas},
    });
    let manifest = "id: kiosk\nname: Kiosk\ndescription: Papers\ncategory: shopping\nupstream: https://kiosk.example\n\
                    auth: {scheme: none}\nendpoints: openapi.json\n";
    let text = |path: &str, text: String| Text { path: path.into(), text };
    let input = Input {
        folder: "kiosk".into(),
        manifest: text("provider.yaml", manifest.into()),
        document: text("openapi.json", document.to_string()),
        overlay: None,
    };
    let (provider, diagnostics) = read(&mut Sources::default(), input);
    crate::compile(&provider.unwrap_or_else(|| panic!("{diagnostics:?}"))).unwrap()
}

fn id() -> Value {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})
}

#[test]
fn every_parameter_and_both_truth_values() {
    insta::assert_snapshot!(shown(
        json!({"responses": {}, "parameters": [
            id(),
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}},
            {"name": "open", "in": "query", "schema": {"type": "boolean"}},
            {"name": "sort", "in": "query", "schema": {"enum": ["up", "down"]}},
            {"name": "tags", "in": "query", "explode": false, "style": "pipeDelimited",
             "schema": {"type": "array", "items": {"type": "string"}}},
            {"name": "X-Note", "in": "header", "schema": {"type": "string", "maxLength": 10}},
        ]}),
        json!({}),
    ), @r##"
    example: {"id":"example"}
    full 1: {"X-Note":"a b/c?d=e&","id":"a b/c?d=e&f+g%20#[h]@i!","limit":10,"open":true,"sort":"up","tags":["a/b?c=d&e+f%20#[g]@h!","naïve日本😀\"quoted\"\\~"]}
    full 2: {"X-Note":"\"quoted\" '","id":"naïve 日本 😀 \"quoted\" 'single' \\ ~","limit":-7,"open":false,"sort":"down","tags":["naïve日本😀\"quoted\"\\~","1;3:4100%$x(y)*z*"]}
    "##);
}

#[test]
fn every_property_and_every_branch() {
    insta::assert_snapshot!(shown(
        json!({"responses": {}, "parameters": [id()], "requestBody": {"required": true, "content": {"application/json": {
            "schema": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}, {"type": "number"}]},
        }}}}),
        json!({
            "Card": {"type": "object", "required": ["number"], "properties": {
                "number": {"type": "string", "pattern": "^[0-9]{4}$"},
                "kind": {"type": "string", "enum": ["card"]},
                "owner": {"type": "object", "properties": {"name": {"type": "string"}, "more": {"$ref": "#/components/schemas/Card"}}},
            }},
            "Cash": {"type": "object", "required": ["notes"], "additionalProperties": false, "properties": {
                "notes": {"type": "array", "items": {"type": "integer", "minimum": 5}},
            }},
        }),
    ), @r##"
    example: {"body":{"number":"1111"},"id":"example"}
    full 1: {"body":{"kind":"card","number":"1111","owner":{"more":{"kind":"card","number":"2222","owner":{"more":{"kind":"card","number":"0000","owner":{}},"name":"naïve 日本 😀 \"quoted\" 'single' \\ ~"}},"name":"<tag attr=\"v\">^`{}</tag>"}},"id":"a b/c?d=e&f+g%20#[h]@i!"}
    full 2: {"body":{"notes":[17,5]},"id":"naïve 日本 😀 \"quoted\" 'single' \\ ~"}
    full 3: {"body":1.5e+21,"id":"1,2;3:4|5 100% $x (y) *z* -._~"}
    "##);
}

#[test]
fn bytes_come_as_base64() {
    insta::assert_snapshot!(shown(
        json!({"responses": {}, "parameters": [id()], "requestBody": {"content": {"image/png": {}}}}),
        json!({}),
    ), @r##"
    example: {"id":"example"}
    full 1: {"body":"ZXhhbXBsZQ==","id":"a b/c?d=e&f+g%20#[h]@i!"}
    full 2: {"body":"AAECA/7/","id":"naïve 日本 😀 \"quoted\" 'single' \\ ~"}
    "##);
}

#[test]
fn another_seed_gives_other_arguments_and_the_same_gives_the_same() {
    let service = service(json!({"responses": {}, "parameters": [id()]}), json!({}));
    let of = |seed| Samples::new(&service, seed).of(&service.operations[0]);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

/// No finite value fits it, and what a validator has to say doubles with each level of one that tries.
#[test]
fn a_union_that_holds_itself_comes_to_an_end() {
    let node = |kind: &str| {
        json!({"type": "object", "required": ["in", "kind"], "properties": {
            "in": {"$ref": "#/components/schemas/Node"}, "kind": {"type": "string", "enum": [kind]},
        }})
    };
    let body =
        json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}, "required": true});
    let service = service(
        json!({"parameters": [id()], "requestBody": body, "responses": {"200": {"description": "ok"}}}),
        json!({"Node": {"oneOf": [node("a"), node("b")]}}),
    );
    // What comes of it matters less than that it comes.
    for sample in Samples::new(&service, 0).of(&service.operations[0]) {
        assert!(uaps_model::is_shallow(&sample.arguments, 20), "{}", sample.arguments);
    }
    let flaws: Vec<String> = crate::verify(&service).iter().map(ToString::to_string).collect();
    let [flaw] = flaws.as_slice() else { panic!("{flaws:?}") };
    assert!(flaw.ends_with("doesn't fit its schema: it is refused"), "{flaw}");
}
