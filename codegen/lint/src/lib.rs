//! UAPS-1: what a provider's document must hold before it may take part.
//!
//! It is a compiler's front end, not a style guide: a rule exists because what it finds would otherwise fail in front of
//! a customer. Each rule is a file under `rules`, whose doc comment is its page in the manual. Findings are data; how
//! they look is the business of [`render()`]. Nothing here touches the disk or the network, and no input makes it panic.

#[cfg(test)]
mod testing;

mod commerce;
mod context;
mod edit;
mod extension;
mod manual;
mod reader;
mod render;
mod rule;
mod rules;
mod walk;

pub use commerce::commerce;
pub use manual::manual;
pub use render::{Format, UnknownFormat, render};

pub(crate) use context::Context;
pub(crate) use edit::replacement;
pub(crate) use extension::EXTENSIONS;
pub(crate) use rule::Rule;
pub(crate) use rules::RULES;

use std::collections::HashSet;
use uaps_spec::{Diagnostic, Input, Provider, Sources, Span, read};

/// What every rule has to say of a provider, in the order of the places; nothing is said twice.
pub(crate) fn lint(provider: &Provider) -> Vec<Diagnostic> {
    let context = Context::new(provider);
    let findings: Vec<_> = RULES.iter().flat_map(|rule| (rule.check)(&context)).collect();
    let broken: HashSet<Span> = findings.iter().filter(|f| is_of_reference(f)).map(|f| f.primary.span).collect();
    // What a broken reference keeps from being proven will be proven, or not, once it is mended.
    let follows = |finding: &Diagnostic| {
        !is_of_reference(finding) && finding.related.iter().any(|label| broken.contains(&label.span))
    };
    let findings = findings.into_iter().filter(|finding| !follows(finding));
    sorted(findings.map(|finding| context.keep_vendored(finding)).collect())
}

fn is_of_reference(finding: &Diagnostic) -> bool {
    ["reference-external", "reference-dangling", "reference-cycle"].contains(&finding.code.name)
}

/// Reads a provider into `sources` and lints it. `None` where it can't be used at all; the diagnostics say why.
pub fn check(sources: &mut Sources, input: Input) -> (Option<Provider>, Vec<Diagnostic>) {
    let (provider, mut diagnostics) = read(sources, input);
    diagnostics.extend(provider.iter().flat_map(lint));
    (provider, sorted(diagnostics))
}

/// By place, then code. What many operations share is found once for each of them and kept once.
fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)));
    diagnostics.dedup_by(|a, b| key(a) == key(b));
    diagnostics
}

fn key(diagnostic: &Diagnostic) -> (uaps_spec::Span, &'static str, &str) {
    (diagnostic.primary.span, diagnostic.code.id, &diagnostic.message)
}
