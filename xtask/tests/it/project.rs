//! A folder with a `specs` and an `out`, and the binary run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What a run left behind, with what varies made plain.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Status and both outputs, for a snapshot.
    pub(crate) fn all(&self) -> String {
        format!("{}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }

    /// Fails with both outputs unless the status is as expected.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.all());
        self
    }
}

/// A folder of its own for a test.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty `specs`.
    pub(crate) fn new() -> Self {
        let project = Project { folder: TempDir::new().unwrap() };
        fs::create_dir(project.path("specs")).unwrap();
        project
    }

    /// One valid provider, `weather`.
    pub(crate) fn with_weather() -> Self {
        let project = Project::new();
        project.write("specs/weather/provider.yaml", MANIFEST);
        project.write("specs/weather/openapi.yaml", DOCUMENT);
        project
    }

    /// A path in the folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    #[track_caller]
    pub(crate) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|e| panic!("{below}: {e}"))
    }

    /// Every file below a folder, with its content.
    pub(crate) fn tree(&self, below: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut todo = vec![self.path(below)];
        while let Some(path) = todo.pop() {
            if path.is_dir() {
                todo.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.exists() {
                found.insert(path.strip_prefix(self.folder.path()).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
        found
    }

    /// Runs the binary in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        self.plain(&output)
    }

    /// `gen` from `specs` to `out`.
    pub(crate) fn generate(&self, arguments: &[&str]) -> Run {
        self.run(&[&["gen", "--specs", "specs", "--out", "out"], arguments].concat())
    }

    /// `validate` of `specs`.
    pub(crate) fn validate(&self, arguments: &[&str]) -> Run {
        self.run(&[&["validate", "--specs", "specs"], arguments].concat())
    }

    /// `scaffold-provider` into `specs`, with the flags that nobody can leave out but for the document.
    pub(crate) fn scaffold(&self, id: &str, document: &str, more: &[&str]) -> Run {
        let mut arguments = vec!["scaffold-provider", "--specs", "specs", "--id", id, "--name", "Weather API"];
        arguments.extend(["--openapi-url", document, "--upstream-base", "https://api.weather.example"]);
        self.run(&[&arguments, more].concat())
    }

    /// The binary, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .env_remove("RUST_BACKTRACE");
        command
    }

    fn plain(&self, output: &Output) -> Run {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).replace(&self.folder.path().display().to_string(), "[DIR]");
            let lines = text.lines().filter(|line| !line.contains("Blocking waiting for file lock"));
            lines.map(|line| format!("{line}\n")).collect()
        };
        Run { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// Whether a folder holds nothing, hidden or not.
pub(crate) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// The manifest of `weather`.
pub(crate) const MANIFEST: &str = "\
id: weather
name: Weather
description: Forecasts for a city
category: information
upstream: https://api.weather.example
auth: { scheme: none }
endpoints: openapi.yaml
";

/// The document of `weather`.
pub(crate) const DOCUMENT: &str = r#"openapi: 3.0.3
info: { title: Weather, version: "1" }
servers: [ { url: https://api.weather.example } ]
x-services:
  weather:
    description: Tells the weather of tomorrow
    flow: Ask get_forecast
    pricing_model: Free
    typical_response_time: Under 1 second
paths:
  /forecast/{city}:
    get:
      operationId: get_forecast
      summary: The forecast of a city
      description: Tells how warm it will be.
      parameters:
        - { name: city, in: path, required: true, description: Its name, schema: { type: string }, example: Oslo }
      responses:
        "200":
          description: The forecast
          content:
            application/json:
              schema:
                type: object
                required: [celsius]
                properties: { celsius: { type: number } }
              example: { celsius: 21.5 }
"#;
