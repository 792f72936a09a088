//! Whole documents through the compiler.

mod any_tree;

use crate::{catalog_text, compile, verify};
use std::collections::BTreeSet;
use std::path::Path;
use uaps_model::Service;
use uaps_spec::{Input, Provider, Sources, Text, read};

const MANIFEST: &str = "\
id: kiosk
name: Kiosk
description: Sells newspapers
category: shopping
upstream: https://kiosk.example
auth: { scheme: none }
endpoints: openapi.yaml
";

fn text(path: &str, text: impl Into<String>) -> Text {
    Text { path: path.into(), text: text.into() }
}

#[track_caller]
fn provider(folder: &str, manifest: &str, document: String, overlay: Option<String>) -> Provider {
    let mut sources = Sources::default();
    let input = Input {
        folder: folder.into(),
        manifest: text("provider.yaml", manifest),
        document: text("openapi.yaml", document),
        overlay: overlay.map(|overlay| text("overlay.yaml", overlay)),
    };
    let (provider, diagnostics) = read(&mut sources, input);
    provider.unwrap_or_else(|| panic!("{folder}: {diagnostics:?}"))
}

/// Compiles and checks what holds of every service.
#[track_caller]
fn check(provider: &Provider) -> Service {
    let service = compile(provider).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}"));
    let flaws: Vec<String> = verify(&service).iter().map(ToString::to_string).collect();
    assert_eq!(flaws, [""; 0], "{}", provider.manifest.id);
    let places: BTreeSet<_> = service.operations.iter().map(|op| (op.path.as_str(), op.method)).collect();
    let written = provider.document.operations().filter(|op| op.path.starts_with('/'));
    assert_eq!(places.len(), written.count(), "every operation is there, once");
    assert!(service.operations.is_sorted_by_key(|op| (&op.path, op.method)));
    assert_eq!(catalog_text(&compile(provider).unwrap()), catalog_text(&service));
    service
}

#[test]
fn a_small_document() {
    let document = "\
openapi: 3.0.3
info: { title: Kiosk, version: 1.2 }
paths:
  /papers/{id}:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    delete:
      operationId: papers/remove
      responses: { '204': { description: Gone. } }
    get:
      operationId: getPaper
      tags: [papers]
      summary: Read **one** paper.
      parameters:
        - { name: Accept, in: header, schema: { type: string } }
        - { name: page, in: query, schema: { type: integer, minimum: 0, exclusiveMinimum: true }, example: '3' }
        - { name: lang, in: query, schema: { type: string, enum: [en, fr] } }
      responses:
        '200':
          description: The paper.
          content: { application/json: { schema: { $ref: '#/components/schemas/Paper' } } }
  /papers:
    post:
      operationId: addPaper
      x-usage-fee-cents: 3
      requestBody:
        required: true
        content:
          text/plain: { schema: { type: string } }
          application/json: { schema: { $ref: '#/components/schemas/Paper' } }
      responses:
        default: { description: Whatever., content: { text/plain: {} } }
components:
  parameters:
    Id: { name: id, in: path, description: Which one., schema: { type: string, pattern: '^[a-z]{2}[0-9]{3}$' } }
  schemas:
    Unused: {}
    Paper:
      type: object
      required: [id, title]
      properties:
        id: { type: string, readOnly: true }
        title: { type: string, nullable: true, maxLength: 5 }
        parts: { type: array, items: { $ref: '#/components/schemas/Paper' } }
";
    let service = check(&provider("kiosk", MANIFEST, document.into(), None));
    insta::assert_snapshot!(catalog_text(&service));
}

/// The folders of `specs`, as the repository ships them.
#[test]
fn the_shipped_providers() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let mut folders: Vec<_> = std::fs::read_dir(&specs).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let overlay = folder.join("overlay.yaml").is_file().then(|| file("overlay.yaml"));
        check(&provider(name, &file("provider.yaml"), file("openapi.yaml"), overlay));
    }
}

#[test]
fn a_purchase_takes_our_key_and_not_the_providers() {
    let document = "\
openapi: 3.0.3
info: { title: Kiosk, version: '1' }
paths:
  /quote:
    post: &quote
      operationId: quote_paper
      x-purchase-precheckout: true
      x-amount-path: $.total
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [copies], properties: { copies: { type: integer, minimum: 1 } } }
      responses:
        '200': &answer
          description: The price.
          content:
            application/json:
              schema:
                type: object
                required: [id, total]
                properties: { id: { type: string }, total: { type: integer, example: 250 } }
  /buy:
    post:
      <<: *quote
      operationId: buy_paper
      x-purchase-precheckout: false
      x-purchase-endpoint: true
      x-purchase-precheck: /quote
      x-transaction-id-path: $.id
      x-idempotency-header: X-Once
      parameters:
        - { name: x-once, in: header, required: true, schema: { type: string } }
        - { name: idempotency-key, in: header, schema: { type: string } }
        - { name: note, in: header, schema: { type: string } }
      responses: { '201': *answer }
";
    let service = check(&provider("kiosk", MANIFEST, document.into(), None));
    let [buy, quote] = service.operations.as_slice() else { panic!("two operations") };
    assert!(quote.is_quote() && quote.hints.read_only && !quote.hints.destructive);
    assert!(buy.is_purchase() && buy.hints.destructive && buy.hints.idempotent);
    assert_eq!(buy.params.iter().map(|param| param.key.as_str()).collect::<Vec<_>>(), ["note"]);
    insta::assert_json_snapshot!((&buy.commerce, &buy.input, &buy.example));
}
