//! Services from a folder of the operator's, beside those that are compiled in.
//!
//! ```text
//! DIR/catalog/<id>.json   DIR/search/<id>.json    as `cargo xtask gen --out DIR` writes them
//! DIR/<id>.json           DIR/search/<id>.json    the same without the rest of that tree
//! ```
//!
//! They are read once, at the start, and an error in one of them is an error of the start: what the operator believes to
//! be on offer is, or nothing is. Their schemas are compiled too, so that no caller is the first to find a broken one.

use crate::config::{is_loopback, web_url};
use crate::validate;
use metatool::{MAX_PUBLISHED, MAX_SERVICES, Published};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use uaps_model::{Catalog, Entry, Layer, Meaning, Service};

/// Bytes of one file.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A folder, or a file in it, that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct ExternalError {
    /// The folder or file.
    pub path: PathBuf,
    /// Where in it, what is wrong there and what mends it.
    pub reason: String,
}

/// The services of `built_in` and those of the folder.
pub fn extend(built_in: &Catalog, folder: &Path) -> Result<Catalog, ExternalError> {
    let inner = folder.join("catalog");
    let (mut services, mut files) = (folder, json_files(folder)?);
    if inner.is_dir() {
        if let Some(beside) = files.first() {
            return Err(wrong(beside, "stands beside the folder `catalog`, where the services are; move it into that"));
        }
        (services, files) = (&inner, json_files(&inner)?);
    }
    if files.is_empty() {
        return Err(wrong(services, "holds no service; `cargo xtask gen --out` writes each as <id>.json"));
    }
    let total = built_in.entries().len() + files.len();
    if total > MAX_SERVICES {
        let reason = format!("makes {total} services with those that are compiled in; {MAX_SERVICES} are the most");
        return Err(wrong(services, reason));
    }
    let mut entries = built_in.entries().to_vec();
    for file in files {
        let entry = read(&file, &folder.join("search"))?;
        if built_in.entry(&entry.id).is_some() {
            let reason = "a service of this id is compiled in; take the file away, or give the service another id";
            return Err(wrong(&file, reason));
        }
        entries.push(entry);
    }
    Ok(Catalog::of(entries))
}

fn wrong(path: &Path, reason: impl Into<String>) -> ExternalError {
    ExternalError { path: path.to_owned(), reason: reason.into() }
}

/// The `*.json` of a folder, by name.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, ExternalError> {
    let listed = fs::read_dir(folder)
        .map_err(|error| wrong(folder, format!("{error}; PENUMBRA_CATALOG and --catalog take a folder")))?;
    let mut files = Vec::new();
    for file in listed {
        let path = file.map_err(|error| wrong(folder, error.to_string()))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path, search: &Path) -> Result<Entry, ExternalError> {
    let mended = "write it again with `cargo xtask gen --out`";
    let service: Service =
        serde_json::from_slice(&bytes(file)?).map_err(|error| wrong(file, format!("{error}; {mended}")))?;
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if service.id.as_str() != name {
        return Err(wrong(file, format!("/id is `{0}`, so the file must be called {0}.json", service.id)));
    }
    let upstream = web_url("/upstream", &service.upstream).map_err(|error| wrong(file, error.to_string()))?;
    if upstream.scheme() == "http" && !is_loopback(&upstream) {
        let variable = service.id.env_name();
        return Err(wrong(
            file,
            format!(
                "/upstream is not encrypted, and http:// is accepted for this machine only; write https://, and set \
                 PROVIDER_{variable}_BASE_URL where the calls have to go another way"
            ),
        ));
    }
    let about = search.join(format!("{name}.json"));
    let meaning = match about.exists() {
        false => None,
        true => {
            let text = String::from_utf8(bytes(&about)?).ok();
            let meaning = text.and_then(|text| Meaning::parse(&text));
            Some(meaning.ok_or_else(|| wrong(&about, format!("is no search file of a service; {mended}")))?)
        }
    };
    let entry = Entry::foreign(service, meaning.as_ref(), Layer::External)
        .map_err(|error| wrong(file, format!("{}; {mended}", error.reason)))?;
    let service = entry.service().map_err(|error| wrong(file, error.reason))?;
    let published = Published::of(&entry).map_err(|error| wrong(file, error.reason))?.to_bytes().len();
    if published > MAX_PUBLISHED {
        let reason = format!(
            "is {published} bytes of what other programs are told, and they take {MAX_PUBLISHED}; leave operations out"
        );
        return Err(wrong(file, reason));
    }
    for (at, op) in service.operations.iter().enumerate() {
        validate::usable(service, op)
            .map_err(|reason| wrong(file, format!("/operations/{at}/input can't be compiled: {reason}")))?;
    }
    Ok(entry)
}

fn bytes(file: &Path) -> Result<Vec<u8>, ExternalError> {
    let opened = fs::File::open(file).map_err(|error| wrong(file, error.to_string()))?;
    let mut bytes = Vec::new();
    opened.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| wrong(file, error.to_string()))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(wrong(file, format!("is over {} MiB", MAX_FILE >> 20))),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests;
