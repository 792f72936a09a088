//! The whole way: a small document in, a client out.

use super::{ClientError, ClientFile, generate};
use serde_json::{Value, json};
use uaps_model::Service;

/// A document with most of what client generators stumble over.
fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Kennel", "version": "1.0"},
        "paths": {
            "/dogs": {
                "get": {
                    "parameters": [
                        {"name": "tags", "in": "query", "explode": false, "description": "All of these.",
                         "schema": {"type": "array", "items": {"type": "string"}}},
                        {"name": "filter", "in": "query", "style": "deepObject",
                         "schema": {"type": "object", "properties": {"age": {"type": "integer", "format": "int32"}}}},
                        {"name": "type", "in": "query", "required": true,
                         "schema": {"type": "string", "enum": ["small", "Small", ">40kg"]}},
                        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                    ],
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {
                            "type": "array", "items": {"$ref": "#/components/schemas/Dog"},
                        }}}},
                        "default": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
                    },
                },
            },
            "/dogs/{id}/photo": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}}],
                "put": {
                    "requestBody": {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
                    "responses": {"204": {"description": "Taken."}, "200": {"content": {"text/plain": {}}}},
                },
                "get": {"responses": {"200": {"content": {"image/png": {}}}}},
            },
            "/dogs/{id}": {
                "patch": {
                    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Dog"}}}},
                    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Dog"}}}}},
                },
            },
        },
        "components": {"schemas": {
            "Dog": {"allOf": [
                {"$ref": "#/components/schemas/Named"},
                {"type": "object", "required": ["chip"], "properties": {
                    "homeTown": {"type": "string"}, "home_town": {"type": "string", "format": "date-time"},
                    "puppies": {"type": "array", "items": {"$ref": "#/components/schemas/Dog"}},
                    "mother": {"allOf": [{"$ref": "#/components/schemas/Dog"}], "nullable": true},
                }},
            ]},
            "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 10}}},
            "Error": {"type": "object", "properties": {"detail": {"type": "string"}}},
            "Unused": {"type": "object"},
        }},
    })
}

fn service() -> Service {
    let param = |name: &str, place: &str, required: bool, style: &str, explode: bool| json!({"name": name, "key": name, "place": place, "required": required, "style": style, "explode": explode, "schema": {}});
    let operation = |tool: &str,
                     method: &str,
                     path: &str,
                     params: Vec<Value>,
                     body: Value,
                     answers: &[(&str, &str)]| {
        let answers: Vec<_> =
            answers.iter().map(|(status, media)| json!({"status": status, "content_type": media})).collect();
        json!({
            "tool": tool, "operation_id": tool, "method": method, "path": path, "title": format!("The {tool}"),
            "access": "anonymous", "hints": {"read_only": false, "destructive": false, "idempotent": false},
            "params": params, "body": body, "responses": answers, "input": {}, "example": {"arguments": {}, "status": 200},
        })
    };
    let id = || param("id", "path", true, "simple", false);
    let body = |media: &str, kind: &str| json!({"required": false, "media": [{"content_type": media, "kind": kind, "schema": true}]});
    let service = json!({
        "format": 1, "id": "kennel", "name": "Kennel", "description": "", "category": "pets", "version": "1.0",
        "upstream": "https://kennel.example/v1", "auth": {"scheme": "none"},
        "rate_limits": {"default_per_minute": 1, "burst": 1}, "access": {},
        "facts": {"description": "", "flow": "", "pricing_model": "", "typical_response_time": ""},
        "operations": [
            operation("listDogs", "GET", "/dogs", vec![
                param("tags", "query", false, "form", false),
                param("filter", "query", false, "deepObject", true),
                param("type", "query", true, "form", true),
                param("session", "cookie", false, "form", true),
            ], Value::Null, &[("200", "application/json"), ("default", "application/problem+json")]),
            operation("exec", "PATCH", "/dogs/{id}", vec![id()], body("application/json", "json"), &[("200", "application/json")]),
            operation("get-photo", "GET", "/dogs/{id}/photo", vec![id()], Value::Null, &[("200", "image/png")]),
            operation("put-photo", "PUT", "/dogs/{id}/photo", vec![id()], body("image/png", "binary"), &[("200", "text/plain")]),
        ],
    });
    serde_json::from_value(service).unwrap()
}

#[track_caller]
fn text<'f>(files: &'f [ClientFile], path: &str) -> &'f str {
    &files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).text
}

#[test]
fn a_client_is_these_files() {
    let files = generate(&service(), &document()).unwrap();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "Cargo.toml",
            "src/lib.rs",
            "src/client.rs",
            "src/types.rs",
            "src/call.rs",
            "src/arguments.rs",
            "src/encode.rs",
            "src/wire.rs",
            "src/binary.rs",
            "src/bytes.rs"
        ]
    );
    insta::assert_snapshot!("manifest", text(&files, "Cargo.toml"));
    insta::assert_snapshot!("library", text(&files, "src/lib.rs"));
    insta::assert_snapshot!("client", text(&files, "src/client.rs"));
    insta::assert_snapshot!("types", text(&files, "src/types.rs"));
    insta::assert_snapshot!("call", text(&files, "src/call.rs"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(generate(&service(), &document()).unwrap(), generate(&service(), &document()).unwrap());
}

#[test]
fn a_placeholder_never_reaches_the_wire() {
    let files = generate(&service(), &document()).unwrap();
    assert!(files.iter().all(|file| !file.text.contains("\\u{2}") && !file.text.contains('\u{2}')));
    assert!(text(&files, "src/types.rs").contains(r#"rename = "home_town""#));
}

#[test]
fn an_operation_that_the_document_lacks_is_named() {
    let mut document = document();
    document["paths"]["/dogs"]["get"].take();
    let error = generate(&service(), &document).unwrap_err();
    insta::assert_snapshot!(error, @"`kennel`: the document has no operation `listDogs` (GET /dogs); compile it again");
    assert!(matches!(error, ClientError::NoOperation { .. }));
}
