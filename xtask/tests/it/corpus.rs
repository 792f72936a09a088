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
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"a-good.yaml","first_error":null,"flaws":0,"openapi":"3.0.3","operations":1,"seconds":0,"tools":1}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"b-json.json","first_error":null,"flaws":0,"openapi":"3.0.3","operations":1,"seconds":0,"tools":1}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":0,"file":"c-swagger.yml","first_error":null,"flaws":0,"openapi":"2.0","operations":3,"seconds":0,"tools":3}
    {"client_checks":null,"client_generated":null,"client_operations":null,"errors":1,"file":"d-broken.yaml","first_error":"d-broken.yaml:3:1: UAPS001 this is not well-formed YAML: while parsing a node, did not find expected node content","flaws":0,"openapi":null,"operations":0,"seconds":0,"tools":0}
    "#);
    assert!(run.stderr.ends_with("3 of 4 documents came through\n"), "{}", run.stderr);
}

#[test]
fn a_table_for_people() {
    let run = project().run(&["corpus", "docs"]).expect(1);
    assert!(
        run.stdout.starts_with("file           openapi  operations  tools  errors  seconds  first error\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.lines().any(|line| line.starts_with("4 documents")), "{}", run.stdout);
    assert!(run.stdout.contains("\noperations that are tools   5 of 5\n"), "{}", run.stdout);
}

#[test]
fn a_part_and_a_name_choose_documents() {
    let project = project();
    let names = |arguments: &[&str]| {
        let run = project.run(&[&["corpus", "docs", "--format", "json"], arguments].concat());
        rows(&run.stdout).iter().map(|row| row["file"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["--only", "a-good", "--only", "d-broken.yaml"]), ["a-good.yaml", "d-broken.yaml"]);
    let mut all: Vec<String> = ["1/3", "2/3", "3/3"].iter().flat_map(|part| names(&["--part", part])).collect();
    all.sort();
    assert_eq!(all, ["a-good.yaml", "b-json.json", "c-swagger.yml", "d-broken.yaml"]);
    let run = project.run(&["corpus", "docs", "--only", "e-missing"]).expect(2);
    assert!(run.stderr.contains("holds no document `e-missing`"), "{}", run.stderr);
}

/// The clients of four documents, as one run has them.
fn check_clients() {
    let run = project().run(&["corpus", "docs", "--clients", "--format", "json"]).expect(1);
    let rows = rows(&run.stdout);
    for row in &rows[..3] {
        assert_eq!(
            (&row["client_generated"], &row["client_checks"], &row["client_warnings"]),
            (&Value::Bool(true), &Value::Bool(true), &0.into()),
            "{row}"
        );
        for count in ["client_operations", "oracle_operations", "oracle_agree", "answers_read"] {
            assert_eq!(row[count], row["operations"], "{count} of {row}");
        }
        assert!(row["client_lines"].as_u64().is_some_and(|lines| lines > 100), "{row}");
        assert!(row["oracle_requests"].as_u64() >= row["operations"].as_u64(), "{row}");
    }
    assert_eq!(rows[3]["client_generated"], false);
    assert_eq!(rows[3]["client_operations"], 0);
}

#[test]
fn clients_are_compiled_and_send_what_the_gateway_sends_also_in_two_runs_at_once() {
    let other = std::thread::spawn(check_clients);
    check_clients();
    other.join().unwrap();
}

#[test]
fn without_the_oracle_cargo_only_checks() {
    let arguments = ["corpus", "docs", "--clients", "--no-oracle", "--only", "a-good", "--format", "json"];
    let run = project().run(&arguments).expect(0);
    let rows = rows(&run.stdout);
    assert_eq!(rows[0]["client_checks"], true);
    assert_eq!(rows[0].get("oracle_operations"), None);
}
