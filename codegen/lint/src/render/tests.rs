//! Every format on the same findings.

mod places;

use super::*;
use crate::testing::{MANIFEST, complete, run};
use insta::assert_snapshot;

const TEXT: &str = "\
paths:
  /rides/{ride_id}:
    get:
      operationId: rides/get
      x-usage-fee-cent: 2
      parameters: [{ name: ride_id, in: path, schema: { type: string } }]
      responses: { \"200\": { description: A ride } }
  /cars:
    get: { operationId: \"rides/get\", responses: { \"200\": { description: Cars } } }
";

#[track_caller]
fn check(format: Format) -> String {
    let (sources, _, diagnostics) = run(MANIFEST, &complete(TEXT));
    render(format, &sources, &diagnostics, false)
}

#[test]
fn full() {
    assert_snapshot!(check(Format::Full), @r#"
    error[UAPS103 operation-id-illegal]: the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name
     --> openapi.yaml:4:20
      |
    4 |       operationId: rides/get
      |                    ^^^^^^^^^
      |
    fix: rename it `rides_get`
      |
    4 -       operationId: rides/get
    4 +       operationId: rides_get
      |

    error[UAPS404 extension-misspelt]: `x-usage-fee-cent` is no key of UAPS-1; did you mean `x-usage-fee-cents`?
     --> openapi.yaml:5:7
      |
    5 |       x-usage-fee-cent: 2
      |       ^^^^^^^^^^^^^^^^
      |
    fix: write `x-usage-fee-cents`
      |
    5 |       x-usage-fee-cents: 2
      |                       +

    error[UAPS204 path-parameter-optional]: the path parameter `ride_id` is not `required: true`
     --> openapi.yaml:6:28
      |
    6 |       parameters: [{ name: ride_id, in: path, schema: { type: string } }]
      |                            ^^^^^^^
      |
    fix: add `required: true`
      |
    6 |       parameters: [{ required: true, name: ride_id, in: path, schema: { type: string } }]
      |                      +++++++++++++++

    error[UAPS102 operation-id-duplicate]: GET /rides/{ride_id} and GET /cars are both called `rides/get`
     --> openapi.yaml:9:25
      |
    9 |     get: { operationId: "rides/get", responses: { "200": { description: Cars } } }
      |                         ^^^^^^^^^^^
     ::: openapi.yaml:4:20
      |
    4 |       operationId: rides/get
      |                    --------- the first one
      |
      = help: write `operationId: <a name of its own>` in this operation

    error[UAPS103 operation-id-illegal]: the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name
     --> openapi.yaml:9:25
      |
    9 |     get: { operationId: "rides/get", responses: { "200": { description: Cars } } }
      |                         ^^^^^^^^^^^
      |
      = help: write `operationId: <another name>` in this operation
    "#);
}

#[test]
fn concise() {
    assert_snapshot!(check(Format::Concise), @"
    openapi.yaml:4:20: UAPS103[operation-id-illegal] the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name
    openapi.yaml:5:7: UAPS404[extension-misspelt] `x-usage-fee-cent` is no key of UAPS-1; did you mean `x-usage-fee-cents`?
    openapi.yaml:6:28: UAPS204[path-parameter-optional] the path parameter `ride_id` is not `required: true`
    openapi.yaml:9:25: UAPS102[operation-id-duplicate] GET /rides/{ride_id} and GET /cars are both called `rides/get`
    openapi.yaml:9:25: UAPS103[operation-id-illegal] the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name
    ");
}

#[test]
fn json() {
    let (sources, _, mut diagnostics) = run(MANIFEST, &complete(TEXT));
    diagnostics.retain(|diagnostic| ["UAPS102", "UAPS204"].contains(&diagnostic.code.id));
    assert_snapshot!(render(Format::Json, &sources, &diagnostics, false), @r#"
    [
      {
        "code": "UAPS204",
        "column": 28,
        "end_column": 35,
        "end_line": 6,
        "file": "openapi.yaml",
        "fix": {
          "file": "openapi.yaml",
          "range": {
            "column": 22,
            "end_column": 22,
            "end_line": 6,
            "line": 6
          },
          "replacement": "required: true, ",
          "title": "add `required: true`"
        },
        "help": null,
        "label": null,
        "line": 6,
        "message": "the path parameter `ride_id` is not `required: true`",
        "name": "path-parameter-optional",
        "related": [],
        "severity": "error"
      },
      {
        "code": "UAPS102",
        "column": 25,
        "end_column": 36,
        "end_line": 9,
        "file": "openapi.yaml",
        "fix": null,
        "help": "write `operationId: <a name of its own>` in this operation",
        "label": null,
        "line": 9,
        "message": "GET /rides/{ride_id} and GET /cars are both called `rides/get`",
        "name": "operation-id-duplicate",
        "related": [
          {
            "column": 20,
            "end_column": 29,
            "end_line": 4,
            "file": "openapi.yaml",
            "line": 4,
            "message": "the first one"
          }
        ],
        "severity": "error"
      }
    ]
    "#);
}

#[test]
fn github() {
    assert_snapshot!(check(Format::Github), @"
    ::error file=openapi.yaml,line=4,col=20,endColumn=28,title=UAPS103 operation-id-illegal::the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name%0Afix: rename it `rides_get`
    ::error file=openapi.yaml,line=5,col=7,endColumn=22,title=UAPS404 extension-misspelt::`x-usage-fee-cent` is no key of UAPS-1; did you mean `x-usage-fee-cents`?%0Afix: write `x-usage-fee-cents`
    ::error file=openapi.yaml,line=6,col=28,endColumn=34,title=UAPS204 path-parameter-optional::the path parameter `ride_id` is not `required: true`%0Afix: add `required: true`
    ::error file=openapi.yaml,line=9,col=25,endColumn=35,title=UAPS102 operation-id-duplicate::GET /rides/{ride_id} and GET /cars are both called `rides/get`%0Aopenapi.yaml:4:20: the first one%0Ahelp: write `operationId: <a name of its own>` in this operation
    ::error file=openapi.yaml,line=9,col=25,endColumn=35,title=UAPS103 operation-id-illegal::the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name%0Ahelp: write `operationId: <another name>` in this operation
    ");
}

#[test]
fn sarif() {
    let log: serde_json::Value = serde_json::from_str(&check(Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| !rule["help"]["markdown"].as_str().unwrap().is_empty()));
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_snapshot!(format!("{:#}", run["results"][0]), @r#"
    {
      "fixes": [
        {
          "artifactChanges": [
            {
              "artifactLocation": {
                "uri": "openapi.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "replacements": [
                {
                  "deletedRegion": {
                    "endColumn": 29,
                    "endLine": 4,
                    "startColumn": 20,
                    "startLine": 4
                  },
                  "insertedContent": {
                    "text": "rides_get"
                  }
                }
              ]
            }
          ],
          "description": {
            "text": "rename it `rides_get`"
          }
        }
      ],
      "level": "error",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "openapi.yaml",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 29,
              "endLine": 4,
              "startColumn": 20,
              "startLine": 4
            }
          }
        }
      ],
      "message": {
        "text": "the operationId `rides/get` may hold only letters, digits, `_` and `-` to serve as a tool name"
      },
      "partialFingerprints": {
        "finding/v1": "1dd5861f3d5bd1a4a3473d81d849945d"
      },
      "ruleId": "UAPS103",
      "ruleIndex": 12
    }
    "#);
}

#[test]
fn nothing_found() {
    let sources = Sources::default();
    for (format, text) in [(Format::Full, ""), (Format::Concise, ""), (Format::Json, "[]\n"), (Format::Github, "")] {
        assert_eq!(render(format, &sources, &[], true), text);
    }
    let log: serde_json::Value = serde_json::from_str(&render(Format::Sarif, &sources, &[], true)).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn colour_is_for_terminals() {
    let (sources, _, diagnostics) = run(MANIFEST, &complete(TEXT));
    for format in Format::ALL {
        assert!(!render(format, &sources, &diagnostics, false).contains('\u{1b}'), "{format}");
    }
    for format in [Format::Full, Format::Concise] {
        assert!(render(format, &sources, &diagnostics, true).contains("\u{1b}["), "{format}");
    }
}

#[test]
fn what_a_document_holds_stays_data() {
    let text = "paths:\n  /a: {get: {operationId: \"x\\n::error::y\\e[31m%0A,\", responses: {default: {}}}}\n";
    let (sources, _, diagnostics) = run(MANIFEST, &complete(text));
    assert_snapshot!(render(Format::Concise, &sources, &diagnostics, false), @"openapi.yaml:2:27: UAPS103[operation-id-illegal] the operationId `x ::error::y [31m%0A,` may hold only letters, digits, `_` and `-` to serve as a tool name");
    assert_snapshot!(render(Format::Github, &sources, &diagnostics, false), @"::error file=openapi.yaml,line=2,col=27,endColumn=51,title=UAPS103 operation-id-illegal::the operationId `x%0A::error::y[31m%250A,` may hold only letters, digits, `_` and `-` to serve as a tool name%0Afix: rename it `x_error_y_31m_0_a`");
    assert!(!render(Format::Full, &sources, &diagnostics, false).contains('\u{1b}'));
}

#[test]
fn a_document_on_one_line_stays_readable() {
    let filler = "x".repeat(3000);
    let text = format!(
        "{{\"openapi\":\"3.0.3\",\"info\":{{\"description\":\"{filler}\"}},\"x-services\":{{\"shop\":{{\"description\":\"d\",\"flow\":\"f\",\"pricing_model\":\"p\",\"typical_response_time\":\"t\"}}}},\"paths\":{{\"/a\":{{\"get\":{{\"operationId\":\"a/b\",\"responses\":{{\"200\":{{\"description\":\"{filler}\"}}}}}}}}}}}}"
    );
    let (sources, _, diagnostics) = run(MANIFEST, &text);
    assert_snapshot!(render(Format::Full, &sources, &diagnostics, false), @r#"
    error[UAPS103 operation-id-illegal]: the operationId `a/b` may hold only letters, digits, `_` and `-` to serve as a tool name
     --> openapi.yaml:1:3183
      |
    1 | …e_time":"t"}},"paths":{"/a":{"get":{"operationId":"a/b","responses":{"200":{"description":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      |                                                    ^^^^^
      |
    fix: rename it `a_b`
      |
    1 - …e_time":"t"}},"paths":{"/a":{"get":{"operationId":"a/b","responses":{"200":{"description":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    1 + …e_time":"t"}},"paths":{"/a":{"get":{"operationId":"a_b","responses":{"200":{"description":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      |
    "#);
}

#[test]
fn names_of_formats() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert_eq!(
        "xml".parse::<Format>().unwrap_err().to_string(),
        "`xml` is not a format; use full, concise, json, github, sarif"
    );
}

#[test]
fn a_credential_is_never_shown() {
    let lines = MANIFEST.replace("https://api", "https://me:hunter2@api");
    let inline = format!("{{ {}, more: 1 }}\n", lines.trim_end().replace('\n', ", "));
    for manifest in [lines, inline] {
        let (sources, _, diagnostics) = run(&manifest, &complete(TEXT));
        assert!(diagnostics.iter().any(|d| d.message.contains("holds a credential")), "{diagnostics:?}");
        for format in Format::ALL {
            let text = render(format, &sources, &diagnostics, false);
            assert!(!text.contains("hunter2") && !text.contains("//me"), "{format}: {text}");
        }
    }
}
