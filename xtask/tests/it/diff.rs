//! `diff`: against a folder, and against a revision.

use crate::project::{DOCUMENT, MANIFEST, Project};
use std::process::Command;

/// A project with two folders of providers, `old` and `specs`.
fn project(edit: (&str, &str)) -> Project {
    let project = Project::with_weather();
    project.write("old/weather/provider.yaml", MANIFEST);
    project.write("old/weather/openapi.yaml", DOCUMENT);
    assert!(DOCUMENT.contains(edit.0));
    project.write("specs/weather/openapi.yaml", &DOCUMENT.replace(edit.0, edit.1));
    project
}

fn diff(project: &Project, arguments: &[&str]) -> crate::project::Run {
    project.run(&[&["diff", "--specs", "specs"], arguments].concat())
}

#[test]
fn against_a_folder() {
    let same = project(("paths:", "paths:"));
    insta::assert_snapshot!(diff(&same, &["--against", "old"]).expect(0).all(), @"
    0
    --- stdout
    --- stderr
    0 changes against old: 0 breaking (0 allowed), 0 compatible; version bump: none
    ");
    let renamed = project(("operationId: get_forecast", "operationId: read_forecast"));
    insta::assert_snapshot!(diff(&renamed, &["--against", "old"]).expect(1).all(), @r#"
    1
    --- stdout
    weather: 1 breaking, 0 compatible; the next version is a major one

      breaking[15d5a039ac3a tool-renamed]: the tool `get_forecast` is called `read_forecast` now
        in GET /forecast/{city} (get_forecast) at /tool
        get_forecast -> read_forecast

    To allow a breaking change, give a reason for it in specs/diff-allow.yaml:

      allow:
        - { fingerprint: "15d5a039ac3a", reason: "…" }

    --- stderr
    1 change against old: 1 breaking (0 allowed), 0 compatible; version bump: major
    "#);
}

#[test]
fn an_allowed_change_has_a_reason() {
    let project = project(("operationId: get_forecast", "operationId: read_forecast"));
    let rows: serde_json::Value =
        serde_json::from_str(&diff(&project, &["--against", "old", "--format", "json"]).expect(1).stdout).unwrap();
    let entries: String = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["effect"] == "breaking")
        .map(|row| format!("  - {{ fingerprint: {}, reason: The old name was never used }}\n", row["fingerprint"]))
        .collect();
    project.write("specs/diff-allow.yaml", &format!("allow:\n{entries}"));
    diff(&project, &["--against", "old"]).expect(0);
    project.write(
        "specs/diff-allow.yaml",
        &format!("allow:\n{entries}  - {{ fingerprint: '000000000000', reason: Gone }}\n"),
    );
    let run = diff(&project, &["--against", "old"]).expect(0);
    assert!(
        run.stderr.contains("specs/diff-allow.yaml") && run.stderr.contains("matches no breaking change"),
        "{}",
        run.all()
    );
    // What is said of the list never stands between changes that a program reads.
    let run = diff(&project, &["--against", "old", "--format", "json"]).expect(0);
    serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
    for (list, said) in [
        ("- a", "the list is a list, and no object"),
        ("allow: { a: 1 }", "`allow` is an object, and no list"),
        ("allow:\n  - { fingerprint: '000000000000', reason: Gone, until: 2030 }", "an entry has no field `until`"),
    ] {
        project.write("specs/diff-allow.yaml", list);
        let run = diff(&project, &["--against", "old"]).expect(1);
        assert!(run.stderr.contains(said), "{}", run.all());
    }
    project.write(
        "specs/diff-allow.yaml",
        &entries.replace(", reason: The old name was never used", "").replace("  - ", "allow:\n  - "),
    );
    let run = diff(&project, &["--against", "old"]).expect(1);
    assert!(run.stderr.contains("without a reason"), "{}", run.all());
}

#[test]
fn against_a_revision() {
    let project = Project::with_weather();
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(project.path(""))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "--quiet"]);
    git(&["add", "specs"]);
    git(&["commit", "--quiet", "-m", "first"]);
    let status = git(&["status", "--porcelain"]);
    diff(&project, &["--against", "HEAD"]).expect(0);
    project.write(
        "specs/weather/openapi.yaml",
        &DOCUMENT.replace("operationId: get_forecast", "operationId: read_forecast"),
    );
    let run = diff(&project, &["--against", "HEAD", "--format", "concise"]).expect(1);
    assert!(run.stdout.contains("tool-renamed"), "{}", run.all());
    project.write("specs/weather/openapi.yaml", DOCUMENT);
    assert_eq!(git(&["status", "--porcelain"]), status, "nothing of the user's is touched");
}

#[test]
fn wrong_use() {
    let project = project(("paths:", "paths:"));
    let said = |arguments: &[&str]| diff(&project, arguments).expect(2).stderr;
    assert!(said(&["--against", "no-such-revision"]).contains("neither a folder nor a revision"));
    assert!(said(&["--against=--all"]).contains("is no revision"));
    assert!(said(&["--against", "old", "wether"]).contains("no provider `wether`"));
}

#[test]
fn a_side_that_does_not_compile_is_told_and_the_rest_compared() {
    let project = project(("operationId: get_forecast", "operationId: read_forecast"));
    project.write("old/broken/provider.yaml", &MANIFEST.replace("id: weather", "id: broken"));
    project.write("old/broken/openapi.yaml", "paths: [");
    let run = diff(&project, &["--against", "old", "--format", "concise"]).expect(1);
    assert!(run.stdout.contains("service-not-comparable") && run.stdout.contains("tool-renamed"), "{}", run.all());
}
