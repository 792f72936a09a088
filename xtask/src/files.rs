//! Documents on the disk, with the files they are spread over.

use crate::download::is_html;
use anyhow::{Context, Result, bail};
use scaffold::{Bundle, Loaded, Location, bundle};
use std::fs;
use std::path::Path;
use uaps_spec::{Sources, decode, limits::MAX_BYTES};

/// Reads the document at `path` and bundles it with the files below its folder that it refers to.
pub(crate) fn read(path: &Path) -> Result<Bundle> {
    let text = text(path)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("openapi");
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(bundle(Location::File(name.to_owned()), &text, &mut |location| beside(folder, location)))
}

/// A text, if it can be a document.
fn text(path: &Path) -> Result<String> {
    let shown = path.display();
    let unreadable = || format!("{shown} can't be read");
    let size = fs::metadata(path).with_context(unreadable)?.len();
    if size > MAX_BYTES as u64 {
        let (have, limit) = (size / 1_048_576, MAX_BYTES / 1_048_576);
        bail!("{shown} has {have} MiB, more than the limit of {limit} MiB; split it by area into several providers");
    }
    let bytes = fs::read(path).with_context(unreadable)?;
    let mut sources = Sources::default();
    let text = decode(&mut sources, &shown.to_string(), bytes).map_err(|found| {
        let place = sources.locate(found.primary.span);
        anyhow::anyhow!("{place}: {}; {}", found.message, found.help.unwrap_or_default())
    })?;
    if is_html(&text) {
        bail!("{shown} is a web page (HTML), not an OpenAPI document; save the raw file");
    }
    Ok(text)
}

/// A file of the document. A link out of its folder is not followed.
fn beside(folder: &Path, location: &Location) -> Result<Loaded, String> {
    let Location::File(name) = location else { return Err("it is not on this machine".to_owned()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let missing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    let real = fs::canonicalize(folder.join(name)).map_err(missing)?;
    if !real.starts_with(fs::canonicalize(folder).map_err(missing)?) {
        return Err("it is a link that leads out of the document's folder".to_owned());
    }
    if !real.is_file() {
        return Err("it is no file".to_owned());
    }
    let text = text(&real).map_err(|error| {
        let words = format!("{error:#}").replace(&real.display().to_string(), "it");
        words.trim_start_matches("it can't be read: ").to_owned()
    })?;
    Ok(Loaded { text, location: location.clone() })
}
