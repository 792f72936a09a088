//! `gen`.

use crate::project::{DOCUMENT, MANIFEST, Project};
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn from_nothing_to_nothing_to_do() {
    let project = Project::with_weather();
    insta::assert_snapshot!(project.generate(&["--dry-run"]).expect(0).stdout, @r#"
    would write out/catalog/weather.json
    would write out/clients/weather/Cargo.toml
    would write out/clients/weather/src/arguments.rs
    would write out/clients/weather/src/call.rs
    would write out/clients/weather/src/client.rs
    would write out/clients/weather/src/encode.rs
    would write out/clients/weather/src/lib.rs
    would write out/clients/weather/src/types.rs
    would write out/clients/weather/src/wire.rs
    would write out/search/weather.json
    would write out/Cargo.toml
    would write out/src/lib.rs
    would write out/gen.lock
    "#);
    assert!(!project.path("out").exists());

    project.generate(&[]).expect(0);
    let written = project.tree("out");
    let again = Instant::now();
    insta::assert_snapshot!(project.generate(&[]).all(), @r#"
    0
    --- stdout
    --- stderr
    nothing changed: 1 provider up to date
    "#);
    assert!(again.elapsed() < Duration::from_secs(5), "{:?}", again.elapsed());
    assert_eq!(project.tree("out"), written);
    project.generate(&["--check"]).expect(0);

    // From scratch the same bytes come out.
    fs::remove_dir_all(project.path("out")).unwrap();
    project.generate(&[]).expect(0);
    assert_eq!(project.tree("out"), written);
}

#[test]
fn what_a_hand_changed_is_noticed() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let written = project.tree("out");
    let catalog = project.read("out/catalog/weather.json");

    project.write("out/catalog/weather.json", &catalog.replace("tomorrow", "yesterday"));
    project.write("out/clients/weather/src/extra.rs", "// mine");
    fs::remove_file(project.path("out/clients/weather/src/lib.rs")).unwrap();
    let run = project.generate(&["--check"]).expect(1);
    insta::assert_snapshot!(run.stdout, @r#"
    problem: out/catalog/weather.json is out of date
    fix: cargo xtask gen --specs specs --out out
    problem: out/clients/weather/src/lib.rs is missing
    fix: cargo xtask gen --specs specs --out out
    problem: out/clients/weather/src/extra.rs should not be there
    fix: cargo xtask gen --specs specs --out out
    "#);

    let run = project.generate(&[]).expect(0);
    assert!(run.stderr.contains("the output of `weather` was changed by hand"), "{}", run.stderr);
    assert_eq!(project.tree("out"), written);
}

#[test]
fn a_provider_that_is_gone_takes_its_output_with_it() {
    let project = Project::with_weather();
    project.write("specs/second/provider.yaml", &MANIFEST.replace("id: weather", "id: second"));
    project.write("specs/second/openapi.yaml", &DOCUMENT.replace("  weather:\n", "  second:\n"));
    project.generate(&[]).expect(0);
    let both = project.tree("out");
    fs::remove_dir_all(project.path("specs/second")).unwrap();

    let stale = project.generate(&["--check"]).expect(1).stdout;
    assert!(stale.contains("problem: out/catalog/second.json should not be there"), "{stale}");
    project.generate(&[]).expect(0);
    let left = project.tree("out");
    assert!(left.len() < both.len());
    assert!(left.keys().all(|path| !path.display().to_string().contains("second")), "{:?}", left.keys());
    assert!(!project.path("out/clients/second").exists());
    assert!(!project.read("out/src/lib.rs").contains("second"));
}

#[test]
fn one_provider_leaves_the_others_alone() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let weather = project.read("out/catalog/weather.json");
    project.write("specs/second/provider.yaml", &MANIFEST.replace("id: weather", "id: second"));
    project.write("specs/second/openapi.yaml", &DOCUMENT.replace("  weather:\n", "  second:\n"));
    project.write("specs/weather/openapi.yaml", &DOCUMENT.replace("tomorrow", "today"));

    project.generate(&["second"]).expect(0);
    assert_eq!(project.read("out/catalog/weather.json"), weather);
    assert!(project.read("out/src/lib.rs").contains("second"));
    let run = project.generate(&[]).expect(0);
    insta::assert_snapshot!(run.stderr, @r#"
    building the generator of typed clients, where it is not built yet
    compiled 1 of 2 providers: 3 files written, 0 removed
    "#);
    assert!(project.read("out/catalog/weather.json").contains("today"));
}

#[test]
fn a_broken_document_changes_nothing() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let before = project.tree("out");
    project.write("specs/second/provider.yaml", &MANIFEST.replace("id: weather", "id: second"));
    project.write("specs/second/openapi.yaml", "openapi: 3.0.3\npaths: [\n");
    project.write("specs/weather/openapi.yaml", &DOCUMENT.replace("tomorrow", "today"));
    let run = project.generate(&[]).expect(1);
    assert!(run.stdout.contains("UAPS001") && run.stderr.contains("nothing was written"), "{}", run.all());
    assert_eq!(project.tree("out"), before);

    fs::remove_dir_all(project.path("out")).unwrap();
    project.generate(&[]).expect(1);
    assert!(!project.path("out").exists());
}

#[test]
fn an_output_folder_that_can_not_be() {
    let project = Project::with_weather();
    project.write("file", "in the way");
    let run = project.run(&["gen", "--specs", "specs", "--out", "file/out"]).expect(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: file/out can't be written; nothing was changed
      because: Not a directory (os error 20)
    "#);
    let run = project.run(&["gen", "--specs", "specs", "--out", "file"]).expect(2);
    assert!(run.stderr.contains("nothing was changed"), "{}", run.stderr);
    assert_eq!(project.read("file"), "in the way");
}

#[test]
fn a_file_in_the_way_leaves_the_tree_as_it_was() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    fs::remove_dir_all(project.path("out/clients")).unwrap();
    project.write("out/clients", "in the way");
    let before = project.tree("out");
    let run = project.generate(&[]).expect(2);
    assert!(run.stderr.contains("everything is as it was"), "{}", run.stderr);
    assert_eq!(project.tree("out"), before);
}

#[test]
fn a_lock_with_a_merge_conflict_is_named() {
    let project = Project::with_weather();
    project.write("out/gen.lock", "<<<<<<< ours\n=======\n>>>>>>> theirs\n");
    let run = project.generate(&[]).expect(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: out/gen.lock can't be used
      because: line 1 is a conflict marker: keep either side of the merge, then run `cargo xtask gen`
    "#);
}

#[test]
fn a_schema_that_holds_itself_compiles() {
    let project = Project::with_weather();
    let document = DOCUMENT.replace(
        "properties: { celsius: { type: number } }",
        "properties: { celsius: { type: number }, tomorrow: { $ref: '#/components/schemas/Day' } }",
    ) + "components:\n  schemas:\n    Day:\n      type: object\n      properties: { next: { $ref: '#/components/schemas/Day' }, all: { type: array, items: { $ref: '#/components/schemas/Day' } } }\n";
    project.write("specs/weather/openapi.yaml", &document);
    project.generate(&[]).expect(0);
    assert!(project.read("out/catalog/weather.json").contains("#/$defs/Day"));
}

#[test]
fn two_runs_at_once_end_well() {
    let project = Project::with_weather();
    let start = || {
        let mut command = project.command(&["gen", "--specs", "specs", "--out", "out"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let (mut first, mut second) = (start(), start());
    assert!(first.wait().unwrap().success() && second.wait().unwrap().success());
    project.generate(&["--check"]).expect(0);
    let hidden = fs::read_dir(project.path("out"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0);
}
