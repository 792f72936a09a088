//! The providers of a `specs` folder.

use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use uaps_spec::{Diagnostic, Input, Manifest, Sources, Span, Text, codes, decode, limits, parse};

/// A provider's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// Its name, which is to be the provider's id.
    pub(crate) id: String,
    path: PathBuf,
}

/// The folder of all providers: as given, else the project's own.
pub(crate) fn specs_folder(given: Option<&PathBuf>) -> Result<PathBuf> {
    let path = match given {
        Some(path) => path.clone(),
        None => Workspace::find()?.path("specs"),
    };
    if !path.is_dir() {
        bail!("there is no folder {}; name the folder of the providers with --specs", shown(&path));
    }
    Ok(path)
}

/// Every provider, by id.
pub(crate) fn all(specs: &Path) -> Result<Vec<Folder>> {
    let mut folders = Vec::new();
    let unreadable = || format!("{} can't be read", shown(specs));
    for entry in fs::read_dir(specs).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let Ok(id) = entry.file_name().into_string() else {
            bail!("the folder {} has a name that is no text; rename it", shown(&entry.path()));
        };
        // A hidden folder is one that `scaffold-provider` has not finished, or somebody's tool.
        if !id.starts_with('.') && entry.path().is_dir() {
            folders.push(Folder { id, path: entry.path() });
        }
    }
    folders.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(folders)
}

/// The providers of the given ids, or all of them where none is given. An unknown id is an error that names near ones.
pub(crate) fn select(all: &[Folder], ids: &[String]) -> Result<Vec<Folder>> {
    for id in ids {
        if all.iter().any(|folder| folder.id == *id) {
            continue;
        }
        let near = uaps_model::nearest(id, all.iter().map(|folder| folder.id.as_str()));
        let names: Vec<_> = all.iter().map(|folder| folder.id.as_str()).take(20).collect();
        match (near.as_slice(), names.as_slice()) {
            ([], []) => {
                bail!("there is no provider `{id}`, and no other; add one with `cargo xtask scaffold-provider`")
            }
            ([], names) => bail!("there is no provider `{id}`; there are {}", names.join(", ")),
            (near, _) => bail!("there is no provider `{id}`; did you mean {}?", near.join(" or ")),
        }
    }
    Ok(all.iter().filter(|folder| ids.is_empty() || ids.contains(&folder.id)).cloned().collect())
}

/// Reads a provider's files. What is wrong with one is told together with what can be said of the others.
pub(crate) fn load(sources: &mut Sources, folder: &Folder) -> Result<Input, Vec<Diagnostic>> {
    let file = |name: &str| folder.path.join(name);
    let manifest = read(sources, &file("provider.yaml")).and_then(|text| {
        text.ok_or_else(|| {
            let at = Span::whole(sources.add(shown(&file("provider.yaml")), ""));
            let message = format!("the provider `{}` has no provider.yaml", folder.id);
            let help = "a provider is made by `cargo xtask scaffold-provider`; a folder that is none belongs elsewhere";
            Box::new(Diagnostic::error(codes::MANIFEST, message, at).help(help))
        })
    });
    let (manifest, document, mut found) = match manifest {
        Ok(manifest) => {
            let (document, found) = document(sources, folder, &manifest);
            (Some(manifest), document, found)
        }
        Err(missing) => (None, None, vec![*missing]),
    };
    let overlay = read(sources, &file("overlay.yaml")).unwrap_or_else(|unfit| {
        found.push(*unfit);
        None
    });
    match (manifest, document) {
        (Some(manifest), Some(document)) => {
            let input = Input { folder: folder.id.clone(), manifest, document, overlay };
            if found.is_empty() {
                return Ok(input);
            }
            // Rules would complain of what the overlay mends, which can't be read.
            found.extend(uaps_spec::read(sources, input).1);
        }
        _ => {
            let overlay = overlay.map(|overlay| sources.add(overlay.path, overlay.text));
            found.extend(overlay.into_iter().flat_map(|overlay| parse(sources, overlay).1));
        }
    }
    Err(found)
}

/// The document that a manifest names. Where there is none, what is wrong with the manifest is told too.
fn document(sources: &mut Sources, folder: &Folder, manifest: &Text) -> (Option<Text>, Vec<Diagnostic>) {
    let file = sources.add(manifest.path.clone(), manifest.text.clone());
    let (node, mut found) = parse(sources, file);
    let Some(node) = node else { return (None, found) };
    // Only a plain name is looked up: the manifest's reader refuses every other, and has its own words for it.
    let plain = |name: &&str| !name.is_empty() && !name.contains(['/', '\\', ':']) && !name.starts_with('.');
    let named = node.get("endpoints").and_then(|node| Some((node.as_str().filter(plain)?, node.span)));
    let read = named.map(|(name, at)| {
        let path = folder.path.join(name);
        match read(sources, &path) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => {
                let message = format!("there is no file {}", shown(&path));
                let help = "write the name of the OpenAPI document";
                Err(Box::new(Diagnostic::error(codes::MANIFEST, message, at).help(help)))
            }
            Err(unfit) => Err(unfit),
        }
    });
    match read {
        // Whoever reads the document reads the manifest too, and finds all this again.
        Some(Ok(text)) => return (Some(text), Vec::new()),
        Some(Err(unfit)) => {
            found.extend(Manifest::read(&node, &folder.id).1);
            found.push(*unfit);
        }
        None => found.extend(Manifest::read(&node, &folder.id).1),
    }
    (None, found)
}

/// Reads a text of bounded size; `None` where there is no such file.
fn read(sources: &mut Sources, path: &Path) -> Result<Option<Text>, Box<Diagnostic>> {
    let name = shown(path);
    let mut bytes = Vec::new();
    let limit = limits::MAX_BYTES as u64;
    let opened = fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    let mut unfit = |code, message: String, help: &str| {
        let file = sources.add(name.clone(), "");
        Err(Box::new(Diagnostic::error(code, message, Span::whole(file)).help(help)))
    };
    match opened {
        Ok(_) if bytes.len() > limits::MAX_BYTES => {
            let message = format!("this file has more than {} MiB, the limit of a document", limit / 1_048_576);
            let help = "split the document by area into several providers, or remove inline examples and binaries";
            unfit(codes::TOO_LARGE, message, help)
        }
        Ok(_) => match decode(sources, &name, bytes) {
            Ok(text) => Ok(Some(Text { path: name, text })),
            Err(finding) => Err(finding),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            unfit(codes::SYNTAX, format!("this file can't be read: {error}"), "make it a file that you may read")
        }
    }
}
