//! `validate`.

use crate::project::{DOCUMENT, MANIFEST, Project};

/// A provider with two faults, one in each file.
fn broken() -> Project {
    let project = Project::with_weather();
    project.write(
        "specs/broken/provider.yaml",
        &MANIFEST.replace("id: weather", "id: broken").replace("scheme: none", "scheme: magic"),
    );
    project.write("specs/broken/openapi.yaml", "openapi: 3.0.3\npaths: [\n");
    project
}

#[test]
fn a_valid_provider_has_nothing_to_say() {
    insta::assert_snapshot!(Project::with_weather().validate(&[]).all(), @"");
}

#[test]
fn an_empty_folder_says_how_to_begin() {
    insta::assert_snapshot!(Project::new().validate(&[]).all(), @"");
}

#[test]
fn all_findings_of_all_providers_come_in_one_run() {
    let project = broken();
    project.write("specs/unnamed/provider.yaml", &MANIFEST.replace("id: weather", "id: unnamed"));
    project.write("specs/unnamed/openapi.yaml", &DOCUMENT.replace("      operationId: get_forecast\n", ""));
    project.write("specs/empty/notes.txt", "no provider");
    project.write("specs/lost/provider.yaml", &MANIFEST.replace("id: weather", "id: lost"));
    project.write("specs/.hidden/notes.txt", "not looked at");
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).all(), @"");
}

#[test]
fn only_the_named_ones_are_checked() {
    let project = broken();
    project.validate(&["weather"]).expect(0);
    project.validate(&["broken"]).expect(1);
    project.validate(&["weather", "broken"]).expect(1);
}

#[test]
fn full_findings_show_the_line() {
    insta::assert_snapshot!(broken().validate(&["broken"]).stdout, @"");
}

#[test]
fn programs_get_whole_documents() {
    for format in ["json", "sarif"] {
        for project in [broken(), Project::with_weather()] {
            let run = project.validate(&["--format", format]);
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(&run.stdout);
            assert!(parsed.is_ok(), "{format}: {}", run.stdout);
        }
    }
    let run = broken().validate(&["--format", "github"]).expect(1);
    assert!(run.stdout.lines().all(|line| line.starts_with("::error ")), "{}", run.stdout);
}

#[test]
fn a_huge_document_is_refused_at_once() {
    let project = Project::with_weather();
    project.write("specs/weather/openapi.yaml", &"x".repeat(50 << 20));
    let start = std::time::Instant::now();
    let run = project.validate(&["--format", "concise"]).expect(1);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    insta::assert_snapshot!(run.stdout, @"");
}

#[test]
fn text_that_is_none_is_a_finding() {
    let project = Project::with_weather();
    std::fs::write(project.path("specs/weather/openapi.yaml"), b"openapi: \xff").unwrap();
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).expect(1).stdout, @"");
}

#[test]
fn a_manifest_does_not_lead_out_of_its_folder() {
    let project = Project::with_weather();
    project.write("specs/secret.yaml", DOCUMENT);
    project.write("specs/weather/provider.yaml", &MANIFEST.replace("openapi.yaml", "../secret.yaml"));
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).expect(1).stdout, @"");
}
