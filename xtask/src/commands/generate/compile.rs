//! From a provider's files to its output, in memory.

use super::meanings::Meanings;
use crate::clients::{self, Answers, Request};
use crate::output::{diagnostics, note, print, tally};
use crate::progress::Progress;
use crate::providers::{Folder, load};
use crate::tree::{Tree, TreeFile};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use uaps_gen::GENERATOR;
use uaps_gen::lock::{self, Lock};
use uaps_gen::plan::{Found, Reason, plan};
use uaps_lint::Format;
use uaps_model::Service;
use uaps_spec::{Diagnostic, Input, Provider, Sources};

/// A provider that had to be compiled.
pub(super) struct Compiled {
    pub(super) id: String,
    /// Whether its output was not what the compiler wrote last.
    pub(super) was_edited: bool,
    /// Hash of its input.
    pub(super) input: String,
    pub(super) service: Service,
    provider: Provider,
}

/// Compiles what is not fresh, or everything `again`. `None` where findings forbid it; they have been told.
pub(super) fn stale(tree: &Tree, selected: &[Folder], again: bool) -> Result<Option<Vec<Compiled>>> {
    let lock = tree.lock()?;
    let mut sources = Sources::default();
    let mut compiled = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    let progress = Progress::new(selected.len());
    for folder in selected {
        progress.on(&folder.id);
        match load(&mut sources, folder) {
            Err(broken) => found.extend(broken),
            Ok(input) => {
                let hash = input_hash(&input);
                let reasons = reasons(&lock, tree, &folder.id, &hash)?;
                if again || !reasons.is_empty() {
                    match compile(&mut sources, input) {
                        Ok((provider, service)) => {
                            let was_edited = reasons.contains(&Reason::OutputEdited);
                            compiled.push(Compiled {
                                id: folder.id.clone(),
                                was_edited,
                                input: hash,
                                service,
                                provider,
                            });
                        }
                        Err(broken) => found.extend(broken),
                    }
                }
            }
        }
        progress.step();
    }
    drop(progress);
    if found.is_empty() {
        return Ok(Some(compiled));
    }
    diagnostics(Format::Full, &sources, &found)?;
    note(&tally(&found));
    Ok(None)
}

/// Why a provider's output can't stay as it is; nothing for a fresh one.
fn reasons(lock: &Lock, tree: &Tree, id: &str, input: &str) -> Result<Vec<Reason>> {
    let files = tree.files(id)?;
    let output = (!files.is_empty()).then(|| lock::output_hash(files));
    let found = Found { id: id.to_owned(), input: input.to_owned(), output };
    let items = plan(lock, &[found], GENERATOR);
    Ok(items.into_iter().find(|item| item.id == id).map(|item| item.reasons).unwrap_or_default())
}

/// Lints and compiles. Warnings are for `validate`.
pub(crate) fn compile(sources: &mut Sources, input: Input) -> Result<(Provider, Service), Vec<Diagnostic>> {
    let (provider, found) = uaps_lint::check(sources, input);
    match provider {
        Some(provider) if !found.iter().any(Diagnostic::is_error) => {
            uaps_gen::compile(&provider).map(|service| (provider, service))
        }
        _ => Err(found),
    }
}

fn input_hash(input: &Input) -> String {
    // The manifest names the document's file, so that fixed names do.
    let texts = [
        ("provider.yaml", Some(&input.manifest)),
        ("document", Some(&input.document)),
        ("overlay.yaml", input.overlay.as_ref()),
    ];
    lock::input_hash(texts.into_iter().filter_map(|(name, text)| Some((name, text?.text.as_str()))))
}

/// The files of each compiled provider, client included. `None` where a client can't be generated; it has been told.
pub(super) fn outputs(tree: &Tree, compiled: &[Compiled]) -> Result<Option<BTreeMap<String, Vec<TreeFile>>>> {
    let requests: Vec<Request> = compiled
        .iter()
        .map(|c| Request { id: c.id.clone(), service: c.service.clone(), document: c.provider.document.root.to_json() })
        .collect();
    let answers = if requests.is_empty() {
        Answers::new()
    } else {
        let progress = Progress::new(requests.len());
        progress.on("typed clients");
        clients::generate(&Workspace::find()?, &requests, |_, _| progress.step())?
    };
    let mut outputs = BTreeMap::new();
    let mut meanings = Meanings::default();
    let mut failed = false;
    for c in compiled {
        let mut files =
            vec![(format!("catalog/{}.json", c.id), uaps_gen::catalog_text(&c.service)), meanings.file(tree, c)?];
        match answers.get(&c.id) {
            Some(Ok(client)) => {
                for file in client {
                    if !Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_))) {
                        bail!("the generator names a file outside of the client `{}`: {}", c.id, file.path);
                    }
                    files.push((format!("clients/{}/{}", c.id, file.path), file.text.clone()));
                }
            }
            Some(Err(reason)) => {
                failed = true;
                print(&format!("problem: no typed client of `{}`: {reason}\n", c.id))?;
                print(&format!("fix: change specs/{}/overlay.yaml where the document is at fault\n", c.id))?;
            }
            None => bail!("the generator gave no answer for `{}`", c.id),
        }
        files.sort();
        outputs.insert(c.id.clone(), files);
    }
    Ok((!failed).then_some(outputs))
}
