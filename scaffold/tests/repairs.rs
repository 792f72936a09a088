//! Documents that no compiler would take, and the overlays that mend them.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

use scaffold::{AuthChoice, FactChoices, NewProvider, render};
use uaps_model::ServiceId;

/// The overlay but for its facts, and the questions. The actions are applied, and each must match something.
#[track_caller]
fn check(document: &str) -> String {
    let new = NewProvider {
        id: ServiceId::new("shop").unwrap(),
        name: "Shop".into(),
        upstream: "https://api.shop.example".into(),
        source: "openapi.yaml".into(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: false,
        precheck_pattern: None,
        bundled: Vec::new(),
    };
    let made = render(&new, document).unwrap();
    let text = |path: &str| made.files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
    let mut sources = uaps_spec::Sources::default();
    let files = [sources.add("openapi.yaml", document), sources.add("overlay.yaml", text("overlay.yaml"))];
    let [mut root, overlay] = files.map(|file| uaps_spec::parse(&sources, file).0.unwrap());
    let found = uaps_spec::apply_overlay(&mut root, &overlay);
    assert!(found.is_empty(), "{found:?}");
    let mut shown: String = text("overlay.yaml").split_inclusive("  - target:").skip(2).collect();
    shown.insert_str(0, "  - target:");
    for question in &made.questions {
        shown.push_str(&format!("decide: {}; {}\n", question.what, question.edit));
    }
    shown
}

#[test]
fn references_that_lead_nowhere() {
    let document = "openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  /a/{id}:
    get:
      operationId: getA
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
        - { $ref: 'common.yaml#/parameters/Limit' }
        - { $ref: '#/components/parameters/Page' }
      requestBody: { $ref: 'bodies.yaml' }
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { allOf: [{ type: object }, { $ref: 'common.yaml#/A' }] }, examples: { x: { $ref: e.yaml } } } }
        '400': { $ref: 'common.yaml#/responses/Bad' }
  /b: { $ref: b.yaml }
components:
  parameters: { Page: { $ref: 'common.yaml#/parameters/Page' } }
  schemas:
    Thing: { type: string }
    Word: { type: array, items: { $ref: Thing } }
    Round: { $ref: '#/components/schemas/About' }
    About: { $ref: '#/components/schemas/Round' }
    User: { properties: { a: { $ref: '#/components/schemas/Round' }, b: { $ref: 'common.yaml#/A' } } }
";
    insta::assert_snapshot!(check(document), @r##"
      - target: "$.paths['/a/{id}'].get.requestBody['$ref']"
        description: "The reference `bodies.yaml` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.requestBody"
        description: "The reference `bodies.yaml` points outside the document"
        update:
          description: "Not described here: the provider's document refers to `bodies.yaml`"
          content:
            application/json:
              schema: {}
      - target: "$.paths['/a/{id}'].get.responses['200'].content['application/json'].schema.allOf[1]['$ref']"
        description: "The reference `common.yaml#/A` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.responses['200'].content['application/json'].schema.allOf[1]"
        description: "The reference `common.yaml#/A` points outside the document"
        update:
          description: "Not described here: the provider's document refers to `common.yaml#/A`"
      - target: "$.paths['/a/{id}'].get.responses['400']['$ref']"
        description: "The reference `common.yaml#/responses/Bad` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.responses['400']"
        description: "The reference `common.yaml#/responses/Bad` points outside the document"
        update:
          description: "Not described here: the provider's document refers to `common.yaml#/responses/Bad`"
      - target: "$.paths['/b']['$ref']"
        description: "The reference `b.yaml` points outside the document"
        remove: true
      - target: "$.components.schemas.Word.items['$ref']"
        description: "The reference `Thing` points outside the document; this is what it means"
        update: "#/components/schemas/Thing"
      - target: "$.components.schemas.Round['$ref']"
        description: "The reference `#/components/schemas/About` leads back to itself without ever reaching a value"
        remove: true
      - target: "$.components.schemas.Round"
        description: "The reference `#/components/schemas/About` leads back to itself without ever reaching a value"
        update:
          description: "Not described here: the provider's document refers to `#/components/schemas/About`"
      - target: "$.components.schemas.About['$ref']"
        description: "The reference `#/components/schemas/Round` leads back to itself without ever reaching a value"
        remove: true
      - target: "$.components.schemas.About"
        description: "The reference `#/components/schemas/Round` leads back to itself without ever reaching a value"
        update:
          description: "Not described here: the provider's document refers to `#/components/schemas/Round`"
      - target: "$.components.schemas.User.properties.b['$ref']"
        description: "The reference `common.yaml#/A` points outside the document"
        remove: true
      - target: "$.components.schemas.User.properties.b"
        description: "The reference `common.yaml#/A` points outside the document"
        update:
          description: "Not described here: the provider's document refers to `common.yaml#/A`"
      - target: "$.components.parameters.Page"
        description: "The reference `common.yaml#/parameters/Page` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.responses['200'].content['application/json'].examples.x"
        description: "The reference `e.yaml` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.parameters[1]"
        description: "The reference `common.yaml#/parameters/Limit` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}'].get.parameters[1]"
        description: "The reference `#/components/parameters/Page` points to nothing"
        remove: true
    decide: the document refers to `#/components/schemas/About`, which leads back to itself; any value is accepted there; write at the action for it what belongs there, or leave it as it is
    decide: the document refers to `#/components/schemas/Round`, which leads back to itself; any value is accepted there; write at the action for it what belongs there, or leave it as it is
    decide: the document refers to `b.yaml`, which is not a part of it; what it holds is missing; scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers to `bodies.yaml`, which is not a part of it; nothing is known of the body there; scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers from 5 places to `common.yaml`, which is not a part of it; what it would say there is left out; scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers to `e.yaml`, which is not a part of it; it is left out; scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers to `#/components/parameters/Page`, which it does not have; it is left out; write at the action for it what belongs there, or leave it as it is
    "##);
}

