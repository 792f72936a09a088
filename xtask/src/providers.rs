//! The providers of a `specs` folder.

use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use uaps_spec::{Diagnostic, Input, Manifest, Sources, Span, Text, codes, limits, parse};

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

/// Reads a provider's files. What is wrong with a file is a diagnostic; an error is the machine's.
pub(crate) fn load(sources: &mut Sources, folder: &Folder) -> Result<Result<Input, Vec<Diagnostic>>> {
    let manifest = match read(sources, &folder.path.join("provider.yaml"))? {
        Content::Text(text) => text,
        Content::Missing(path) => {
            let file = sources.add(path, "");
            let message = format!("the provider `{}` has no provider.yaml", folder.id);
            let diagnostic = Diagnostic::error(codes::MANIFEST, message, Span::whole(file))
                .help("a provider is made by `cargo xtask scaffold-provider`; a folder that is none belongs elsewhere");
            return Ok(Err(vec![diagnostic]));
        }
        Content::Unfit(diagnostic) => return Ok(Err(vec![diagnostic])),
    };
    let file = sources.add(manifest.path.clone(), manifest.text.clone());
    let (node, mut found) = parse(sources, file);
    let Some(node) = node else { return Ok(Err(found)) };
    let endpoints = node.get("endpoints");
    // Only a plain name is looked up: the manifest's reader refuses every other, and has its own words for it.
    let plain = |name: &&str| !name.is_empty() && !name.contains(['/', '\\', ':']) && !name.starts_with('.');
    let Some((name, at)) = endpoints.and_then(|node| Some((node.as_str().filter(plain)?, node.span))) else {
        found.extend(Manifest::read(&node, &folder.id).1);
        return Ok(Err(found));
    };
    let document = match read(sources, &folder.path.join(name))? {
        Content::Text(text) => text,
        Content::Missing(path) => {
            found.extend(Manifest::read(&node, &folder.id).1);
            let message = format!("there is no file {path}");
            found.push(Diagnostic::error(codes::MANIFEST, message, at).help("write the name of the OpenAPI document"));
            return Ok(Err(found));
        }
        Content::Unfit(diagnostic) => {
            found.extend(Manifest::read(&node, &folder.id).1);
            found.push(diagnostic);
            return Ok(Err(found));
        }
    };
    let overlay = match read(sources, &folder.path.join("overlay.yaml"))? {
        Content::Text(text) => Some(text),
        Content::Missing(_) => None,
        Content::Unfit(diagnostic) => return Ok(Err(vec![diagnostic])),
    };
    Ok(Ok(Input { folder: folder.id.clone(), manifest, document, overlay }))
}

enum Content {
    Text(Text),
    /// With the path as messages name it.
    Missing(String),
    Unfit(Diagnostic),
}

/// Reads a text of bounded size.
fn read(sources: &mut Sources, path: &Path) -> Result<Content> {
    let name = shown(path);
    let mut unfit = |code, message: String, help: &str| {
        let file = sources.add(name.clone(), "");
        Content::Unfit(Diagnostic::error(code, message, Span::whole(file)).help(help))
    };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Content::Missing(name)),
        Err(error) => return Err(error).with_context(|| format!("{name} can't be read")),
    };
    let mut bytes = Vec::new();
    let limit = limits::MAX_BYTES as u64;
    file.take(limit + 1).read_to_end(&mut bytes).with_context(|| format!("{name} can't be read"))?;
    if bytes.len() > limits::MAX_BYTES {
        let message = format!("this file has more than {} MiB, the limit of a document", limit / 1_048_576);
        let help = "split the document by area into several providers, or remove inline examples and binaries";
        return Ok(unfit(codes::TOO_LARGE, message, help));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Content::Text(Text { path: name, text })),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Ok(unfit(codes::SYNTAX, format!("this file is no UTF-8 text, from byte {at} on"), "save it as UTF-8"))
        }
    }
}
