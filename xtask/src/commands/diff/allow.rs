//! `diff-allow.yaml`: breaking changes that may happen, and why.

use crate::workspace::shown;
use anyhow::{Context, Result};
use std::fs;
use std::io;
use std::path::Path;
use uaps_diff::{Allowance, Fingerprint};
use uaps_spec::{Diagnostic, Kind, Member, Node, Sources, Span, codes, parse};

/// The list, with where its entries stand.
#[derive(Debug, Default)]
pub(super) struct AllowList {
    /// The entries that are right.
    pub(super) entries: Vec<Allowance>,
    spans: Vec<Span>,
    wrong: Vec<Diagnostic>,
}

impl AllowList {
    /// Reads the list; a missing file is an empty one.
    pub(super) fn read(sources: &mut Sources, path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(AllowList::default()),
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", shown(path))),
        };
        let file = sources.add(shown(path), text);
        let (root, wrong) = parse(sources, file);
        let mut list = AllowList { wrong, ..AllowList::default() };
        let Some(root) = root else { return Ok(list) };
        if !root.is_object() {
            list.complain(format!("the list is {}, and no object", root.describe()), root.span, "write `allow:`");
        }
        for member in root.members().iter().filter(|member| member.key != "allow") {
            list.complain(format!("the list has no field `{}`", member.key), member.key_span, "write `allow:`");
        }
        let allow = root.get("allow").filter(|allow| !matches!(allow.kind, Kind::Array(_) | Kind::Null));
        if let Some(allow) = allow {
            list.complain(format!("`allow` is {}, and no list", allow.describe()), allow.span, "write an entry a line");
        }
        for entry in root.get("allow").map(Node::items).unwrap_or_default() {
            list.entry(entry);
        }
        Ok(list)
    }

    fn entry(&mut self, entry: &Node) {
        let unknown = |member: &&Member| !matches!(member.key.as_str(), "fingerprint" | "reason");
        for member in entry.members().iter().filter(unknown) {
            let help = "an entry has a `fingerprint` and a `reason`";
            self.complain(format!("an entry has no field `{}`", member.key), member.key_span, help);
        }
        let fingerprint = entry.str_at("fingerprint").and_then(Fingerprint::parse);
        let reason = entry.str_at("reason").map(str::trim).filter(|reason| !reason.is_empty());
        match (fingerprint, reason) {
            (None, _) => self.complain(
                "this entry has no `fingerprint` of twelve hexadecimal digits".to_owned(),
                entry.span,
                "copy it from the output of `cargo xtask diff`, in quotes",
            ),
            (Some(_), None) => {
                self.complain("this change is allowed without a reason".to_owned(), entry.span, "write a `reason`");
            }
            (Some(fingerprint), Some(reason)) => {
                self.entries.push(Allowance { fingerprint, reason: reason.to_owned() });
                self.spans.push(entry.span);
            }
        }
    }

    fn complain(&mut self, message: String, span: Span, help: &str) {
        self.wrong.push(Diagnostic::error(codes::ALLOWANCE, message, span).help(help));
    }

    /// What is wrong with the list, and which entries matched nothing.
    pub(super) fn findings(&self, unused: &[usize]) -> Vec<Diagnostic> {
        let unused = unused.iter().filter_map(|at| self.spans.get(*at)).map(|span| {
            Diagnostic::warning(codes::ALLOWANCE, "this entry matches no breaking change", *span)
                .help("remove it once no branch needs it")
        });
        self.wrong.iter().cloned().chain(unused).collect()
    }
}
