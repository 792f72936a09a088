//! The binary as a child process.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running `penumbra-dev` that has said it is ready. Killed when dropped.
pub struct Dev {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it printed.
    pub text: String,
}

/// What is left of a process.
pub struct Ended {
    pub code: Option<i32>,
    pub last_line: String,
    pub errors: String,
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penumbra-dev"));
    // Settings of the shell that runs the tests must not reach it.
    for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("PENUMBRA_") || n.starts_with("PROVIDER_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub fn run(args: &[&str], folder: &Path) -> Ended {
    let output = command(folder).args(args).output().unwrap();
    Ended {
        code: output.status.code(),
        last_line: String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Dev {
    /// Starts it on a free port with a database in `folder`, and reads what it prints.
    pub fn start(folder: &Path) -> Self {
        let mut child =
            command(folder).args(["--port", "0", "--database", "data/dev.db"]).spawn().expect("the binary is built");
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("Stop with Ctrl-C\n") {
            if out.read_line(&mut text).unwrap() == 0 {
                let mut errors = String::new();
                child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
                panic!("it ended before it was ready\n{text}\n{errors}");
            }
        }
        Dev { child, out, text }
    }

    /// The JSON block.
    pub fn settings(&self) -> Value {
        let start = self.text.find("\n{").expect("a JSON block");
        let end = self.text.rfind("\n}").expect("a JSON block");
        serde_json::from_str(&self.text[start..end + 2]).unwrap()
    }

    /// Where the gateway is, without a final slash.
    pub fn gateway(&self) -> String {
        let url = self.settings()["mcpServers"]["penumbra"]["url"].as_str().unwrap().to_owned();
        url.trim_end_matches("/mcp").to_owned()
    }

    pub fn port(&self) -> u16 {
        self.gateway().rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The demo key.
    pub fn key(&self) -> String {
        let at = self.text.find("unified-").expect("a key");
        self.text[at..].split_whitespace().next().unwrap().to_owned()
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub fn terminate(mut self) -> Ended {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let code = self.child.wait().unwrap().code();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        Ended { code, last_line: rest.lines().last().unwrap_or_default().to_owned(), errors }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
