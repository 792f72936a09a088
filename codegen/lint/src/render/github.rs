//! GitHub's workflow commands: `::error file=…,line=…::message`

use super::word;
use uaps_spec::{Diagnostic, Sources};

/// One command a finding.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| command(sources, diagnostic)).collect()
}

fn command(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.primary.span;
    let (start, end) = (sources.position(span.file, span.start), sources.position(span.file, span.end));
    // GitHub takes columns only where the finding stays in one line.
    let columns = match (start.line == end.line, end.column > start.column) {
        (true, true) => format!(",col={},endColumn={}", start.column, end.column - 1),
        (true, false) => format!(",col={}", start.column),
        (false, _) => format!(",endLine={}", end.line),
    };
    let title = format!("{} {}", diagnostic.code.id, diagnostic.code.name);
    let mut message = diagnostic.message.clone();
    for label in std::iter::once(&diagnostic.primary).filter(|label| !label.text.is_empty()) {
        message = format!("{message}\n{}", label.text);
    }
    for label in &diagnostic.related {
        message = format!("{message}\n{}: {}", sources.locate(label.span), label.text);
    }
    if let Some(help) = &diagnostic.help {
        message = format!("{message}\nhelp: {help}");
    }
    if let Some(fix) = &diagnostic.fix {
        message = format!("{message}\nfix: {}", fix.title);
    }
    format!(
        "::{} file={},line={}{columns},title={}::{}\n",
        word(diagnostic.severity),
        property(sources.path(span.file)),
        start.line,
        property(&title),
        data(&message)
    )
}

/// What would end a message, escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What would end a property, escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
