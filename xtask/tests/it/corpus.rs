//! `corpus`.

use crate::project::{DOCUMENT, Project};
use serde_json::Value;

fn project() -> Project {
    let project = Project::new();
    project.write("docs/a-good.yaml", DOCUMENT);
    project.write("docs/b-json.json", r#"{"openapi": "3.0.3", "info": {"title": "J", "version": "1"}, "paths": {"/x": {"get": {"responses": {"200": {"description": "ok"}}}}}}"#);
    project.write("docs/c-swagger.yml", "swagger: '2.0'\npaths: {/a: {get: {}}, /b: {get: {}, post: {}}}\n");
    project.write("docs/d-broken.yaml", "openapi: 3.0.3\npaths: [\n");
    project.write("docs/readme.txt", "not looked at");
    project
}

fn rows(stdout: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for row in &mut rows {
        assert!(row["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0), "{row}");
        row["seconds"] = 0.into();
    }
    rows
}

#[test]
fn a_line_of_json_each() {
    let run = project().run(&["corpus", "docs", "--format", "json"]).expect(1);
    let lines: Vec<_> = rows(&run.stdout).iter().map(Value::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"a-good.yaml","first_error":null,"openapi":"3.0.3","operations":1,"seconds":0,"tools":1}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"b-json.json","first_error":null,"openapi":"3.0.3","operations":1,"seconds":0,"tools":1}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"c-swagger.yml","first_error":null,"openapi":"2.0","operations":3,"seconds":0,"tools":3}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":1,"file":"d-broken.yaml","first_error":"d-broken.yaml:3:1: UAPS001 this is not well-formed YAML: while parsing a node, did not find expected node content","openapi":null,"operations":0,"seconds":0,"tools":0}
    "#);
    insta::assert_snapshot!(run.stderr, @"3 of 4 documents came through");
}

#[test]
fn a_table_for_people() {
    let run = project().run(&["corpus", "docs"]).expect(1);
    assert!(
        run.stdout.starts_with("file           openapi  operations  tools  errors  seconds  first error\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.lines().last().is_some_and(|line| line.starts_with("4 documents")), "{}", run.stdout);
}

#[test]
fn clients_are_generated_and_checked() {
    let run = project().run(&["corpus", "docs", "--clients", "--format", "json"]).expect(1);
    let rows = rows(&run.stdout);
    for row in &rows[..3] {
        assert_eq!(
            (&row["client_generated"], &row["client_checks"]),
            (&Value::Bool(true), &Value::Bool(true)),
            "{row}"
        );
        assert_eq!(row["client_operations"], row["operations"], "{row}");
    }
    assert_eq!(rows[3]["client_generated"], false);
    assert_eq!(rows[3]["client_operations"], 0);
}
