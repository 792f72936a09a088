//! What `render` makes of small documents.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

use scaffold::{AuthChoice, FactChoices, NewProvider, ScaffoldError, Scaffolded, render};
use uaps_model::ServiceId;
use uaps_spec::{Input, Sources, Text};

fn provider() -> NewProvider {
    NewProvider {
        id: ServiceId::new("weather").unwrap(),
        name: "Weather API".into(),
        upstream: "https://api.weather.example".into(),
        source: "https://api.weather.example/openapi.json".into(),
        category: Some("information".into()),
        description: None,
        tags: vec!["weather".into(), "yes".into()],
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: false,
        precheck_pattern: None,
        bundled: Vec::new(),
    }
}

fn file<'s>(made: &'s Scaffolded, path: &str) -> &'s str {
    &made.files.iter().find(|f| f.path == path).unwrap_or_else(|| panic!("no {path}")).text
}

/// Everything that was made, read back by the reader of `validate`: no finding, or it is told.
#[track_caller]
fn read_back(made: &Scaffolded) -> uaps_spec::Provider {
    let text = |path: &str| Text { path: path.into(), text: file(made, path).into() };
    let document = made.files.iter().find(|f| f.path.starts_with("openapi.")).unwrap().path.clone();
    let input = Input {
        folder: "weather".into(),
        manifest: text("provider.yaml"),
        document: text(&document),
        overlay: Some(text("overlay.yaml")),
    };
    let (provider, diagnostics) = uaps_spec::read(&mut Sources::default(), input);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    provider.unwrap()
}

const BROKEN: &str = r##"openapi: 3.0.3
info:
  title: Weather
  version: "1"
  description: |
    # Weather

    Forecasts & climate: "hourly".

    More words.
paths:
  /forecast/{city}:
    parameters:
      - { name: city, in: path, schema: { type: string } }
    get:
      summary: Forecast | by <city>
      responses: { "200": { description: ok } }
  /alerts/{alert}:
    get:
      operationId: alerts/get
      responses: { "200": { description: ok } }
  /it's:
    get:
      operationId: same
      parameters: [ { $ref: "#/components/parameters/Shared~1one" } ]
      responses: { "200": { description: ok } }
    post:
      operationId: Sa-me
components:
  parameters:
    Shared/one: { name: q, in: query, type: integer }
  securitySchemes:
    key: { type: apiKey, in: query, name: appid }
"##;