#[test]
fn parameters_of_every_kind() {
    let document = "openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  /a/{a_id}:
    parameters: [{ name: aId, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getA
      parameters:
        - { in: query, schema: { type: string } }
        - { name: q, schema: { type: string } }
        - { name: old, in: querystring, schema: { type: string } }
        - { name: odd, in: nowhere, schema: { type: string } }
        - { name: both, in: query, schema: { type: string }, content: { text/plain: {} } }
        - { name: many, in: query, content: { application/json: {}, text/plain: {} } }
        - { name: gone, in: path, required: true, schema: { type: string } }
      responses: { '200': { description: ok } }
    post:
      operationId: postA
      parameters: [{ name: thing, in: body, required: true, schema: { $ref: '#/components/schemas/Thing' } }]
      responses: null
components: { schemas: { Thing: { type: object } } }
";
    insta::assert_snapshot!(check(document), @r##"
      - target: "$.paths['/a/{a_id}'].get.parameters[1]"
        description: A parameter says where it goes
        update:
          in: query
      - target: "$.paths['/a/{a_id}'].get.parameters[?@.name=='old' && @.in=='querystring']"
        description: A parameter says where it goes
        update:
          in: query
      - target: "$.paths['/a/{a_id}'].get.parameters[?@.name=='both' && @.in=='query'].content"
        description: A parameter has either a schema or a content
        remove: true
      - target: "$.paths['/a/{a_id}'].get.parameters[?@.name=='many' && @.in=='query'].content['text/plain']"
        description: The content of a parameter has one media type
        remove: true
      - target: "$.paths['/a/{a_id}'].parameters[0]"
        description: "The path calls this parameter `a_id`"
        update:
          name: a_id
      - target: "$.paths['/a/{a_id}'].post"
        description: "The parameter `thing` is a body"
        update:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  "$ref": "#/components/schemas/Thing"
      - target: "$.paths['/a/{a_id}'].post.parameters[0]"
        description: "`body` is no place for a parameter in this version of OpenAPI"
        remove: true
      - target: "$.paths['/a/{a_id}'].get.parameters[6]"
        description: "`{gone}` does not stand in the path"
        remove: true
      - target: "$.paths['/a/{a_id}'].get.parameters[3]"
        description: "`nowhere` is no place for a parameter in this version of OpenAPI"
        remove: true
      - target: "$.paths['/a/{a_id}'].get.parameters[0]"
        description: A parameter has a name
        remove: true
      - target: "$.paths['/a/{a_id}'].post"
        description: The document announces no answer
        update:
          responses:
            default:
              description: Not described by the provider
    decide: a parameter of GET /a/{a_id} has no name and is left out; name it by an action before the one that removes it, or leave it out
    decide: the parameter `odd` of GET /a/{a_id} is `in: nowhere`, which is no place, and is left out; instead of the action that removes it, write `in` with one of query, path, header or cookie
    "##);
}

#[test]
fn swagger_is_mended_in_its_own_words() {
    let document = "swagger: '2.0'
info: { title: Shop, version: '1' }
paths:
  /a/{id}/{kind}:
    post:
      parameters:
        - { name: id, in: path, type: string }
        - { name: thing, in: body, schema: { $ref: 'other.yaml#/Thing' } }
        - { $ref: 'other.yaml#/Page' }
";
    insta::assert_snapshot!(check(document), @r#"
      - target: "$.paths['/a/{id}/{kind}'].post.parameters[1].schema['$ref']"
        description: "The reference `other.yaml#/Thing` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}/{kind}'].post.parameters[1].schema"
        description: "The reference `other.yaml#/Thing` points outside the document"
        update:
          description: "Not described here: the provider's document refers to `other.yaml#/Thing`"
      - target: "$.paths['/a/{id}/{kind}'].post.parameters[2]"
        description: "The reference `other.yaml#/Page` points outside the document"
        remove: true
      - target: "$.paths['/a/{id}/{kind}'].post"
        description: The document gives this operation no operationId
        update:
          operationId: update_a
      - target: "$.paths['/a/{id}/{kind}'].post.parameters[?@.name=='id' && @.in=='path']"
        description: A path parameter is always required
        update:
          required: true
      - target: "$.paths['/a/{id}/{kind}'].post"
        description: "The document declares no parameter for `{kind}`"
        update:
          parameters:
            - name: kind
              in: path
              required: true
              type: string
      - target: "$.paths['/a/{id}/{kind}'].post"
        description: The document announces no answer
        update:
          responses:
            default:
              description: Not described by the provider
    decide: the document refers from 2 places to `other.yaml`, which is not a part of it; what it would say there is left out; scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    "#);
}

#[test]
fn paths_of_the_wrong_shape() {
    let document = "openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  pets: { get: { operationId: listPets, responses: { '200': { description: ok } } } }
  /{a}/{a}: { GET: { responses: { '200': { description: ok } } } }
  /{b: { get: {} }
  /c: []
  /d: { get: null, post: { $ref: '#/x-op' } }
x-op: { operationId: shared, responses: { '200': { description: ok } } }
";
    insta::assert_snapshot!(check(document), @r#"
      - target: "$.paths['/{a}/{a}']"
        description: A method is written in lower case
        update:
          get:
            responses:
              "200":
                description: ok
      - target: "$.paths['/{a}/{a}'].GET"
        description: A method is written in lower case
        remove: true
      - target: "$.paths['/d'].get"
        description: "An operation is an object, not null"
        update: {}
      - target: "$.paths['/d'].post"
        description: "Only a whole path can be a reference; this is what it refers to"
        update:
          operationId: shared
          responses:
            "200":
              description: ok
      - target: "$.paths['/d'].post['$ref']"
        description: "Only a whole path can be a reference; this is what it refers to"
        remove: true
      - target: "$.paths"
        description: "No request can match the path `pets`; `/pets` is what it means"
        update:
          "/pets":
            get:
              operationId: listPets
              responses:
                "200":
                  description: ok
      - target: "$.paths.pets"
        description: "No request can match the path `pets`; `/pets` is what it means"
        remove: true
      - target: "$.paths"
        description: "No request can match the path `/{a}/{a}`; `/{a}/{a_2}` is what it means"
        update:
          "/{a}/{a_2}":
            get:
              responses:
                "200":
                  description: ok
      - target: "$.paths['/{a}/{a}']"
        description: "No request can match the path `/{a}/{a}`; `/{a}/{a_2}` is what it means"
        remove: true
      - target: "$.paths['/{b']"
        description: The path has a brace without its partner
        remove: true
      - target: "$.paths['/c']"
        description: The path is a list instead of an object by method
        remove: true
      - target: "$.paths['/d'].get"
        description: The document gives this operation no operationId
        update:
          operationId: get_d
      - target: "$.paths['/{a}/{a_2}'].get"
        description: The document gives this operation no operationId
        update:
          operationId: get_a_2
      - target: "$.paths['/{a}/{a_2}'].get"
        description: "The document declares no parameter for `{a}`, `{a_2}`"
        update:
          parameters:
            - name: a
              in: path
              required: true
              schema:
                type: string
            - name: a_2
              in: path
              required: true
              schema:
                type: string
      - target: "$.paths['/d'].get"
        description: The document announces no answer
        update:
          responses:
            default:
              description: Not described by the provider
    decide: the path `/{b` has a brace without its partner; it is left out; instead of the action that removes it, write the path as it should be, or leave it out
    decide: the path `/c` is a list instead of an object by method; it is left out; instead of the action that removes it, write the path as it should be, or leave it out
    "#);
}

#[test]
fn schemas_that_are_parts_of_themselves() {
    let document = "openapi: 3.0.3
info: { title: Shop, version: '1' }
paths: {}
components:
  schemas:
    A: { allOf: [{ type: object }, { $ref: '#/components/schemas/B' }] }
    B: { allOf: [{ $ref: '#/components/schemas/A' }], properties: { a: { $ref: '#/components/schemas/A' } } }
    C: { allOf: [{ $ref: '#/components/schemas/A' }] }
";
    insta::assert_snapshot!(check(document), @r#"
    - target: "$.components.schemas.A.allOf[1]"
      description: "The part `#/components/schemas/B` leads back to the schema that it is a part of"
      remove: true
    "#);
}
