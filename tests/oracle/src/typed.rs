//! A typed client as a process: a JSON object a line, `{tool, arguments}`, and a line back, `{error}`.

use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long one call may take. It goes to this machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client's process. It is started again if a call brings it down.
pub struct TypedProcess {
    program: PathBuf,
    url: String,
    running: Option<Running>,
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

#[derive(Deserialize)]
struct Said {
    error: Option<String>,
}

impl TypedProcess {
    /// `program` calls one client at the URL that is its first argument.
    pub fn new(program: &Path, url: &str) -> Self {
        TypedProcess { program: program.to_owned(), url: url.to_owned(), running: None }
    }

    /// Makes one call.
    ///
    /// # Errors
    ///
    /// What the client said, or how its process ended.
    pub async fn call(&mut self, tool: &str, arguments: &Value) -> Result<(), String> {
        let line = format!("{}\n", json!({"tool": tool, "arguments": arguments}));
        let answered = tokio::time::timeout(PATIENCE, self.ask(&line)).await;
        match answered {
            Ok(Ok(said)) => said.error.map_or(Ok(()), Err),
            Ok(Err(error)) => Err(self.end(&error.to_string()).await),
            Err(_) => Err(self.end(&format!("no answer within {PATIENCE:?}")).await),
        }
    }

    async fn ask(&mut self, line: &str) -> std::io::Result<Said> {
        let running = match self.running.take() {
            Some(running) => self.running.insert(running),
            None => self.running.insert(self.start()?),
        };
        running.stdin.write_all(line.as_bytes()).await?;
        running.stdin.flush().await?;
        let answer = running.stdout.next_line().await?.unwrap_or_default();
        serde_json::from_str(&answer).map_err(|_| std::io::Error::other("it ended without an answer"))
    }

    fn start(&self) -> std::io::Result<Running> {
        let mut child = Command::new(&self.program)
            .arg(&self.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok(Running { child, stdin, stdout: BufReader::new(stdout).lines() }),
            _ => Err(std::io::Error::other("it has no standard input or output")),
        }
    }

    async fn end(&mut self, reason: &str) -> String {
        let Some(mut running) = self.running.take() else { return format!("the client's process: {reason}") };
        let _ = running.child.start_kill();
        let status = running.child.wait().await.map_or_else(|e| e.to_string(), |status| status.to_string());
        format!("the client's process: {reason} ({status})")
    }
}
