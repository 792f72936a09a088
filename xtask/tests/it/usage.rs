//! Flags, help and exit statuses.

use crate::project::Project;

#[test]
fn every_command_explains_itself() {
    let project = Project::new();
    for command in ["scaffold-provider", "validate", "gen", "corpus", "dev"] {
        let run = project.run(&[command, "--help"]).expect(0);
        assert!(run.stdout.contains(&format!("Usage: cargo xtask {command}")), "{}", run.stdout);
    }
    insta::assert_snapshot!(project.run(&["--help"]).expect(0).stdout, @"");
}

#[test]
fn wrong_use_is_status_2() {
    let project = Project::with_weather();
    for arguments in [
        &[][..],
        &["vlidate"],
        &["validate", "--specs", "nowhere"],
        &["validate", "--specs", "specs", "--format", "xml"],
        &["validate", "--specs", "specs", "wether"],
        &["gen", "--specs", "nowhere", "--out", "out"],
        &["gen", "--specs", "specs", "--out", "out", "--check", "--force"],
        &["corpus", "nowhere"],
        &["corpus", "specs"],
        &["dev", "--port", "seventy"],
    ] {
        let run = project.run(arguments).expect(2);
        assert!(!run.stderr.is_empty() && run.stdout.is_empty(), "{arguments:?}: {}", run.all());
    }
}

#[test]
fn an_unknown_provider_has_neighbours() {
    let project = Project::with_weather();
    insta::assert_snapshot!(project.validate(&["wether"]).all(), @"");
    insta::assert_snapshot!(project.validate(&["zzz"]).stderr, @"");
    insta::assert_snapshot!(Project::new().validate(&["weather"]).stderr, @"");
}
