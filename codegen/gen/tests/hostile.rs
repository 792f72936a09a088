//! A document that tries to write code: its text may reach string literals and comments of a client, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test says so when it fails")]

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use uaps_spec::{Input, Sources, Text, read};

/// Ends every literal and comment it can think of, and then is a function.
const ATTACK: &str = r####"x*/ "##; ' \\" } pub fn injected() { std::process::exit(666) } /* {0} r#" \u{202E}"####;

fn document() -> String {
    let attack = serde_json::Value::from(format!("{ATTACK}\n//! {ATTACK}\n"));
    let line = serde_json::Value::from(ATTACK);
    format!(
        r##"{{
  "openapi": "3.1.0",
  "info": {{"title": {attack}, "version": {attack}, "description": {attack}}},
  "tags": [{{"name": {attack}}}],
  "paths": {{
    "/a/{{id}}": {{
      "post": {{
        "operationId": {line}, "summary": {attack}, "description": {attack}, "tags": [{attack}],
        "parameters": [
          {{"name": "id", "in": "path", "required": true, "description": {attack}, "schema": {{"type": "string"}}}},
          {{"name": {line}, "in": "query", "schema": {{"enum": [{attack}, {line}, "666"], "default": {attack}, "pattern": {line}}}}},
          {{"name": {line}, "in": "cookie", "schema": {{"type": "integer"}}}}
        ],
        "requestBody": {{"description": {attack}, "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/A"}}}}}}}},
        "responses": {{
          "200": {{"description": {attack}, "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/A"}}}}}}}},
          "default": {{"description": {attack}, "content": {{"application/json": {{"schema": {{"title": {attack}, "properties": {{{line}: {{}}}}}}}}}}}}
        }}
      }}
    }}
  }},
  "components": {{"schemas": {{"A": {{
    "title": {attack}, "description": {attack}, "required": [{attack}],
    "properties": {{
      {line}: {{"type": "string", "format": {line}, "description": {attack}}},
      "kind": {{"const": {line}}},
      "more": {{"oneOf": [{{"type": "object", "properties": {{{attack}: {{"enum": [{line}]}}}}}}, {{"type": "string"}}]}}
    }}
  }}}}}}
}}"##
    )
}

/// Every word of a file that is code, and every literal number.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(ident) => drop(found.insert(ident.to_string())),
            TokenTree::Literal(literal) if !literal.to_string().contains('"') => {
                found.insert(literal.to_string());
            }
            _ => {}
        }
    }
}

#[test]
fn text_stays_text() {
    let text = |path: &str, text: String| Text { path: path.into(), text };
    let name = serde_json::Value::from("*/ } pub fn injected() { std::process::exit(666) } /*");
    let manifest = format!(
        "id: kiosk\nname: {name}\ndescription: {name}\ncategory: shopping\nupstream: https://kiosk.example\nauth: {{ scheme: none }}\nendpoints: openapi.json\n"
    );
    let input = Input {
        folder: "kiosk".into(),
        manifest: text("provider.yaml", manifest),
        document: text("openapi.json", document()),
        overlay: None,
    };
    let (provider, found) = read(&mut Sources::default(), input);
    let provider = provider.unwrap_or_else(|| panic!("{found:?}"));
    let service = uaps_gen::compile(&provider).unwrap();
    let files = uaps_gen::clients::generate(&service, &provider.document.root.to_json()).unwrap();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let tokens: TokenStream = file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
        syn::parse2::<syn::File>(tokens.clone()).unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let mut found = BTreeSet::new();
        words(tokens, &mut found);
        // Names are made of words, so the attack's may be part of one; alone they would be code.
        for word in ["injected", "exit", "process", "666"] {
            assert!(!found.contains(word), "{}: `{word}` is code", file.path);
        }
        assert!(!file.text.contains(['\u{202E}', '\u{2}']), "{}", file.path);
    }
    let manifest = files.iter().find(|file| file.path == "Cargo.toml").unwrap();
    assert!(!manifest.text.contains("injected"), "{}", manifest.text);
}
