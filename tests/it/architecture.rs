//! What the architecture promises and a test can see.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tests::workspace_root;

/// Which crates of ours each crate may use, and which libraries it must never use, directly or through others.
///
/// `docs/ARCHITECTURE.md` tells the reasons.
const EDGES: &[(&str, &[&str], &[&str])] = &[
    ("uaps-model", &[], &["tokio", "reqwest", "axum", "sqlx", "typify-impl"]),
    ("uaps-spec", &["uaps-model"], &["tokio", "reqwest", "axum", "sqlx", "typify-impl"]),
    ("uaps-lint", &["uaps-model", "uaps-spec"], &["tokio", "reqwest", "axum", "sqlx", "typify-impl"]),
    ("uaps-gen", &["uaps-model", "uaps-spec", "uaps-lint"], &["tokio", "axum", "sqlx", "typify-impl"]),
    ("uaps-diff", &["uaps-model"], &["tokio", "reqwest", "axum", "sqlx", "typify-impl"]),
    ("scaffold", &["uaps-model", "uaps-spec"], &["tokio", "axum", "sqlx", "typify-impl"]),
    (
        "uaps-mutate",
        &["uaps-model", "uaps-spec", "uaps-lint", "uaps-gen", "scaffold"],
        &["tokio", "axum", "sqlx", "typify-impl"],
    ),
    ("encoder", &["uaps-model"], &["tokio", "reqwest", "axum", "sqlx", "typify-impl"]),
    (
        "xtask",
        &["uaps-model", "uaps-spec", "uaps-lint", "uaps-diff", "uaps-gen", "uaps-mutate", "scaffold", "encoder"],
        &["tokio", "axum", "sqlx", "typify-impl"],
    ),
    ("generated", &["uaps-model"], &["axum", "sqlx", "typify-impl"]),
    ("ledger", &["uaps-model"], &["axum", "reqwest", "rmcp", "typify-impl"]),
    ("metatool", &["encoder", "generated", "uaps-model"], &["sqlx", "typify-impl"]),
    ("gateway", &["generated", "ledger", "metatool", "uaps-model"], &["typify-impl", "saphyr-parser"]),
];

#[test]
fn crates_use_only_what_they_may() {
    // A machine has only the crates of its own platform.
    let metadata = MetadataCommand::new()
        .current_dir(workspace_root())
        .other_options(["--offline", "--filter-platform", "host-tuple"].map(String::from).to_vec())
        .exec()
        .unwrap();
    let members: BTreeSet<_> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    let known: BTreeSet<_> = EDGES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let free = |name: &String| {
        name.starts_with("client-")
            || ["bench", "conformance-fixtures", "tests", "oracle", "sandbox", "simulation", "stripe-stand-in"]
                .contains(&name.as_str())
    };
    let unlisted: Vec<_> = members.iter().filter(|name| !known.contains(*name) && !free(name)).collect();
    assert!(unlisted.is_empty(), "no row says what {unlisted:?} may use");
    for (name, allowed, _) in EDGES {
        let package = metadata.workspace_packages().into_iter().find(|p| p.name == *name);
        let package = package.unwrap_or_else(|| panic!("the workspace has no crate `{name}`"));
        let ours = package
            .dependencies
            .iter()
            .filter(|d| d.kind != DependencyKind::Development && members.contains(&d.name))
            // The facade re-exports the typed clients, each behind a feature of its own.
            .filter(|d| !(*name == "generated" && d.optional && d.name.starts_with("client-")))
            .map(|d| d.name.as_str());
        for used in ours {
            assert!(allowed.contains(&used), "`{name}` uses `{used}`, which docs/ARCHITECTURE.md does not allow");
        }
    }
}

#[test]
fn servers_and_compiler_stay_apart() {
    for (name, _, forbidden) in EDGES {
        // Without default features, as every user in the workspace takes `uaps-gen`.
        let output = std::process::Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--package",
                name,
                "--no-default-features",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--format",
                "{p}",
            ])
            .current_dir(workspace_root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let reached: BTreeSet<String> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| line.split(' ').next().map(str::to_owned))
            .collect();
        assert!(reached.contains(*name));
        for forbidden in *forbidden {
            assert!(
                !reached.contains(*forbidden),
                "`{name}` reaches `{forbidden}`: cargo tree -p {name} -i {forbidden}"
            );
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["codegen", "scaffold", "encoder", "xtask", "generated", "ledger", "gateway", "metatool", "tests"]
            .iter()
            .map(|f| workspace_root().join(f))
            .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 100, "the workspace's sources are found");
    found
}

fn is_generated(path: &Path) -> bool {
    path.starts_with(workspace_root().join("generated"))
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in sources().iter().filter(|path| !is_generated(path)) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with a `//!` line", path.display());
    }
}

#[test]
fn no_hand_written_file_is_past_reading() {
    for path in sources().iter().filter(|path| !is_generated(path)) {
        let lines = std::fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines; split it by noun or verb", path.display());
    }
}

#[test]
fn generated_files_say_who_wrote_them() {
    let all = sources();
    let generated: Vec<_> = all.iter().filter(|path| is_generated(path)).collect();
    assert!(!generated.is_empty());
    for path in generated {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.lines().take(5).any(|l| l.contains("cargo xtask gen")), "{} has no header", path.display());
    }
}

#[test]
fn no_code_knows_a_provider_by_name() {
    let ids: Vec<String> = generated::catalog().entries().iter().map(|e| format!("\"{}\"", e.id)).collect();
    assert!(!ids.is_empty());
    let servers = ["gateway/src", "metatool/src", "ledger/src", "codegen"];
    let mut offenders = BTreeMap::new();
    for path in sources() {
        if !servers.iter().any(|folder| path.starts_with(workspace_root().join(folder))) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Tests may name providers; the code above them may not.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: String = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        if let Some(id) = ids.iter().find(|id| code.contains(*id)).filter(|_| !path.ends_with("tests.rs")) {
            offenders.insert(path.clone(), id.clone());
        }
    }
    assert!(offenders.is_empty(), "{offenders:?}");
}

#[test]
fn the_operations_page_knows_every_problem() {
    let page = std::fs::read_to_string(workspace_root().join("docs/operations.md")).unwrap();
    for kind in uaps_model::ProblemKind::ALL {
        let row = format!("| `{}` | {} |", kind.slug(), kind.status());
        assert!(page.contains(&row), "docs/operations.md has no row that begins {row}");
    }
}