#[test]
fn a_broken_document_gets_an_overlay_that_mends_it() {
    let made = render(&provider(), BROKEN).unwrap();
    assert_eq!(made.questions, []);
    assert_eq!(file(&made, "openapi.yaml"), BROKEN, "the vendor's text stays as it came");
    insta::assert_snapshot!(file(&made, "overlay.yaml"), @r#"
    # What this catalogue adds to the vendor's document, which stays as it came.
    overlay: 1.0.0
    info:
      title: UAPS-1 annotations for Weather API
      version: 1.0.0
    actions:
      - target: "$"
        description: What an assistant should know before it starts
        update:
          x-services:
            weather:
              description: "Forecasts & climate: \"hourly\"."
              flow: "The operations may be called in any order, as far as the provider's document says"
              pricing_model: "Not stated in the provider's document"
              typical_response_time: "Not stated in the provider's document"
      - target: "$.paths['/forecast/{city}'].get"
        description: The document gives this operation no operationId
        update:
          operationId: get_forecast
      - target: "$.paths['/alerts/{alert}'].get"
        description: "The operationId `alerts/get` may hold only letters, digits, `_` and `-` to serve as a tool name"
        update:
          operationId: alerts_get
      - target: "$.paths['/it\\'s'].get"
        description: "The operationId `same` occurs more than once, perhaps in another spelling"
        update:
          operationId: get_it_s
      - target: "$.paths['/it\\'s'].post"
        description: "The operationId `Sa-me` occurs more than once, perhaps in another spelling"
        update:
          operationId: create_it_s
      - target: "$.paths['/forecast/{city}'].parameters[?@.name=='city' && @.in=='path']"
        description: A path parameter is always required
        update:
          required: true
      - target: "$.paths['/alerts/{alert}'].get"
        description: "The document declares no parameter for `{alert}`"
        update:
          parameters:
            - name: alert
              in: path
              required: true
              schema:
                type: string
      - target: "$.components.parameters['Shared/one']"
        description: A parameter needs a schema
        update:
          schema:
            type: integer
      - target: "$.paths['/it\\'s'].post"
        description: The document announces no answer
        update:
          responses:
            default:
              description: Not described by the provider
    "#);
    let document = read_back(&made).document;
    let ids: Vec<_> = document.operations().map(|op| op.node.str_at("operationId").unwrap_or("-").to_owned()).collect();
    assert_eq!(ids, ["get_forecast", "alerts_get", "get_it_s", "create_it_s"]);
    for op in document.operations() {
        assert!(document.parameters(&op).iter().all(|p| p.str_at("in") != Some("path") || p.is_true("required")));
    }
}

#[test]
fn the_manifest_says_where_the_document_came_from_and_how_to_prove_oneself() {
    let made = render(&provider(), BROKEN).unwrap();
    insta::assert_snapshot!(file(&made, "provider.yaml"), @r#"
    # yaml-language-server: $schema=../provider.schema.json
    id: weather
    name: Weather API
    description: "Forecasts & climate: \"hourly\"."
    category: information
    tags: [weather, "yes"]
    upstream: "https://api.weather.example"
    source: { url: "https://api.weather.example/openapi.json", sha256: "3f17166ce002efc386feeb06b0dd44093c931d9def7bb392d0c36ac98857f282" }
    auth: { scheme: apiKey, in: query, name: appid }
    endpoints: openapi.yaml
    rate_limits: { default_per_minute: 120, burst: 30 }
    access: { read: anonymous, write: identified, purchase: authenticated }
    "#);
    insta::assert_snapshot!(file(&made, "README.md"), @r#"
    # Weather API

    Forecasts &amp; climate: "hourly".

    | file | what |
    |---|---|
    | `provider.yaml` | the manifest; the gateway reads its secret from `PROVIDER_WEATHER_API_KEY` and sends it as `appid` |
    | `openapi.yaml` | the vendor's document, byte for byte as it came |
    | `overlay.yaml` | what we add to it: `x-services`, repairs, prices |
    | `examples/` | a call and its answer for each tool |

    | request | what it does |
    |---|---|
    | `GET /forecast/{city}` | Forecast \| by &lt;city> |
    | `GET /alerts/{alert}` | alerts/get |
    | `GET /it's` | same |
    | `POST /it's` | Sa-me |

    After a change, `cargo xtask validate weather` says whether it holds and `cargo xtask gen weather` compiles it.
    "#);
}

#[test]
fn json_stays_json() {
    let document = r#"{"openapi": "3.0.3", "info": {"title": "W", "version": "1"}, "paths": {}}"#;
    assert_eq!(file(&render(&provider(), document).unwrap(), "openapi.json"), document);
    let flow = "{openapi: 3.0.3, info: {title: W, version: '1'}, paths: {}}";
    assert_eq!(file(&render(&provider(), flow).unwrap(), "openapi.yaml"), flow);
}

#[test]
fn hostile_words_stay_words() {
    let mut new = provider();
    new.name = "a: \"b\"\n#c ${d}".into();
    new.description = Some("x\"\\\u{7}\u{2028}\n- y: [".into());
    new.tags = vec!["a, b]".into()];
    let made = render(&new, BROKEN).unwrap();
    let manifest = read_back(&made).manifest;
    assert_eq!((manifest.name, manifest.description), (new.name, new.description.unwrap()));
    assert_eq!(manifest.tags, new.tags);
}

const SHOP: &str = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /checkout/quote:
    post:
      operationId: quote
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Basket" } } } }
      responses:
        "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Price" } } } }
  /checkout:
    post:
      operationId: checkout
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Basket" } } } }
      responses:
        "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
  /notes:
    post:
      operationId: note
      responses: { "200": { description: ok } }
components:
  schemas:
    Basket: { type: object, properties: { items: { type: array, items: { type: string } } } }
    Price:
      type: object
      required: [pricing, item_count]
      properties:
        item_count: { type: integer }
        pricing: { $ref: "#/components/schemas/Pricing" }
    Pricing:
      type: object
      required: [total_cents, tax_cents, currency]
      properties: { total_cents: { type: integer }, tax_cents: { type: integer }, currency: { type: string } }
    Order:
      allOf:
        - { $ref: "#/components/schemas/Price" }
        - { type: object, required: [order_uuid, again], properties: { order_uuid: { type: string }, again: { $ref: "#/components/schemas/Order" } } }
"##;

