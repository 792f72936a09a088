//! Each version as it comes out.

use super::raise;
use crate::{FileId, Sources, parse};

/// What a document becomes, as YAML-like JSON.
#[track_caller]
fn raised(text: &str) -> serde_json::Value {
    let (root, found) = crate::yaml::parse(text, FileId(0));
    assert!(found.is_empty(), "{found:?}");
    let (raised, found) = raise(root.unwrap());
    assert!(found.is_empty(), "{found:?}");
    raised.unwrap().0.to_json()
}

#[test]
fn a_swagger_document_has_the_structure_of_3_0() {
    let json = raised(
        r##"
swagger: "2.0"
info: { title: Shop, version: "1" }
host: api.shop.example
basePath: /v1/
schemes: [http, https]
consumes: [application/json]
produces: [application/json, text/csv]
securityDefinitions:
  key: { type: apiKey, in: header, name: X-Key }
  login: { type: basic }
  auth: { type: oauth2, flow: accessCode, authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: { read: Read } }
parameters:
  Page: { name: page, in: query, type: integer, default: 1, description: Which page }
  NewItem: { name: item, in: body, required: true, description: The item, schema: { $ref: "#/definitions/Item" } }
responses:
  NotFound: { description: None, schema: { $ref: "#/definitions/Error" } }
paths:
  /items:
    parameters: [{ $ref: "#/parameters/Page" }]
    get:
      parameters:
        - { name: tags, in: query, type: array, items: { type: string }, collectionFormat: multi }
        - { name: ids, in: query, type: array, items: { type: integer } }
      responses:
        200:
          description: All
          headers: { X-Total: { type: integer, description: How many } }
          schema: { type: array, items: { $ref: "#/definitions/Item" } }
          examples: { application/json: [{ id: 1 }] }
        404: { $ref: "#/responses/NotFound" }
    post:
      parameters: [{ $ref: "#/parameters/NewItem" }]
      responses: { 201: { description: Made, schema: { $ref: "#/paths/~1items/get/responses/200/schema" } } }
definitions:
  Error: { type: object, discriminator: kind, properties: { kind: { type: string }, discriminator: { type: string, x-nullable: true } } }
  Item: { type: object, properties: { id: { type: integer } }, example: { $ref: "#/definitions/Error" } }
"##,
    );
    insta::assert_json_snapshot!("swagger", json);
}

#[test]
fn forms_and_files() {
    let json = raised(
        r#"
swagger: 2.0
consumes: [application/xml, multipart/form-data, application/x-www-form-urlencoded]
paths:
  /photo:
    parameters: [{ name: note, in: formData, type: string }]
    post:
      parameters:
        - { name: photo, in: formData, type: file, required: true }
        - { name: tags, in: formData, type: array, items: { type: string } }
      responses: { 200: { description: Back, schema: { type: file } } }
    put:
      consumes: [text/plain]
      parameters:
        - { name: sizes, in: formData, type: array, items: { type: integer }, collectionFormat: multi }
      responses: { 200: { description: Words, examples: { text/plain: hello } } }
"#,
    );
    insta::assert_json_snapshot!("forms", json["paths"]);
}

#[test]
fn references_by_name_become_pointers() {
    let json = raised(
        r##"
openapi: 3.1.0
components:
  schemas:
    Pet:
      $id: https://shop.example/schemas/pet
      properties:
        self: { $ref: "#" }
        owner: { $ref: "#/$defs/owner" }
        tag: { $ref: "#tag" }
        toy: { $ref: toy }
        old: { $ref: "#/components/schemas/Toy" }
      $defs: { owner: { type: object }, tag: { $anchor: tag, type: string } }
    Toy: { $id: https://shop.example/schemas/toy, type: string }
    Node: { $dynamicAnchor: node, properties: { next: { $dynamicRef: "#node" }, $ref: { $ref: "#nowhere" } } }
"##,
    );
    insta::assert_json_snapshot!("anchors", json["components"]["schemas"]);
}

#[test]
fn a_3_0_document_stays_as_it_is() {
    let text =
        "openapi: 3.0.3\npaths: {/a: {get: {parameters: [{name: x, in: query, schema: {type: file, $id: x}}]}}}\n";
    let (root, _) = crate::yaml::parse(text, FileId(0));
    let root = root.unwrap();
    assert_eq!(raise(root.clone()).0.unwrap().0, root);
}

#[test]
fn what_was_made_stands_where_it_came_from() {
    let text = "swagger: '2.0'\npaths:\n  /a:\n    post:\n      parameters:\n        - {name: x, in: body, schema: {type: strnig}}\n";
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    let root = parse(&sources, file).0.unwrap();
    let (root, _) = raise(root).0.unwrap();
    let kind = root.pointer("/paths/~1a/post/requestBody/content/application~1json/schema/type").unwrap();
    assert_eq!(sources.locate(kind.span), "a.yaml:6:46");
}

#[test]
fn no_shape_stops_the_raising() {
    for text in [
        "swagger: '2.0'",
        "swagger: '2.0'\npaths: []",
        "swagger: '2.0'\npaths: {/a: text, /b: {get: [], post: {parameters: text, responses: []}}}",
        "swagger: '2.0'\nparameters: [x]\ndefinitions: text\nresponses: {a: 1}\nhost: [1]\nschemes: https\nbasePath: {}",
        "swagger: '2.0'\npaths: {/a: {get: {parameters: [1, {in: body}, {in: formData}, {$ref: '#/parameters/x'}], responses: {200: {schema: 1, examples: [], headers: {a: 1}}}}}}",
        "openapi: 3.1.0\ncomponents: {schemas: {A: {$id: 1, $anchor: [], $ref: {}}}}",
    ] {
        raised(text);
    }
}
