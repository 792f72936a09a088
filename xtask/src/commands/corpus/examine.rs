//! One document: read, scaffolded, linted, compiled.

use super::row::Row;
use crate::clients::Request;
use crate::commands::scaffold_provider::input;
use crate::files;
use scaffold::{AuthChoice, FactChoices, NewProvider, ScaffoldError};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;
use std::time::Instant;
use uaps_model::{ServiceId, one_line};
use uaps_spec::{Diagnostic, Document, Sources};

/// What came of a document.
pub(super) struct Examined {
    /// The id it was given.
    pub(super) id: String,
    pub(super) row: Row,
    /// The names of its tools.
    pub(super) tools: Vec<String>,
    /// What the client generator needs, where it compiled.
    pub(super) request: Option<Request>,
}

/// Takes a document as far as it goes. Whatever happens inside, the run goes on.
pub(super) fn examine(number: usize, file: &Path) -> Examined {
    let start = Instant::now();
    let name = one_line(&file.file_name().unwrap_or_default().to_string_lossy());
    let id = id(number, file);
    let row = Row { file: name, ..Row::default() };
    let mut examined = Examined { id: id.to_string(), row, tools: Vec::new(), request: None };
    if let Err(panic) = quietly(|| compile(&id, file, &mut examined)) {
        examined.row.first_error.get_or_insert(format!("the compiler panicked: {panic}"));
    }
    examined.row.seconds = start.elapsed().as_secs_f64();
    examined
}

fn compile(id: &ServiceId, file: &Path, examined: &mut Examined) {
    let Examined { row, tools, request, .. } = examined;
    let document = match files::read(file) {
        Ok(document) => document,
        Err(error) => {
            row.errors = 1;
            row.first_error = Some(format!("{error:#}"));
            return;
        }
    };
    let text = document.text;
    count(&text, row);
    let new = NewProvider {
        id: id.clone(),
        name: row.file.clone(),
        upstream: format!("https://{id}.example"),
        source: row.file.clone(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: false,
        precheck_pattern: None,
        bundled: document.files,
    };
    let mut sources = Sources::default();
    let made = match scaffold::render(&new, &text) {
        Ok(made) => made,
        Err(ScaffoldError::Document { sources, diagnostics }) => {
            return complain(row, &sources, &diagnostics);
        }
        Err(error) => {
            row.errors = 1;
            row.first_error = Some(error.to_string());
            return;
        }
    };
    let Some(mut input) = input(id.as_str(), Path::new(""), &made) else { return };
    // Findings name the file that was read, not the one a scaffolded provider would have.
    input.document.path.clone_from(&row.file);
    let (provider, found) = uaps_lint::check(&mut sources, input);
    complain(row, &sources, &found);
    let Some(provider) = provider.filter(|_| row.errors == 0) else { return };
    match uaps_gen::compile(&provider) {
        Err(found) => complain(row, &sources, &found),
        Ok(service) => {
            row.tools = service.operations.len();
            *tools = service.operations.iter().map(|op| op.tool.to_string()).collect();
            let flaws = uaps_gen::verify(&service);
            row.flaws = flaws.len();
            row.errors += flaws.len();
            row.first_error = row.first_error.take().or(flaws.first().map(ToString::to_string));
            let document = provider.document.root.to_json();
            *request = Some(Request { id: id.to_string(), service, document });
        }
    }
}

/// Version and operations as the document has them, counted before anything of ours has touched it.
fn count(text: &str, row: &mut Row) {
    let mut sources = Sources::default();
    let file = sources.add("", text);
    let Some(root) = uaps_spec::parse_document(&sources, file).0 else { return };
    let version = root.get("openapi").or_else(|| root.get("swagger"));
    row.openapi = version.map(|node| node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned));
    row.operations = Document { root }.operations().count();
}

fn complain(row: &mut Row, sources: &Sources, found: &[Diagnostic]) {
    let mut errors = found.iter().filter(|d| d.is_error()).peekable();
    if let (None, Some(first)) = (&row.first_error, errors.peek()) {
        let place = sources.locate(first.primary.span);
        row.first_error = Some(format!("{place}: {} {}", first.code.id, first.message));
    }
    row.errors += errors.count();
}

/// An id from a file's name; the number makes it one of its own.
fn id(number: usize, file: &Path) -> ServiceId {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let words: Vec<_> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(34).collect();
    let name = joined.trim_matches('-');
    let candidates = [name.to_owned(), format!("d-{name}")];
    let found = candidates.into_iter().find_map(|candidate| ServiceId::new(candidate).ok());
    found.unwrap_or_else(|| numbered(number))
}

fn numbered(number: usize) -> ServiceId {
    // Letters, a hyphen and digits are always legal.
    #[allow(clippy::expect_used)]
    ServiceId::new(format!("document-{number}")).expect("a legal id")
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something that may panic. The panic's words come back instead of going to the terminal.
fn quietly(work: impl FnOnce()) -> Result<(), String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_name_gives_a_legal_id() {
        let given = |name: &str| id(7, Path::new(name)).to_string();
        assert_eq!(given("petstore3.yaml"), "petstore3");
        assert_eq!(given("Paypal_Orders v2.json"), "paypal-orders-v2");
        assert_eq!(given("2checkout.json"), "d-2checkout");
        assert_eq!(given("health.yaml"), "d-health");
        assert_eq!(given("日本.yaml"), "document-7");
        assert_eq!(given(&"x-".repeat(60)), "x-".repeat(17).trim_end_matches('-'));
    }

    #[test]
    fn a_panic_is_a_sentence() {
        assert_eq!(quietly(|| panic!("boom {}", 1)), Err("boom 1".to_owned()));
        assert_eq!(quietly(|| ()), Ok(()));
    }
}
