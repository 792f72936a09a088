//! `cargo xtask scaffold-provider`: a vendor's document becomes a provider.

mod flags;
mod write;

pub(crate) use flags::Args;

use crate::download::{Downloaded, Part, download};
use crate::exit::Outcome;
use crate::files;
use crate::output::{count, diagnostics, note, print};
use crate::providers;
use crate::workspace::shown;
use anyhow::{Result, bail};
use scaffold::{Bundle, Loaded, Location, NewProvider, Question, ScaffoldError, Scaffolded, bundle};
use std::fs;
use std::path::Path;
use uaps_lint::Format;
use uaps_spec::{Diagnostic, Input, Sources, Text};

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let specs = providers::specs_folder(args.specs.as_ref())?;
    let folder = specs.join(args.id.as_str());
    if fs::symlink_metadata(&folder).is_ok() {
        bail!("{} exists already, and nothing is overwritten; choose another --id, or edit it there", shown(&folder));
    }
    let document = document(&args.openapi_url)?;
    diagnostics(Format::Full, &document.sources, &document.warnings)?;
    let new = NewProvider { bundled: document.files, ..args.new_provider() };
    let mut made = match scaffold::render(&new, &document.text) {
        Ok(made) => made,
        Err(ScaffoldError::Document { sources, diagnostics: found }) => {
            diagnostics(Format::Full, &sources, &found)?;
            note("the document can't be used as it is; nothing was written");
            return Ok(Outcome::Findings);
        }
        Err(error) => return Err(error.into()),
    };
    let checked = check(args, &folder, &made);
    made.files.extend(checked.examples);
    write::write(&specs, &folder, &made.files)?;

    if let [_, others @ ..] = new.bundled.as_slice() {
        note(&format!("bundled the document with {} that it refers to", count(others.len(), "file")));
    }
    note(&format!(
        "wrote {} with {} and {}",
        shown(&folder),
        count(made.files.len(), "file"),
        count(checked.operations, "operation")
    ));
    if !checked.found.is_empty() {
        diagnostics(Format::Full, &checked.sources, &checked.found)?;
    }
    for question in &made.questions {
        print(&words(&folder, question))?;
    }
    let failed = checked.found.iter().any(Diagnostic::is_error);
    let elsewhere = args.specs.as_ref().map(|specs| format!(" --specs {}", specs.display())).unwrap_or_default();
    let target = format!("{}{elsewhere}", args.id);
    note(&match failed {
        true => format!("mend the errors above, then: cargo xtask validate {target} && cargo xtask gen {target}"),
        false => format!("it is valid; next: cargo xtask gen {target}"),
    });
    Ok(Outcome::of(failed))
}

fn words(folder: &Path, question: &Question) -> String {
    let place = folder.join(&question.place);
    format!("decide: {}\n where: {}\n  edit: {}\n", question.what, shown(&place), question.edit)
}

/// The vendor's document, from wherever it is, with the files it is spread over.
fn document(source: &str) -> Result<Bundle> {
    if !source.contains("://") {
        return files::read(Path::new(source));
    }
    note("fetching the document");
    let Downloaded { text, url } = download(source, Part::Document)?;
    Ok(bundle(Location::Url(url), &text, &mut |location| match location {
        Location::Url(url) => {
            note(&format!("fetching {url}"));
            let Downloaded { text, url } = download(url.as_str(), Part::File).map_err(|error| error.to_string())?;
            Ok(Loaded { text, location: Location::Url(url) })
        }
        Location::File(_) => Err("it is not on the document's host".to_owned()),
    }))
}

/// What `validate` and `gen` will say.
struct Checked {
    sources: Sources,
    found: Vec<Diagnostic>,
    examples: Vec<scaffold::File>,
    operations: usize,
}

fn check(args: &Args, folder: &Path, made: &Scaffolded) -> Checked {
    let mut sources = Sources::default();
    let Some(input) = input(args.id.as_str(), folder, made) else {
        return Checked { sources, found: Vec::new(), examples: Vec::new(), operations: 0 };
    };
    let (provider, mut found) = uaps_lint::check(&mut sources, input);
    let operations = provider.as_ref().map_or(0, |provider| provider.document.operations().count());
    let mut examples = Vec::new();
    if let Some(provider) = provider.filter(|_| !found.iter().any(Diagnostic::is_error)) {
        match uaps_gen::compile(&provider) {
            Ok(service) => examples = scaffold::examples(&service),
            Err(broken) => found.extend(broken),
        }
    }
    Checked { sources, found, examples, operations }
}

/// The provider as `validate` will read it. `None` where it has no document, which [`scaffold::render`] never leaves out.
pub(crate) fn input(id: &str, folder: &Path, made: &Scaffolded) -> Option<Input> {
    let text = |name: &str| {
        let file = made.files.iter().find(|file| file.path == name)?;
        Some(Text { path: shown(&folder.join(name)), text: file.text.clone() })
    };
    Some(Input {
        folder: id.to_owned(),
        manifest: text("provider.yaml")?,
        document: text("openapi.yaml").or_else(|| text("openapi.json"))?,
        overlay: text("overlay.yaml"),
    })
}