#[test]
fn a_pair_is_suggested_and_waits_for_a_person() {
    let mut new = provider();
    new.has_purchases = true;
    new.precheck_pattern = Some("/quote".into());
    let made = render(&new, SHOP).unwrap();
    read_back(&made);
    insta::assert_snapshot!(file(&made, "overlay.yaml"), @r#"
    # What this catalogue adds to the vendor's document, which stays as it came.
    overlay: 1.0.0
    info:
      title: UAPS-1 annotations for Weather API
      version: 1.0.0
    actions:
      - target: "$"
        description: What an assistant should know before it starts
        update:
          x-services:
            weather:
              description: Shop
              flow: "Ask for a quote, then purchase with the same arguments. The other operations may be called in any order"
              pricing_model: A purchase costs what its quote says
              typical_response_time: "Not stated in the provider's document"
      - target: "$.paths['/checkout/quote'].post"
        description: "A quote: it tells a price and commits to nothing"
        update:
          x-purchase-precheckout: true

      # To decide: is POST /checkout the purchase that POST /checkout/quote quotes?
      # - target: "$.paths['/checkout/quote'].post"
      #   description: Where the quote tells its price
      #   update:
      #     x-amount-path: "$.pricing.total_cents"
      #     x-amount-unit: minor
      #     x-currency-path: "$.pricing.currency"
      # - target: "$.paths['/checkout'].post"
      #   description: The purchase that POST /checkout/quote quotes
      #   update:
      #     x-purchase-endpoint: true
      #     x-purchase-precheck: "/checkout/quote"
      #     x-amount-path: "$.pricing.total_cents"
      #     x-amount-unit: minor
      #     x-currency-path: "$.pricing.currency"
      #     x-transaction-id-path: "$.order_uuid"
    "#);
    insta::assert_debug_snapshot!(made.questions, @r#"
    [
        Question {
            what: "is POST /checkout the purchase that POST /checkout/quote quotes?",
            place: "overlay.yaml",
            edit: "if so, take the comment signs off the block at the end and check its paths; if not, delete the block.",
        },
    ]
    "#);

    // Without the comment signs the block is the overlay that it promises to be.
    let lines = file(&made, "overlay.yaml").lines().map(|line| match line.strip_prefix("  # ") {
        Some(block) if !block.starts_with("To decide") => format!("  {block}\n"),
        _ => format!("{line}\n"),
    });
    let mut decided = made.clone();
    let text: String = lines.collect();
    decided.files.iter_mut().find(|f| f.path == "overlay.yaml").unwrap().text = text;
    let document = read_back(&decided).document;
    let checkout = document.operation_at("/checkout", uaps_model::Method::Post).unwrap();
    assert_eq!(checkout.node.str_at("x-purchase-precheck"), Some("/checkout/quote"));
    assert_eq!(checkout.node.str_at("x-transaction-id-path"), Some("$.order_uuid"));
}

#[track_caller]
fn check_error(change: impl FnOnce(&mut NewProvider), document: &str, expected: &str) {
    let mut new = provider();
    change(&mut new);
    let error = match render(&new, document).unwrap_err() {
        ScaffoldError::Document { diagnostics, .. } => diagnostics.into_iter().map(|d| d.message).collect(),
        error => error.to_string(),
    };
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_refused() {
    check_error(|_| {}, "a: [", "not well-formed");
    check_error(|_| {}, "", "empty");
    check_error(|_| {}, "swagger: '1.2'\n", "a Swagger 1.2 document");
    check_error(|_| {}, "<html></html>", "no `openapi` and no `swagger` field");
    check_error(|new| new.upstream = "http://api.weather.example".into(), SHOP, "not encrypted");
    check_error(|new| new.name = "  ".into(), SHOP, "`name` is empty");
    check_error(
        |new| (new.has_purchases, new.precheck_pattern) = (true, Some("/estimates".into())),
        SHOP,
        "matches the precheck pattern `/estimates`",
    );
    check_error(|new| (new.has_purchases, new.precheck_pattern) = (true, Some("/".into())), SHOP, "/checkout/quote");
    let header = |new: &mut NewProvider| {
        new.auth.scheme = Some(uaps_model::AuthScheme::Jwt);
        new.auth.name = Some("X-Token".into());
    };
    check_error(header, SHOP, "belong to the scheme apiKey only");
}

#[test]
fn several_kinds_of_proof_are_a_question() {
    let document = "openapi: 3.0.3\ninfo: {title: W, version: '1'}\npaths: {}\nsecurity: [{b: []}]\ncomponents:\n  \
                    securitySchemes:\n    a: {type: oauth2, flows: {}}\n    b: {type: http, scheme: Bearer}\n";
    let made = render(&provider(), document).unwrap();
    assert!(file(&made, "provider.yaml").contains("auth: { scheme: jwt }"));
    assert_eq!(made.questions[0].what, "the document offers 2 kinds of authentication (jwt, oauth2); jwt was taken");
}
