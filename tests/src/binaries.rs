//! The real binaries, built once by the cargo that runs the tests.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// The path of one of the workspace's binaries, built if it is not there yet.
///
/// Cargo tells a test about the binaries of its own package only, so these are asked for by a build of the same shape as
/// the one that built the test: everything is fresh, and it answers in a moment.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo tells a test about its package would be news to build scripts that look at it (ring's), and everything
        // above them would be built anew, now and by the next cargo that runs outside of a test.
        let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
            cargo.env_remove(name);
        }
        let output = cargo
            .args(["build", "--workspace", "--bins", "--quiet", "--message-format=json"])
            .current_dir(crate::workspace_root())
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "the workspace's binaries build");
        let lines = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
        lines
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|message| {
                let path = message["executable"].as_str()?;
                Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(path)))
            })
            .collect()
    });
    let found = built.iter().find(|(built, _)| built == name);
    found.unwrap_or_else(|| panic!("the workspace has no binary `{name}`")).1.clone()
}

/// Runs the command line of the project and waits for it.
pub fn xtask(arguments: &[&str]) -> Output {
    Command::new(binary("xtask"))
        .args(arguments)
        .current_dir(crate::workspace_root())
        .stdin(Stdio::null())
        .output()
        .expect("xtask starts")
}

/// A child process that ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
