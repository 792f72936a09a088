//! A new provider, complete: manifest, the vendor's document as it came, the overlay that repairs and annotates it, a
//! page for people and contract examples.
//!
//! Pure: text in, files out. Nothing here reads a disk or the network. What a program must not decide comes back as
//! [`Question`]s.

mod auth;
mod bundle;
mod examples;
mod facts;
mod gaps;
mod guess;
mod manifest;
mod operation_ids;
mod overlay;
mod parameters;
mod paths;
mod places;
mod purchases;
mod readme;
mod request;
mod responses;
mod target;
mod tree;
mod yaml;

pub use bundle::{Bundle, BundledFile, Load, Loaded, Location, bundle};
pub use examples::examples;
pub use request::{AuthChoice, FactChoices, NewProvider};

use tree::Tree;
use uaps_model::one_line;
use uaps_spec::{Diagnostic, Manifest, Sources};

/// One file of the new provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Below the provider's folder, with `/`: `provider.yaml`, `examples/get_pet.json`.
    pub path: String,
    /// Its whole content.
    pub text: String,
}

/// Something that only a person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is to be decided, in one line.
    pub what: String,
    /// Where: a file below the provider's folder.
    pub place: String,
    /// Which edit decides it.
    pub edit: String,
}

/// A provider, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffolded {
    /// Its files; [`examples`] adds more once the provider compiles.
    pub files: Vec<File>,
    /// What is left to decide; empty where nothing is.
    pub questions: Vec<Question>,
}

/// Why no provider came of it.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// A flag has a value that a manifest can't hold. The caller's fault.
    #[error("{}", .0.join("\n"))]
    Flags(Vec<String>),
    /// No operation's path matches the pattern. The caller's fault.
    #[error("no operation's path matches the precheck pattern `{pattern}`; {}", known(.paths))]
    NoQuote {
        /// The pattern.
        pattern: String,
        /// Paths that could have been meant.
        paths: Vec<String>,
    },
    /// The document can't be used. The vendor's fault; the diagnostics refer to `sources`.
    #[error("the document can't be used")]
    Document {
        /// The texts that the diagnostics point into.
        sources: Box<Sources>,
        /// What is wrong with the document.
        diagnostics: Vec<Diagnostic>,
    },
}

fn known(paths: &[String]) -> String {
    match paths {
        [] => "the document has no operation with a body".to_owned(),
        paths => format!("paths that take a body are {}", paths.join(", ")),
    }
}

/// Renders the provider that `new` asks for around `document`, the vendor's text.
///
/// # Errors
/// See [`ScaffoldError`]; no partial result is given.
pub fn render(new: &NewProvider, document: &str) -> Result<Scaffolded, ScaffoldError> {
    let name = document_name(document);
    let mut tree = Tree::read(&new.source, document)?;
    let manifest = manifest::render(new, &tree.raised, document, name);
    check_flags(new, &manifest)?;
    let mut actions: Vec<_> = facts::actions(new, &tree.raised).into_iter().collect();
    let mut questions: Vec<_> = auth::question(new, &tree.raised).into_iter().collect();
    // What the document's structure needs comes first; the rest looks at the document as it then is.
    let shaped = paths::operations(&tree.written);
    tree.apply(&shaped);
    actions.extend(shaped);
    let (moved, open) = paths::templates(&tree.written);
    tree.apply(&moved);
    actions.extend(moved);
    questions.extend(open);
    for _ in 0..MAX_ROUNDS {
        let gaps = gaps::find(&tree.written, &tree.raised);
        if gaps.actions.is_empty() {
            break;
        }
        tree.apply(&gaps.actions);
        actions.extend(gaps.actions);
        questions.extend(gaps.questions);
    }
    for _ in 0..MAX_CIRCLES {
        let Some(circle) = gaps::circle(&tree.written) else { break };
        tree.apply(std::slice::from_ref(&circle));
        actions.push(circle);
    }
    actions.extend(operation_ids::actions(&tree.written));
    let (mended, open) = parameters::actions(&tree);
    actions.extend(mended);
    questions.extend(open);
    actions.extend(responses::actions(&tree.written));
    let sales = match new.has_purchases {
        true => purchases::find(&tree, new.precheck_pattern.as_deref())?,
        false => purchases::Found::default(),
    };
    actions.extend(sales.actions);
    questions.extend(sales.question);
    let suggestions = sales.suggestions;
    questions.extend(suggestions.iter().map(purchases::Suggestion::question));
    let mut files = vec![
        File { path: "provider.yaml".to_owned(), text: manifest },
        File { path: name.to_owned(), text: document.to_owned() },
    ];
    let has_overlay = !actions.is_empty() || !suggestions.is_empty();
    if has_overlay {
        let text = overlay::render(&new.name, &actions, &suggestions);
        files.push(File { path: "overlay.yaml".to_owned(), text });
    }
    files.push(File { path: "README.md".to_owned(), text: readme::render(new, &tree.raised, name, has_overlay) });
    // They go to a terminal and hold words of the document.
    for question in &mut questions {
        question.what = one_line(&question.what);
        question.edit = one_line(&question.edit);
    }
    Ok(Scaffolded { files, questions })
}

/// Circles of schemas that are ended one by one.
const MAX_CIRCLES: usize = 20;
/// How often what mends a gap may make another one.
const MAX_ROUNDS: usize = 4;

/// Flags become fields of the manifest, so the manifest's reader judges them.
fn check_flags(new: &NewProvider, manifest: &str) -> Result<(), ScaffoldError> {
    let mut sources = Sources::default();
    let file = sources.add("provider.yaml", manifest);
    let (root, mut found) = uaps_spec::parse(&sources, file);
    found.extend(root.iter().flat_map(|root| Manifest::read(root, new.id.as_str()).1));
    let words = |d: &Diagnostic| match &d.help {
        Some(help) => format!("{}; {help}", d.message),
        None => d.message.clone(),
    };
    let wrong: Vec<String> = found.iter().filter(|d| d.is_error()).map(words).collect();
    if wrong.is_empty() { Ok(()) } else { Err(ScaffoldError::Flags(wrong)) }
}

/// JSON keeps its ending; flow-style YAML begins like JSON, so that the first character is not enough.
fn document_name(document: &str) -> &'static str {
    if is_json(document) { "openapi.json" } else { "openapi.yaml" }
}

fn is_json(document: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(document.trim_start_matches('\u{feff}')).is_ok()
}
