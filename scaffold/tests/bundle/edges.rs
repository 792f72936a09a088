//! Names, places and sizes that are easily got wrong.

use crate::{bundled, check};

/// A document whose only schema is `schema`.
fn document(version: &str, schema: &str) -> String {
    format!(
        "openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
    )
}

#[test]
fn a_name_that_a_schema_gives_itself_counts_in_its_file() {
    let tree = "$dynamicAnchor: node\ntype: TYPE\nitems: {$dynamicRef: '#node'}\n";
    let (one, two) = (tree.replace("TYPE", "array"), tree.replace("TYPE", "[array, 'null']"));
    let root = document("3.1.0", "{properties: {one: {$ref: one.yaml}, two: {$ref: two.yaml}}}");
    insta::assert_snapshot!(check(&[("openapi.yaml", &root), ("one.yaml", &one), ("two.yaml", &two)]), @r##"
    openapi: "3.1.0"
    info:
      title: T
      version: "1"
    paths: {}
    components:
      schemas:
        A:
          properties:
            one:
              "$ref": "#/components/schemas/one"
            two:
              "$ref": "#/components/schemas/two"
        one:
          type: array
          items:
            "$ref": "#/components/schemas/one"
        two:
          type:
            - array
            - "null"
          items:
            "$ref": "#/components/schemas/two"
    "##);
}

#[test]
fn what_refers_to_others_is_not_the_same_in_two_folders() {
    let pet = "oneOf: [{$ref: Cat.yaml}]\ndiscriminator: {propertyName: kind, mapping: {cat: ./Cat.yaml}}\n";
    let root = document("3.0.3", "{properties: {one: {$ref: a/Pet.yaml}, two: {$ref: b/Pet.yaml}}}");
    let files = [
        ("openapi.yaml", root.as_str()),
        ("a/Pet.yaml", pet),
        ("b/Pet.yaml", pet),
        ("a/Cat.yaml", "{type: object, title: A's}"),
        ("b/Cat.yaml", "{type: object, title: B's}"),
    ];
    insta::assert_snapshot!(check(&files), @r##"
    openapi: "3.0.3"
    info:
      title: T
      version: "1"
    paths: {}
    components:
      schemas:
        A:
          properties:
            one:
              "$ref": "#/components/schemas/Pet"
            two:
              "$ref": "#/components/schemas/Pet_2"
        Pet:
          oneOf:
            - "$ref": "#/components/schemas/Cat"
          discriminator:
            propertyName: kind
            mapping:
              cat: "#/components/schemas/Cat"
        Pet_2:
          oneOf:
            - "$ref": "#/components/schemas/Cat_2"
          discriminator:
            propertyName: kind
            mapping:
              cat: "#/components/schemas/Cat_2"
        Cat:
          type: object
          title: "A's"
        Cat_2:
          type: object
          title: "B's"
    "##);
}

#[test]
fn a_word_of_a_mapping_may_have_a_dot() {
    let root = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    v1.Cat: {type: object}\n    Pet: {discriminator: {propertyName: kind, mapping: {cat: v1.Cat}}}\n";
    assert_eq!(check(&[("openapi.yaml", root)]), root);
}

#[test]
fn the_document_may_call_itself_by_its_name() {
    let root = document("3.0.3", "{items: {$ref: 'openapi.yaml#/components/schemas/A'}, type: array}");
    assert!(check(&[("openapi.yaml", &root)]).contains("\"$ref\": \"#/components/schemas/A\""));
}

#[test]
fn references_start_where_a_file_really_is() {
    let root = document("3.0.3", "{$ref: latest/schema.yaml}");
    let files = [
        ("openapi.yaml", root.as_str()),
        ("latest/schema.yaml", "moved: v2/schema.yaml"),
        ("latest/other.yaml", "{type: integer}"),
        ("v2/schema.yaml", "{type: array, items: {$ref: other.yaml}}"),
        ("v2/other.yaml", "{type: string}"),
    ];
    let bundle = check(&files);
    assert!(bundle.contains("string") && !bundle.contains("integer"), "{bundle}");
}

#[test]
fn what_is_written_in_place_is_bounded() {
    let path = format!("get: {{description: {}, responses: {{}}}}\n", "x".repeat(1_000_000));
    let paths: String = (0..1000).map(|n| format!("  /p{n}: {{$ref: path.yaml}}\n")).collect();
    let root = format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}");
    let bundle = bundled(&[("openapi.yaml", &root), ("path.yaml", &path)]);
    assert!(bundle.text.len() < 200_000_000 && !bundle.warnings.is_empty());
}
