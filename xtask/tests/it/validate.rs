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
    let check = |bytes: &[u8]| {
        let project = Project::with_weather();
        std::fs::write(project.path("specs/weather/openapi.yaml"), bytes).unwrap();
        project.validate(&["--format", "full"]).expect(1).stdout
    };
    insta::assert_snapshot!(check(b"openapi: 3.0.3\ninfo: { title: Caf\xe9 }\n"), @"
    error[UAPS001 syntax]: this file is no UTF-8 text: the byte 0xE9 stands here
     --> specs/weather/openapi.yaml:2:19
      |
    2 | info: { title: Caf� }
      |                   ^
      |
      = help: save it as UTF-8; it may be in an older encoding such as Latin-1 or Windows-1252
    ");
    insta::assert_snapshot!(check(b"\xff\xfeo\0p\0e\0n\0"), @r#"
    error[UAPS001 syntax]: this file is UTF-16LE text, and UTF-8 is needed
     --> specs/weather/openapi.yaml:1:1
      |
    1 |
      | ^
      |
      = help: save it as UTF-8: `iconv -f UTF-16LE -t UTF-8`, or your editor's "save with encoding"
    "#);
}

/// Each text of a provider is wrong in its own way, and one provider hides nothing of another.
#[test]
fn nothing_stops_at_the_first() {
    let project = Project::with_weather();
    let manifest = |id: &str| MANIFEST.replace("id: weather", &format!("id: {id}"));
    let overlay = "overlay: 1.0.0\nactions:\n  - { target: $.nowhere, update: {} }\n";
    // Three texts that are wrong: a field, a bracket, a bracket.
    project.write("specs/aa/provider.yaml", &manifest("aa").replace("scheme: none", "scheme: magic"));
    project.write("specs/aa/openapi.yaml", "openapi: 3.0.3\npaths: [\n");
    project.write("specs/aa/overlay.yaml", "overlay: [\n");
    // Texts that can be read and say something wrong.
    project.write("specs/bb/provider.yaml", &manifest("bb").replace("category: information", "categori: information"));
    project.write("specs/bb/openapi.yaml", DOCUMENT);
    project.write("specs/bb/overlay.yaml", overlay);
    // A document that is a folder, beside a wrong manifest and a wrong overlay.
    project.write("specs/cc/provider.yaml", &manifest("cc").replace("name: Weather\n", ""));
    project.write("specs/cc/openapi.yaml/inside.txt", "");
    project.write("specs/cc/overlay.yaml", "overlay: [\n");
    // No manifest, and an overlay that is no text.
    project.write("specs/dd/openapi.yaml", DOCUMENT);
    std::fs::write(project.path("specs/dd/overlay.yaml"), b"\xff").unwrap();
    // An overlay that can't be read, beside a manifest and a document with faults of their own.
    project.write("specs/ee/provider.yaml", &manifest("ee").replace("upstream: https", "upstream: http"));
    project.write("specs/ee/openapi.yaml", "info: {}\n");
    std::fs::write(project.path("specs/ee/overlay.yaml"), b"\xff\xfea\0").unwrap();
    // No document, and a wrong manifest.
    project.write("specs/ff/provider.yaml", &manifest("gg"));
    // A manifest that names no document.
    project.write(
        "specs/gg/provider.yaml",
        &manifest("gg").replace("endpoints: openapi.yaml\n", "").replace("id: gg\n", "id: gg\nid: gg\n"),
    );
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).all(), @"
    1
    --- stdout
    specs/aa/provider.yaml:6:17: UAPS006[manifest] `auth.scheme` must be none, apiKey, oauth2, jwt or custom
    specs/aa/openapi.yaml:3:1: UAPS001[syntax] this is not well-formed YAML: while parsing a node, did not find expected node content
    specs/aa/overlay.yaml:2:1: UAPS001[syntax] this is not well-formed YAML: while parsing a node, did not find expected node content
    specs/bb/provider.yaml:1:1: UAPS006[manifest] the manifest has no `category`
    specs/bb/provider.yaml:4:1: UAPS006[manifest] the manifest has no field `categori`
    specs/bb/overlay.yaml:3:15: UAPS005[overlay] `$.nowhere` matches nothing in the document
    specs/cc/provider.yaml:1:1: UAPS006[manifest] the manifest has no `name`
    specs/cc/openapi.yaml:1:1: UAPS001[syntax] this file can't be read: Is a directory (os error 21)
    specs/cc/overlay.yaml:2:1: UAPS001[syntax] this is not well-formed YAML: while parsing a node, did not find expected node content
    specs/dd/provider.yaml:1:1: UAPS006[manifest] the provider `dd` has no provider.yaml
    specs/dd/overlay.yaml:1:1: UAPS001[syntax] this file is no UTF-8 text: the byte 0xFF stands here
    specs/ee/overlay.yaml:1:1: UAPS001[syntax] this file is UTF-16LE text, and UTF-8 is needed
    specs/ee/provider.yaml:5:11: UAPS006[manifest] the upstream is not encrypted; http:// is accepted for this machine only
    specs/ee/openapi.yaml:1:1: UAPS004[version] this is no OpenAPI document: it has no `openapi` and no `swagger` field
    specs/ff/provider.yaml:1:5: UAPS006[manifest] the id `gg` differs from its folder's name `ff`
    specs/ff/provider.yaml:7:12: UAPS006[manifest] there is no file specs/ff/openapi.yaml
    specs/gg/provider.yaml:2:1: UAPS003[duplicate-key] the key `id` occurs twice in this object
    specs/gg/provider.yaml:1:1: UAPS006[manifest] the manifest has no `endpoints`
    --- stderr
    checked 8 providers: 18 errors, 0 warnings
    ");
}

#[test]
fn exit_statuses() {
    let project = Project::with_weather();
    project.validate(&[]).expect(0);
    project.validate(&["wether"]).expect(2);
    project.validate(&["--format", "xml"]).expect(2);
    project.run(&["validate", "--specs", "nowhere"]).expect(2);
    // A key that occurs twice in the document is a warning, in the manifest an error.
    project
        .write("specs/weather/openapi.yaml", &DOCUMENT.replace("      summary:", "      summary: Old\n      summary:"));
    insta::assert_snapshot!(project.validate(&[]).expect(0).stdout, @"
    warning[UAPS003 duplicate-key]: the key `summary` occurs twice in this object
      --> specs/weather/openapi.yaml:15:7
       |
    15 |       summary: The forecast of a city
       |       ^^^^^^^ this one counts, being the last
      ::: specs/weather/openapi.yaml:14:7
       |
    14 |       summary: Old
       |       ------- this one is not read
       |
       = help: remove or rename one of the two
    ");
    project.write("specs/weather/provider.yaml", &format!("{MANIFEST}name: Other\n"));
    project.validate(&[]).expect(1);
}

#[test]
fn a_manifest_does_not_lead_out_of_its_folder() {
    let project = Project::with_weather();
    project.write("specs/secret.yaml", DOCUMENT);
    project.write("specs/weather/provider.yaml", &MANIFEST.replace("openapi.yaml", "../secret.yaml"));
    insta::assert_snapshot!(project.validate(&["--format", "concise"]).expect(1).stdout, @r#"specs/weather/provider.yaml:7:12: UAPS006[manifest] `endpoints: ../secret.yaml` must name a .yaml or .json file beside the manifest"#);
}
