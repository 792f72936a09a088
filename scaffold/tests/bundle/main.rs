//! Documents of several files, and the one that is made of them.

#![allow(clippy::unwrap_used, reason = "a test that can not go on fails")]

mod edges;
mod spread;

use scaffold::{Bundle, Loaded, Location, bundle};
use std::collections::BTreeMap;

/// The first file is the document.
fn bundled(files: &[(&str, &str)]) -> Bundle {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let (name, text) = files[0];
    bundle(Location::File(name.to_owned()), text, &mut |location| {
        let text = texts.get(location.to_string().as_str()).ok_or("no such file".to_owned())?;
        // A server sends some on: `moved: a.yaml` is where they are now.
        let (text, location) = match text.strip_prefix("moved: ").and_then(|to| Some((texts.get(to)?, to))) {
            Some((text, to)) => ((*text).to_owned(), Location::File(to.to_owned())),
            None => ((*text).to_owned(), location.clone()),
        };
        Ok(Loaded { text, location })
    })
}

/// The bundle, and below it what is said.
fn check(files: &[(&str, &str)]) -> String {
    let bundle = bundled(files);
    let mut shown = bundle.text;
    for warning in &bundle.warnings {
        let place = bundle.sources.locate(warning.primary.span);
        shown.push_str(&format!("--- {place}: {}\n", warning.message));
    }
    shown
}
