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
    insta::assert_snapshot!(Project::with_weather().validate(&[]).all(), @r#"
    0
    --- stdout
    --- stderr
    checked 1 provider: 0 errors, 0 warnings
    "#);
}

#[test]
fn an_empty_folder_says_how_to_begin() {
    insta::assert_snapshot!(Project::new().validate(&[]).all(), @r#"
    0
    --- stdout
    --- stderr
    there is no provider in specs; add one with `cargo xtask scaffold-provider`
    "#);
}

#[test]
fn all_findings_of_all_providers_come_in_one_run() {
    let project = broken();
    project.write("specs/unnamed/provider.yaml", &MANIFEST.replace("id: weather", "id: unnamed"));
    project.write("specs/unnamed/openapi.yaml", &DOCUMENT.replace("      operationId: get_forecast\n", ""));
    project.write("specs/empty/notes.txt", "no provider");
    project.write("specs/lost/provider.yaml", &MANIFEST.replace("id: weather", "id: lost"));
    project.write("specs/.hidden/notes.txt", "not looked at");
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).all(), @r#"
    1
    --- stdout
    specs/broken/provider.yaml:6:17: UAPS006[manifest] `auth.scheme` must be none, apiKey, oauth2, jwt or custom
    specs/broken/openapi.yaml:3:1: UAPS001[syntax] this is not well-formed YAML: while parsing a node, did not find expected node content
    specs/empty/provider.yaml:1:1: UAPS006[manifest] the provider `empty` has no provider.yaml
    specs/lost/provider.yaml:7:12: UAPS006[manifest] there is no file specs/lost/openapi.yaml
    specs/unnamed/openapi.yaml:4:1: UAPS401[service-facts-missing] `x-services` has no entry for `unnamed`
    specs/unnamed/openapi.yaml:5:3: warning: UAPS403[service-facts-foreign] `weather` is not the id of this provider, which is `unnamed`
    specs/unnamed/openapi.yaml:12:5: UAPS101[operation-id-missing] GET /forecast/{city} has no `operationId`
    --- stderr
    checked 5 providers: 6 errors, 1 warning
    "#);
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
    insta::assert_snapshot!(broken().validate(&["broken"]).stdout, @r#"
    error[UAPS006 manifest]: `auth.scheme` must be none, apiKey, oauth2, jwt or custom
     --> specs/broken/provider.yaml:6:17
      |
    6 | auth: { scheme: magic }
      |                 ^^^^^
      |
      = help: write `custom` if the provider has a way of its own

    error[UAPS001 syntax]: this is not well-formed YAML: while parsing a node, did not find expected node content
     --> specs/broken/openapi.yaml:3:1
      |
    3 |
      | ^
      |
      = help: check indentation, quotes, brackets and tabs on this line and those above
    "#);
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
    insta::assert_snapshot!(run.stdout, @r#"specs/weather/openapi.yaml:1:1: UAPS002[too-large] this file has more than 32 MiB, the limit of a document"#);
}

#[test]
fn text_that_is_none_is_a_finding() {
    let project = Project::with_weather();
    std::fs::write(project.path("specs/weather/openapi.yaml"), b"openapi: \xff").unwrap();
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).expect(1).stdout, @r#"specs/weather/openapi.yaml:1:1: UAPS001[syntax] this file is no UTF-8 text, from byte 9 on"#);
}

#[test]
fn a_manifest_does_not_lead_out_of_its_folder() {
    let project = Project::with_weather();
    project.write("specs/secret.yaml", DOCUMENT);
    project.write("specs/weather/provider.yaml", &MANIFEST.replace("openapi.yaml", "../secret.yaml"));
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).expect(1).stdout, @r#"specs/weather/provider.yaml:7:12: UAPS006[manifest] `endpoints: ../secret.yaml` must name a .yaml or .json file beside the manifest"#);
}
