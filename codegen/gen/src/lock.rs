//! `gen.lock`: what was generated from what, a line for each provider.
//!
//! A line holds the provider's id, the hash of what a person wrote, the generator's version and the hash of what was
//! generated, two spaces apart. Two people who change two providers change two lines.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use uaps_model::ServiceId;

const HEADER: &str = "\
# Written by `cargo xtask gen`. After a merge conflict keep either side and run it again.
# id  input-sha256  generator  output-sha256
";

/// One provider's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The provider.
    pub id: ServiceId,
    /// [`input_hash`] of its texts.
    pub input: String,
    /// [`crate::GENERATOR`] of the run that wrote its files.
    pub generator: String,
    /// [`output_hash`] of its files.
    pub output: String,
}

/// The whole lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    lines: BTreeMap<String, Line>,
}

/// A lock that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// The marks of an unfinished merge.
    #[error("line {line} is a conflict marker: keep either side of the merge, then run `cargo xtask gen`")]
    Conflict {
        /// Counted from 1.
        line: usize,
    },
    /// A line that isn't one of a lock.
    #[error("line {line} {reason}: delete the file and run `cargo xtask gen`, which writes it anew")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Lock {
    /// Reads a lock. Nothing broken is tolerated: a line that was lost would make a stale file look fresh.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut lock = Lock::default();
        for (line, content) in text.lines().enumerate().map(|(at, content)| (at + 1, content)) {
            if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|marker| content.starts_with(marker)) {
                return Err(LockError::Conflict { line });
            }
            if content.starts_with('#') || content.trim().is_empty() {
                continue;
            }
            let parsed = parse_line(content).map_err(|reason| LockError::Line { line, reason })?;
            if lock.lines.insert(parsed.id.to_string(), parsed.clone()).is_some() {
                let reason = format!("names `{}` a second time", parsed.id);
                return Err(LockError::Line { line, reason });
            }
        }
        Ok(lock)
    }

    /// The canonical text: sorted by id, so that it doesn't depend on the order of the work.
    pub fn format(&self) -> String {
        let mut text = HEADER.to_owned();
        for Line { id, input, generator, output } in self.lines.values() {
            let _ = writeln!(text, "{id}  {input}  {generator}  {output}");
        }
        text
    }

    /// A provider's line.
    pub fn get(&self, id: &str) -> Option<&Line> {
        self.lines.get(id)
    }

    /// Adds or replaces a provider's line.
    pub fn set(&mut self, line: Line) {
        self.lines.insert(line.id.to_string(), line);
    }

    /// Removes a provider's line.
    pub fn remove(&mut self, id: &str) -> Option<Line> {
        self.lines.remove(id)
    }

    /// Every line, by id.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }
}

fn parse_line(content: &str) -> Result<Line, String> {
    let fields: Vec<&str> = content.split_whitespace().collect();
    let [id, input, generator, output] = fields.as_slice() else {
        return Err(format!("has {} fields instead of 4", fields.len()));
    };
    let id = ServiceId::new(*id).map_err(|error| format!("starts with `{id}`, which {error}"))?;
    for (name, hash) in [("input", input), ("output", output)] {
        if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(format!("has an {name} hash that is no SHA-256 in hexadecimal"));
        }
    }
    Ok(Line { id, input: (*input).into(), generator: (*generator).into(), output: (*output).into() })
}

/// The hash of what a person wrote: each text with its name, in the order given (manifest, document, overlay).
pub fn input_hash<N: AsRef<str>, T: AsRef<[u8]>>(texts: impl IntoIterator<Item = (N, T)>) -> String {
    hash(texts)
}

/// The hash of what was generated: each file with its path below `generated/`, in any order.
pub fn output_hash<N: AsRef<str>, T: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, T)>) -> String {
    let mut files: Vec<(N, T)> = files.into_iter().collect();
    files.sort_by(|a, b| a.0.as_ref().cmp(b.0.as_ref()));
    hash(files)
}

/// Lengths go in too, so that no text can pass for the end of another.
fn hash<N: AsRef<str>, T: AsRef<[u8]>>(texts: impl IntoIterator<Item = (N, T)>) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in texts {
        for part in [name.as_ref().as_bytes(), text.as_ref()] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str) -> Line {
        Line {
            id: ServiceId::new(id).unwrap(),
            input: input_hash([("provider.yaml", id)]),
            generator: "uaps-gen-1".into(),
            output: output_hash([("catalog/a.json", "{}")]),
        }
    }

    #[test]
    fn a_lock_round_trips() {
        let mut lock = Lock::default();
        lock.set(line("rideshare"));
        lock.set(line("open-meteo"));
        insta::assert_snapshot!(lock.format(), @r"
        # Written by `cargo xtask gen`. After a merge conflict keep either side and run it again.
        # id  input-sha256  generator  output-sha256
        open-meteo  8f7b7f352b02a15b9c4d952e18d13fa838402d8444aa25bc30ea2a5cbdd863c1  uaps-gen-1  2be9214e10344895840941e452d895e9e6a843b7b44b0e82b371a67963021301
        rideshare  4b037afea4c401a3f32f6a842a35f088a76195364ec8fa4d198505250ddc3db5  uaps-gen-1  2be9214e10344895840941e452d895e9e6a843b7b44b0e82b371a67963021301
        ");
        assert_eq!(Lock::parse(&lock.format()).unwrap(), lock);
        assert_eq!(Lock::parse(&lock.format().replace('\n', "\r\n")).unwrap(), lock);
        assert_eq!(Lock::parse("").unwrap(), Lock::default());
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Lock::parse(text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_is_broken_is_named() {
        let good = {
            let mut lock = Lock::default();
            lock.set(line("rideshare"));
            lock.format().lines().last().unwrap().to_owned()
        };
        check(
            &format!("<<<<<<< HEAD\n{good}\n"),
            "line 1 is a conflict marker: keep either side of the merge, then run `cargo xtask gen`",
        );
        let anew = "delete the file and run `cargo xtask gen`, which writes it anew";
        check(&format!("{good}\n{good}\n"), &format!("line 2 names `rideshare` a second time: {anew}"));
        check("rideshare  1\n", &format!("line 1 has 2 fields instead of 4: {anew}"));
        check(
            &good.replace("rideshare", "../etc"),
            &format!("line 1 starts with `../etc`, which must start with a lower-case letter: {anew}"),
        );
        check(
            good.get(..good.len() - 1).unwrap_or_default(),
            &format!("line 1 has an output hash that is no SHA-256 in hexadecimal: {anew}"),
        );
    }

    #[test]
    fn hashes_know_where_a_text_ends() {
        assert_ne!(input_hash([("a", "bc")]), input_hash([("ab", "c")]));
        assert_ne!(input_hash([("a", "b"), ("c", "d")]), input_hash([("c", "d"), ("a", "b")]));
        assert_eq!(output_hash([("a", "b"), ("c", "d")]), output_hash([("c", "d"), ("a", "b")]));
    }
}
