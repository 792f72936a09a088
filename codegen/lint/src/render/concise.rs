//! `path:line:column: CODE[name] message`

use super::word;
use uaps_model::one_line;
use uaps_spec::{Diagnostic, Severity, Sources};

/// One line a finding. Errors are told from warnings by colour, and by a word where there is none.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic], color: bool) -> String {
    diagnostics.iter().map(|diagnostic| line(sources, diagnostic, color)).collect()
}

fn line(sources: &Sources, diagnostic: &Diagnostic, color: bool) -> String {
    let (id, name) = (diagnostic.code.id, diagnostic.code.name);
    let code = match (color, diagnostic.severity) {
        (false, Severity::Error) => format!("{id}[{name}]"),
        (false, Severity::Warning) => format!("{}: {id}[{name}]", word(Severity::Warning)),
        (true, Severity::Error) => format!("\u{1b}[1;31m{id}\u{1b}[0m[{name}]"),
        (true, Severity::Warning) => format!("\u{1b}[1;33m{id}\u{1b}[0m[{name}]"),
    };
    format!("{}: {code} {}\n", sources.locate(diagnostic.primary.span), one_line(&diagnostic.message))
}
