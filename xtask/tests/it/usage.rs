//! Flags, help and exit statuses.

use crate::project::Project;

#[test]
fn every_command_explains_itself() {
    let project = Project::new();
    for command in ["scaffold-provider", "validate", "gen", "corpus", "dev"] {
        let run = project.run(&[command, "--help"]).expect(0);
        assert!(run.stdout.contains(&format!("Usage: cargo xtask {command}")), "{}", run.stdout);
    }
    insta::assert_snapshot!(project.run(&["--help"]).expect(0).stdout, @"
    Adds, checks and compiles providers, and runs the whole thing

    Usage: cargo xtask <COMMAND>

    Commands:
      scaffold-provider  Makes a new provider from an OpenAPI document: manifest, overlay, page and
                         contract examples
      validate           Checks providers against UAPS-1
      gen                Compiles providers into the catalogue and the typed clients
      corpus             Compiles every OpenAPI document of a folder, and tells how far each one came
      diff               Tells which changes of operations, schemas, access, prices and tool names break
                         users
      bench              Measures, and prints the figures with what they were measured on
      mutate             Changes documents at random, and sees that the compiler takes or refuses each
                         without a panic or a hang
      simulate           Tells stories of purchases with crashes, timeouts and repetitions, and checks
                         the books after each
      sabotage           Breaks the code in ways that lose money, and sees that the tests notice each
      dev                Validates, generates, builds and runs the gateway, the MCP server and the
                         sandbox on one port
      help               Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help

    Exit status: 0 all well, 1 findings, 2 wrong use or a failure of the machine.
    Findings go to standard output, progress and hints to standard error.
    ");
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
    insta::assert_snapshot!(project.validate(&["wether"]).all(), @r#"
    2
    --- stdout
    --- stderr
    error: there is no provider `wether`; did you mean weather?
    "#);
    insta::assert_snapshot!(project.validate(&["zzz"]).stderr, @r#"error: there is no provider `zzz`; there are weather"#);
    insta::assert_snapshot!(Project::new().validate(&["weather"]).stderr, @r#"error: there is no provider `weather`, and no other; add one with `cargo xtask scaffold-provider`"#);
}
