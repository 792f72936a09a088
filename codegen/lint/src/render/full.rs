//! Findings with the lines of the document, for people.

use super::excerpt::{Excerpt, excerpt};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use uaps_model::one_line;
use uaps_spec::{Diagnostic, Fix, Label, Severity, Sources};

/// A block a finding, with an empty line behind it.
pub(super) fn render(sources: &Sources, diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    // Lines are cut before they get here; the renderer's own cutting would do it twice.
    let renderer = renderer.term_width(1000);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let block = renderer.render(&report(sources, diagnostic));
        for line in block.lines().filter(|line| !is_divider(line)) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

fn report<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let code = format!("{} {}", diagnostic.code.id, diagnostic.code.name);
    let mut group = Group::with_title(level.primary_title(one_line(&diagnostic.message)).id(code));
    group = group.elements(shown(sources, &diagnostic.primary, AnnotationKind::Primary));
    for label in &diagnostic.related {
        group = group.elements(shown(sources, label, AnnotationKind::Context));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(one_line(help)));
    }
    let mut groups = vec![group];
    groups.extend(diagnostic.fix.as_ref().map(|fix| mended(sources, fix)));
    groups
}

/// Where a label stands, and its line.
fn shown<'a>(sources: &'a Sources, label: &'a Label, kind: AnnotationKind) -> [Element<'a>; 2] {
    let Excerpt { line, column, text, mark } = excerpt(sources, label.span);
    let words = (!label.text.is_empty()).then(|| one_line(&label.text));
    let annotation: Annotation<'a> = kind.span(mark).label(words);
    let origin = Origin::path(sources.path(label.span.file)).line(line).char_column(column);
    [origin.into(), Snippet::source(text).line_start(line).annotation(annotation).into()]
}

/// Whether a line only parts an excerpt from its place, which the renderer does where it is told the place apart.
fn is_divider(line: &str) -> bool {
    // Escape sequences for colour end with `m`.
    let plain: String = line.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
    plain.trim() == ":::"
}

/// The line of a fix, before and after.
fn mended<'a>(sources: &'a Sources, fix: &'a Fix) -> Group<'a> {
    let Excerpt { line, text, mark, .. } = excerpt(sources, fix.span);
    let patch = Patch::new(mark, crate::replacement(sources, fix));
    Group::with_title(Level::HELP.with_name("fix").secondary_title(one_line(&fix.title)))
        .element(Snippet::source(text).line_start(line).patch(patch))
}
