//! What is shared, what is written in its place, and what can not be had.

use crate::{bundled, check};
use scaffold::{Bundle, Loaded, Location, bundle};

const ROOT: &str = "openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets: { $ref: paths/pets.yaml }
components:
  schemas:
    Pet: { $ref: schemas/Pet.yaml }
    Error: { type: string }
";

const PETS: &str = "\
parameters:
  - $ref: ../common.json#/components/parameters/Limit
get:
  operationId: listPets
  description: |
    Lists them.

    All of them.
  responses:
    200:
      description: ok
      content:
        application/json:
          schema: { type: array, items: { $ref: ../schemas/Pet.yaml } }
          example: { $ref: this is data }
    default: { $ref: '../common.json#/components/responses/Failed' }
";

const PET: &str = "\
type: object
properties:
  id: { type: integer, maximum: 9007199254740993000 }
  parent: { $ref: '#' }
  owner: { $ref: Owner.yaml }
  example: { $ref: ../common.json#/components/schemas/Error }
";

const OWNER: &str = "type: object\nproperties: { pets: { type: array, items: { $ref: Pet.yaml } } }\n";

const COMMON: &str = r##"{"components": {
    "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
    "responses": {"Failed": {"description": "no", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
    "schemas": {"Error": {"type": "object", "properties": {"code": {"type": "integer"}}}}
}}"##;

#[test]
fn a_document_of_several_files_becomes_one() {
    let files = [
        ("openapi.yaml", ROOT),
        ("paths/pets.yaml", PETS),
        ("schemas/Pet.yaml", PET),
        ("schemas/Owner.yaml", OWNER),
        ("common.json", COMMON),
    ];
    insta::assert_snapshot!(check(&files), @r##"
    openapi: "3.0.3"
    info:
      title: Pets
      version: "1"
    paths:
      "/pets":
        parameters:
          - "$ref": "#/components/parameters/Limit"
        get:
          operationId: listPets
          description: |
            Lists them.

            All of them.
          responses:
            "200":
              description: ok
              content:
                application/json:
                  schema:
                    type: array
                    items:
                      "$ref": "#/components/schemas/Pet"
                  example:
                    "$ref": this is data
            default:
              "$ref": "#/components/responses/Failed"
    components:
      schemas:
        Pet:
          type: object
          properties:
            id:
              type: integer
              maximum: 9007199254740993000
            parent:
              "$ref": "#/components/schemas/Pet"
            owner:
              "$ref": "#/components/schemas/Owner"
            example:
              "$ref": "#/components/schemas/Error_2"
        Error:
          type: string
        Owner:
          type: object
          properties:
            pets:
              type: array
              items:
                "$ref": "#/components/schemas/Pet"
        Error_2:
          type: object
          properties:
            code:
              type: integer
      parameters:
        Limit:
          name: limit
          in: query
          schema:
            type: integer
      responses:
        Failed:
          description: "no"
          content:
            application/json:
              schema:
                "$ref": "#/components/schemas/Error_2"
    "##);
    let bundle = bundled(&files);
    assert_eq!(bundle.text, bundled(&files).text, "the same files give the same bytes");
    let names: Vec<_> = bundle.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["openapi.yaml", "schemas/Pet.yaml", "paths/pets.yaml", "common.json", "schemas/Owner.yaml"]);
    assert_eq!(bundle.files[1].sha256, uaps_spec::sha256_hex(PET));
    let again = bundle_of_text(&bundle.text);
    assert_eq!((again.text, again.files), (bundle.text, Vec::new()), "a bundle is a document by itself");
}

fn bundle_of_text(text: &str) -> Bundle {
    bundled(&[("openapi.yaml", text)])
}

#[test]
fn a_document_by_itself_is_not_touched() {
    for text in [
        "\u{feff}openapi: 3.0.3\r\npaths: {}\r\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {}}}\r\n",
        "openapi: 3.0.3\nx-policies: { $ref: ../policies.yaml }\n",
        "openapi: 3.1.0\ncomponents: {schemas: {A: {$id: 'https://a.example/a'}, B: {$ref: 'https://a.example/a'}}}\n",
        "components: {examples: {A: {externalValue: other.yaml}, B: {value: {$ref: other.yaml}}}}",
        "a: [",
    ] {
        assert_eq!(check(&[("openapi.yaml", text)]), text);
    }
}

#[test]
fn json_stays_json() {
    let root = r##"{"openapi": "3.0.3", "x": 1.50, "components": {"schemas": {"A": {"$ref": "a.json#/A"}, "B": {"$ref": "a.json#/A"}}}}"##;
    insta::assert_snapshot!(check(&[("openapi.json", root), ("a.json", r#"{"A": {"type": "string"}}"#)]), @r##"
    {
      "openapi": "3.0.3",
      "x": 1.50,
      "components": {
        "schemas": {
          "A": {
            "type": "string"
          },
          "B": {
            "$ref": "#/components/schemas/A"
          }
        }
      }
    }
    "##);
}

#[test]
fn swagger_keeps_its_definitions() {
    let root =
        "swagger: '2.0'\npaths: {/a: {get: {responses: {200: {description: ok, schema: {$ref: 'a.yaml#/A'}}}}}}\n";
    insta::assert_snapshot!(check(&[("swagger.yaml", root), ("a.yaml", "A: {type: string}\n")]), @r##"
    swagger: "2.0"
    paths:
      "/a":
        get:
          responses:
            "200":
              description: ok
              schema:
                "$ref": "#/definitions/A"
    definitions:
      A:
        type: string
    "##);
}

#[test]
fn names_that_two_files_give_are_numbered() {
    let root = "openapi: 3.0.3\ncomponents:\n  schemas:\n    All: {anyOf: [{$ref: 'a.yaml#/A'}, {$ref: 'b.yaml#/A'}, {$ref: 'c.yaml#/A'}, {$ref: './a.yaml#/A'}]}\n";
    let files = [
        ("openapi.yaml", root),
        ("a.yaml", "A: {type: string}"),
        ("b.yaml", "A: {type: integer}"),
        ("c.yaml", "A: {type: string}"),
    ];
    insta::assert_snapshot!(check(&files), @r##"
    openapi: "3.0.3"
    components:
      schemas:
        All:
          anyOf:
            - "$ref": "#/components/schemas/A"
            - "$ref": "#/components/schemas/A_2"
            - "$ref": "#/components/schemas/A"
            - "$ref": "#/components/schemas/A"
        A:
          type: string
        A_2:
          type: integer
    "##);
}

#[test]
fn ways_through_other_references() {
    let root = "openapi: 3.0.3
components:
  schemas:
    Name: { $ref: 'all.yaml#/Pet/properties/name' }
    Back: { $ref: 'all.yaml#/Own' }
    Kinds:
      discriminator: { propertyName: kind, mapping: { dog: Dog, cat: 'all.yaml#/Cat' } }
    Own: { type: string }
    Anchored: { $ref: 'anchors.yaml#here' }
";
    let all = "Pet: { $ref: Pet.yaml }\nOwn: { $ref: 'openapi.yaml#/components/schemas/Own' }\nCat: { $ref: '#/Real' }\nReal: { type: object }\n";
    let pet = "properties: { name: { type: string, minLength: 1 } }\n";
    let anchors = "$defs: { x: { $anchor: here, type: number } }";
    insta::assert_snapshot!(check(&[("openapi.yaml", root), ("all.yaml", all), ("Pet.yaml", pet), ("anchors.yaml", anchors)]), @r##"
    openapi: "3.0.3"
    components:
      schemas:
        Name:
          type: string
          minLength: 1
        Back:
          "$ref": "#/components/schemas/Own"
        Kinds:
          discriminator:
            propertyName: kind
            mapping:
              dog: Dog
              cat: "#/components/schemas/Real"
        Own:
          type: string
        Anchored:
          type: number
        Real:
          type: object
    "##);
}

#[test]
fn parts_that_can_not_be_shared_are_written_in_place() {
    let root = "openapi: 3.0.3
info: { $ref: info.yaml }
paths: { $ref: paths.yaml }
components: { schemas: { $ref: schemas.yaml } }
";
    let paths = "/a:\n  $ref: 'a.yaml#/~1a'\n  summary: mine\n";
    let a = "/a: { summary: theirs, get: { $ref: '#/op' } }\nop: { operationId: a, responses: {} }\n";
    insta::assert_snapshot!(
        check(&[("openapi.yaml", root), ("info.yaml", "title: A\n"), ("paths.yaml", paths), ("a.yaml", a), ("schemas.yaml", "A: {type: string}\n")]),
        @r#"
    openapi: "3.0.3"
    info:
      title: A
    paths:
      "/a":
        summary: mine
        get:
          operationId: a
          responses: {}
    components:
      schemas:
        A:
          type: string
    "#
    );
}

#[test]
fn what_can_not_be_had_is_told_and_stays() {
    let root = "openapi: 3.0.3
components:
  schemas:
    A: { $ref: missing.yaml#/A }
    B: { $ref: ../up.yaml }
    C: { $ref: /etc/passwd }
    D: { $ref: 'https://other.example/d.yaml' }
    E: { $ref: 'sub/e.yaml#/E' }
    F: { $ref: 'sub/e.yaml#/none' }
    G: { $ref: 'loop.yaml#/A' }
    H: { $ref: 'broken.yaml' }
paths: { /a: { $ref: 'loop.yaml#/item' } }
";
    let e = "E: { properties: { x: { $ref: gone.yaml#/X }, y: { $ref: '#/none' } } }\n";
    let rounds =
        "A: { $ref: '#/B' }\nB: { $ref: '#/A' }\nitem: { get: { callbacks: { x: { y: { $ref: '#/item' } } } } }\n";
    insta::assert_snapshot!(check(&[("openapi.yaml", root), ("sub/e.yaml", e), ("loop.yaml", rounds), ("broken.yaml", "a: [")]), @r#"
    openapi: "3.0.3"
    components:
      schemas:
        A:
          "$ref": "missing.yaml#/A"
        B:
          "$ref": "../up.yaml"
        C:
          "$ref": "/etc/passwd"
        D:
          "$ref": "https://other.example/d.yaml"
        E:
          properties:
            x:
              "$ref": "sub/gone.yaml#/X"
            "y":
              "$ref": "sub/e.yaml#/none"
        F:
          "$ref": "sub/e.yaml#/none"
        G:
          "$ref": "loop.yaml#/A"
        H:
          "$ref": broken.yaml
    paths:
      "/a":
        get:
          callbacks:
            x:
              "y":
                "$ref": "loop.yaml#/item"
    --- openapi.yaml:4:16: the reference `missing.yaml#/A` leads to missing.yaml, which can't be had: no such file
    --- openapi.yaml:5:16: the reference `../up.yaml` leads above the document's folder
    --- openapi.yaml:6:16: the reference `/etc/passwd` is an absolute path
    --- openapi.yaml:7:16: the reference `https://other.example/d.yaml` leads away from the document's folder
    --- sub/e.yaml:1:31: the reference `gone.yaml#/X` leads to sub/gone.yaml, which can't be had: no such file
    --- sub/e.yaml:1:58: the reference `#/none` leads to `/none` in sub/e.yaml, where nothing is
    --- openapi.yaml:9:16: the reference `sub/e.yaml#/none` leads to `/none` in sub/e.yaml, where nothing is
    --- openapi.yaml:10:16: the reference `loop.yaml#/A` leads back to itself without ever reaching a value
    --- openapi.yaml:11:16: the reference `broken.yaml` leads to broken.yaml, which can't be read: this is not well-formed YAML: while parsing a node, did not find expected node content (broken.yaml:1:5)
    --- loop.yaml:3:45: the reference `#/item` leads back to itself, or through too many files
    "#);
}

#[test]
fn a_chain_without_end_ends() {
    let mut asked = 0;
    let bundle =
        bundle(Location::File("0.yaml".into()), "components: {schemas: {A: {$ref: 1.yaml}}}", &mut |location| {
            asked += 1;
            let number: usize = location.to_string().trim_end_matches(".yaml").parse().unwrap();
            let text =
                format!("properties: {{a: {{$ref: {}.yaml}}, b: {{$ref: {}.yaml}}}}", number * 2, number * 2 + 1);
            Ok(Loaded { text, location: location.clone() })
        });
    assert_eq!(asked, 500);
    assert!(bundle.warnings.iter().any(|warning| warning.message.contains("more than 500, the limit")));
}
