//! `scaffold-provider`.

use crate::project::{DOCUMENT, Project, is_empty};
use crate::server::{answer, serve};

/// Nothing may come of it: the status, the words, and no trace on the disk.
#[track_caller]
fn check_refused(id: &str, document: &str, more: &[&str], status: i32, expected: &str) {
    let project = Project::new();
    project.write("document.yaml", DOCUMENT);
    let run = project.scaffold(id, document, more).expect(status);
    let all = run.all();
    assert!(all.contains(expected), "{all}");
    assert!(is_empty(&project.path("specs")), "{all}");
}

#[test]
fn a_new_provider_is_valid_at_once() {
    let project = Project::new();
    project.write("document.yaml", DOCUMENT);
    insta::assert_snapshot!(project.scaffold("weather", "document.yaml", &["--tag", "rain", "--tag", "sun"]).all(), @r#"
    0
    --- stdout
    --- stderr
    wrote specs/weather with 4 files and 1 operation
    it is valid; next: cargo xtask gen weather --specs specs
    "#);
    let names: Vec<_> = project.tree("specs/weather").into_keys().map(|p| p.display().to_string()).collect();
    insta::assert_debug_snapshot!(names, @r#"
    [
        "specs/weather/README.md",
        "specs/weather/examples/get_forecast.json",
        "specs/weather/openapi.yaml",
        "specs/weather/provider.yaml",
    ]
    "#);
    assert_eq!(project.read("specs/weather/openapi.yaml"), DOCUMENT);
    insta::assert_snapshot!(project.read("specs/weather/examples/get_forecast.json"), @r#"
    {
      "answer": {
        "body": {
          "celsius": 21.5
        },
        "content_type": "application/json",
        "status": 200
      },
      "call": {
        "parameters": {
          "city": "Oslo"
        }
      },
      "service": "weather",
      "tool": "get_forecast"
    }
    "#);
    project.validate(&[]).expect(0);
}

#[test]
fn a_document_without_ids_is_mended() {
    let project = Project::new();
    project.write(
        "document.yaml",
        &DOCUMENT.replace("      operationId: get_forecast\n", "").replace("required: true, ", ""),
    );
    project.scaffold("weather", "document.yaml", &[]).expect(0);
    project.validate(&[]).expect(0);
}

#[test]
fn what_only_a_person_can_mend_is_told_and_kept() {
    let project = Project::new();
    project.write(
        "document.yaml",
        &DOCUMENT.replace(
            "      operationId: get_forecast\n",
            "      operationId: get_forecast\n      x-usage-fee-cents: -1\n",
        ),
    );
    let run = project.scaffold("weather", "document.yaml", &[]).expect(1);
    assert!(run.stdout.contains("UAPS406"), "{}", run.all());
    assert!(run.stderr.contains("mend the errors above"), "{}", run.all());
    project.validate(&[]).expect(1);
}

#[test]
fn what_leads_nowhere_is_left_out_and_asked_for() {
    let project = Project::new();
    project.write(
        "document.yaml",
        &DOCUMENT
            .replace("name: city", "name: town")
            .replace("{city}", "{town}/{town}")
            .replace("schema: { type: string }", "schema: { $ref: '#/nowhere' }"),
    );
    let run = project.scaffold("weather", "document.yaml", &[]).expect(0);
    assert!(run.stdout.contains("decide: the document refers to `#/nowhere`, which it does not have"), "{}", run.all());
    project.validate(&[]).expect(0);
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::with_weather();
    let before = project.tree("specs");
    let run = project.scaffold("weather", "specs/weather/openapi.yaml", &[]).expect(2);
    insta::assert_snapshot!(run.stderr, @r#"error: specs/weather exists already, and nothing is overwritten; choose another --id, or edit it there"#);
    assert_eq!(project.tree("specs"), before);

    project.write("specs/taken", "a file");
    project.scaffold("taken", "specs/weather/openapi.yaml", &[]).expect(2);
    assert_eq!(project.read("specs/taken"), "a file");
}

#[test]
fn ids_that_are_no_ids() {
    for id in ["../x", "/etc", "Weather", "a", "a--b", "%2e%2e", "wea ther", ""] {
        check_refused(id, "document.yaml", &[], 2, "--id");
    }
    check_refused("health", "document.yaml", &[], 2, "is reserved");
    check_refused("admin", "document.yaml", &[], 2, "is reserved");
}

#[test]
fn flags_that_do_not_fit() {
    check_refused("weather", "document.yaml", &["--precheck-pattern", "/quote"], 2, "--has-purchases");
    let selling = ["--has-purchases", "--precheck-pattern", "/quote"];
    check_refused("weather", "document.yaml", &selling, 2, "no operation's path matches the precheck pattern `/quote`");
    check_refused(
        "weather",
        "document.yaml",
        &["--auth", "jwt", "--auth-name", "X-Key"],
        2,
        "belong to the scheme apiKey",
    );
    check_refused(
        "weather",
        "document.yaml",
        &["--auth", "magic"],
        2,
        "[possible values: none, apiKey, oauth2, jwt, custom]",
    );
}

#[test]
fn every_flag_reaches_the_files() {
    let project = Project::new();
    project.write("document.yaml", DOCUMENT);
    let flags = "--category weather --description Rain --tag a --auth apiKey --auth-in query --auth-name appid \
                 --pricing-model Dear --flow Slow --response-time Late";
    project.scaffold("forecasts", "document.yaml", &flags.split_whitespace().collect::<Vec<_>>()).expect(0);
    let manifest = project.read("specs/forecasts/provider.yaml");
    for line in
        ["category: weather", "description: Rain", "tags: [a]", "auth: { scheme: apiKey, in: query, name: appid }"]
    {
        assert!(manifest.contains(&format!("\n{line}\n")), "{manifest}");
    }
    let overlay = project.read("specs/forecasts/overlay.yaml");
    for line in ["description: Rain", "flow: Slow", "pricing_model: Dear", "typical_response_time: Late"] {
        assert!(overlay.contains(line), "{overlay}");
    }
}

#[test]
fn a_suggested_pair_holds_once_a_person_agrees() {
    let project = Project::new();
    project.write("document.yaml", SHOP);
    let run = project.scaffold("shop", "document.yaml", &["--has-purchases", "--precheck-pattern", "/quote"]).expect(0);
    insta::assert_snapshot!(run.stdout, @r"
    decide: is POST /checkout the purchase that POST /checkout/quote quotes?
     where: specs/shop/overlay.yaml
      edit: if so, take the comment signs off the block at the end and check its paths; if not, delete the block. No currency stands beside the price; USD is a guess.
    ");
    project.validate(&[]).expect(0);

    let overlay = project.read("specs/shop/overlay.yaml");
    let agreed = overlay.replace("  # To decide", "  ## To decide").replace("  # ", "  ");
    project.write("specs/shop/overlay.yaml", &agreed);
    project.validate(&[]).expect(0);
    let files = project.generate(&["--dry-run"]).expect(0);
    assert!(files.stdout.contains("out/catalog/shop.json"), "{}", files.all());
}

#[test]
fn a_pair_is_found_without_a_pattern() {
    let project = Project::new();
    project.write("document.yaml", SHOP);
    let run = project.scaffold("shop", "document.yaml", &["--has-purchases"]).expect(0);
    assert!(run.stdout.contains("is POST /checkout the purchase that POST /checkout/quote quotes?"), "{}", run.all());
    project.validate(&[]).expect(0);
    let overlay = project.read("specs/shop/overlay.yaml");
    assert!(!overlay.contains("\n    update:\n      x-purchase"), "nothing about money is sure: {overlay}");
    project.write("specs/shop/overlay.yaml", &overlay.replace("  # To decide", "  ## To decide").replace("  # ", "  "));
    project.validate(&[]).expect(0);
}

const SHOP: &str = r##"openapi: 3.0.3
info: { title: Shop, version: "1" }
servers: [ { url: https://api.weather.example } ]
paths:
  /checkout/quote:
    post:
      operationId: quote
      requestBody: &basket
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Basket" } } }
      responses:
        "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Price" } } } }
  /checkout:
    post:
      operationId: checkout
      requestBody: *basket
      responses:
        "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
components:
  schemas:
    Basket: { type: object, properties: { items: { type: array, items: { type: string } } } }
    Price:
      type: object
      required: [total_cents]
      properties: { total_cents: { type: integer } }
    Order:
      type: object
      required: [order_uuid, total_cents]
      properties: { order_uuid: { type: string }, total_cents: { type: integer } }
"##;

#[test]
fn documents_that_are_none() {
    check_refused("weather", "missing.yaml", &[], 2, "missing.yaml can't be read");
    check_refused("weather", "specs", &[], 2, "specs can't be read");
    check_refused("weather", "ftp://x.example/openapi.yaml", &[], 2, "use https://");
    check_refused("weather", "http://x.example/openapi.yaml", &[], 2, "not encrypted");
    let project = Project::new();
    for (text, status, expected) in [
        ("a: [", 1, "UAPS001"),
        ("", 1, "UAPS001"),
        ("swagger: '1.2'", 1, "UAPS004"),
        ("<!DOCTYPE html><html></html>", 2, "is a web page (HTML)"),
    ] {
        project.write("document.yaml", text);
        let run = project.scaffold("weather", "document.yaml", &[]).expect(status);
        assert!(run.all().contains(expected), "{}", run.all());
    }
    project.write("document.yaml", &"x".repeat(50 << 20));
    let run = project.scaffold("weather", "document.yaml", &[]).expect(2);
    assert!(run.stderr.contains("50 MiB, more than the limit of 32 MiB"), "{}", run.stderr);
    assert!(is_empty(&project.path("specs")));
}

#[test]
fn a_url_is_fetched_and_remembered() {
    let base = serve(|path| match path {
        "/moved" => answer("302 Found", "Location: /openapi.yaml\r\n", ""),
        _ => answer("200 OK", "Content-Type: text/plain\r\n", DOCUMENT),
    });
    let project = Project::new();
    project.scaffold("weather", &format!("{base}/moved"), &[]).expect(0);
    assert_eq!(project.read("specs/weather/openapi.yaml"), DOCUMENT);
    assert!(project.read("specs/weather/provider.yaml").contains(&format!("url: \"{base}/moved\"")));
}

#[test]
fn answers_that_are_no_document() {
    let base = serve(|path| match path {
        "/page" => {
            answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<!doctype html>\n<title>Sign in</title>")
        }
        "/disguised" => answer("200 OK", "Content-Type: application/json\r\n", " <HTML><body>Sign in</body></HTML>"),
        "/elsewhere" => answer("301 Moved", "Location: https://other.example/openapi.yaml\r\n", ""),
        "/port" => answer("307 Moved", "Location: http://127.0.0.1:9/openapi.yaml\r\n", ""),
        "/loop" => answer("302 Found", "Location: /loop\r\n", ""),
        "/binary" => b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na: \xff".to_vec(),
        "/cut" => b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\nopenapi: 3.0.3".to_vec(),
        "/huge" => answer("200 OK", "", &"x".repeat(33 << 20)),
        _ => answer("404 Not Found", "", "no"),
    });
    let check = |path: &str, expected: &str| check_refused("weather", &format!("{base}{path}"), &[], 2, expected);
    check("/page", "answered a web page (HTML)");
    check("/disguised", "answered a web page (HTML)");
    check("/elsewhere", "redirects to another host, other.example");
    check("/port", "redirects to another host, 127.0.0.1:9");
    check("/loop", "redirects more than 5 times");
    check("/binary", "no UTF-8 text, from byte 3 on");
    check("/cut", "could not be fetched");
    check("/huge", "more than 32 MiB");
    check("/missing", "answered 404 Not Found");
    check_refused("weather", "http://127.0.0.1:9/x", &[], 2, "could not be fetched");
    check_refused("weather", "https://me:hunter2@127.0.0.1/x", &[], 2, "https://…@127.0.0.1/x");
}
