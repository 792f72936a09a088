//! A document through the whole compiler, and what must not happen on the way.

use crate::net::caught;
use scaffold::{AuthChoice, FactChoices, NewProvider, ScaffoldError};
use serde::{Deserialize, Serialize};
use uaps_lint::{Format, render};
use uaps_model::{Service, ServiceId};
use uaps_spec::{Diagnostic, Input, Provider, Sources, Text};

/// What is tried beside the way every document takes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trial {
    /// The typed client. Only where this crate has its feature `clients`.
    pub client: bool,
    /// Every format of the findings.
    pub render: bool,
    /// A second time, for the same bytes.
    pub twice: bool,
    /// Purchases are looked for.
    pub purchases: bool,
}

/// How far a document came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// The reader refused it.
    Refused,
    /// It compiled, though a rule found an error in it, with which `gen` would have stopped.
    Faulty,
    /// It compiled, and no rule found an error.
    Clean,
}

/// What should not have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A panic that reached us.
    Panic,
    /// Progenitor or typify panicked under the net, on a document without errors.
    GaveUp,
    /// Another failure of the client generator, on a document without errors.
    Client,
    /// `verify` found the service unsound.
    Flaw,
    /// An example that its schema refuses. Most mutants of this kind have a schema that nothing fits, and for those there
    /// is no better answer; so it is told and counted, and is no failure.
    Unfit,
    /// A finding without a place in its text.
    Misplaced,
    /// What `scaffold-provider` wrote is at fault.
    Scaffold,
    /// No rule found an error, and the compiler refused.
    Disagreement,
    /// The same input gave other bytes.
    Unequal,
    /// It took too long, as the supervisor saw.
    Hang,
    /// It took too much memory, as the supervisor saw.
    Memory,
    /// The process ended, as the supervisor saw.
    Abort,
}

/// One thing that should not have happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// In words; a panic's place first.
    pub text: String,
}

/// What came of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How far it came.
    pub reached: Reached,
    /// Whether a typed client was written.
    pub client: bool,
    /// What should not have happened.
    pub findings: Vec<Finding>,
}

/// Takes a document through reader, scaffold, rules, compiler and emitters. Panics are findings like others.
pub fn judge(text: &str, trial: Trial) -> Verdict {
    let mut verdict = Verdict { reached: Reached::Refused, client: false, findings: Vec::new() };
    run(text, trial, &mut verdict);
    verdict
}

impl Verdict {
    fn add(&mut self, kind: Kind, text: impl Into<String>) {
        self.findings.push(Finding { kind, text: text.into() });
    }

    /// A refusal needs an error.
    fn says_why(&mut self, diagnostics: &[Diagnostic]) {
        if !diagnostics.iter().any(Diagnostic::is_error) {
            self.add(Kind::Misplaced, "the document was refused, and nothing says why");
        }
    }

    /// What a stage answers, or `None` where it panicked.
    fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> Option<T> {
        caught(work).map_err(|panic| self.add(Kind::Panic, format!("{name}: {panic}"))).ok()
    }
}

fn run(text: &str, trial: Trial, verdict: &mut Verdict) -> Option<()> {
    let new = new_provider(trial.purchases)?;
    let made = match verdict.stage("scaffold", || scaffold::render(&new, text))? {
        Ok(made) => made,
        Err(ScaffoldError::Document { sources, diagnostics }) => {
            inspect(&sources, &diagnostics, trial, verdict);
            verdict.says_why(&diagnostics);
            return None;
        }
        Err(ScaffoldError::NoQuote { .. }) => return None,
        Err(error @ ScaffoldError::Flags(_)) => {
            verdict.add(Kind::Scaffold, error.to_string());
            return None;
        }
    };
    let mut sources = Sources::default();
    let input = input(&new, &made)?;
    let (provider, found) = verdict.stage("rules", || uaps_lint::check(&mut sources, input))?;
    inspect(&sources, &found, trial, verdict);
    // A broken reference that was moved with its path is the document's own.
    let ours = |f: &&Diagnostic| f.is_error() && sources.path(f.primary.span.file) != DOCUMENT;
    for finding in found.iter().filter(ours).filter(|f| !f.code.name.starts_with("reference-")) {
        verdict.add(Kind::Scaffold, format!("{} {}", finding.code.id, finding.message));
    }
    let Some(provider) = provider else {
        verdict.says_why(&found);
        return None;
    };
    let clean = !found.iter().any(Diagnostic::is_error);
    let service = match verdict.stage("compiler", || uaps_gen::compile(&provider))? {
        Ok(service) => service,
        Err(refused) => {
            inspect(&sources, &refused, trial, verdict);
            verdict.says_why(&refused);
            if let Some(first) = refused.first().filter(|_| clean) {
                verdict.add(Kind::Disagreement, format!("{} {}", first.code.id, first.message));
            }
            return None;
        }
    };
    verdict.reached = if clean { Reached::Clean } else { Reached::Faulty };
    for flaw in verdict.stage("verify", || uaps_gen::verify(&service))? {
        let kind = if matches!(flaw, uaps_gen::Flaw::Example { .. }) { Kind::Unfit } else { Kind::Flaw };
        // With errors in it, that an example can't fit needs no telling.
        if clean || kind == Kind::Flaw {
            verdict.add(kind, flaw.to_string());
        }
    }
    verdict.stage("examples", || scaffold::examples(&service))?;
    let catalog = verdict.stage("catalogue", || uaps_gen::catalog_text(&service))?;
    if trial.twice {
        let again = verdict.stage("compiler", || uaps_gen::compile(&provider).ok())?;
        if again.is_none_or(|again| uaps_gen::catalog_text(&again) != catalog) {
            verdict.add(Kind::Unequal, "the second compilation gave another catalogue");
        }
    }
    if trial.client {
        client(&service, &provider, clean, verdict);
    }
    Some(())
}

const DOCUMENT: &str = "mutant";

fn new_provider(purchases: bool) -> Option<NewProvider> {
    Some(NewProvider {
        id: ServiceId::new("mutant").ok()?,
        name: "Mutant".to_owned(),
        upstream: "https://mutant.example".to_owned(),
        source: DOCUMENT.to_owned(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        bundled: Vec::new(),
        has_purchases: purchases,
        precheck_pattern: purchases.then(|| "*".to_owned()),
    })
}

fn input(new: &NewProvider, made: &scaffold::Scaffolded) -> Option<Input> {
    let text = |name: &str| {
        let file = made.files.iter().find(|file| file.path == name)?;
        let path = if name.starts_with("openapi") { DOCUMENT } else { name };
        Some(Text { path: path.to_owned(), text: file.text.clone() })
    };
    Some(Input {
        folder: new.id.to_string(),
        manifest: text("provider.yaml")?,
        document: text("openapi.yaml").or_else(|| text("openapi.json"))?,
        overlay: text("overlay.yaml"),
    })
}

/// Findings have places, and can be shown.
fn inspect(sources: &Sources, found: &[Diagnostic], trial: Trial, verdict: &mut Verdict) {
    for finding in found {
        let related = finding.related.iter().map(|label| label.span);
        let spans = [finding.primary.span].into_iter().chain(related).chain(finding.fix.iter().map(|fix| fix.span));
        for span in spans {
            // The path of a text that isn't there is "?".
            let stands = sources.path(span.file) != "?" && sources.text(span.file).get(span.start..span.end).is_some();
            if !stands {
                let text = format!(
                    "{} stands at {}..{} of {}",
                    finding.code.id,
                    span.start,
                    span.end,
                    sources.path(span.file)
                );
                verdict.add(Kind::Misplaced, text);
            }
        }
    }
    if trial.render && !found.is_empty() {
        for format in Format::ALL {
            verdict.stage("rendering", || render(format, sources, found, true));
        }
    }
}

#[cfg(feature = "clients")]
fn client(service: &Service, provider: &Provider, clean: bool, verdict: &mut Verdict) {
    use uaps_gen::clients::{ClientError, generate};
    let document = provider.document.root.to_json();
    match caught(|| generate(service, &document)) {
        Ok(Ok(_)) => verdict.client = true,
        Err(panic) => verdict.add(Kind::Panic, format!("client: {panic}")),
        // With errors in it no client is asked for; only a panic would be too much.
        Ok(Err(_)) if !clean => {}
        Ok(Err(ClientError::Refused { reason, .. })) if reason.contains("the generator gave up") => {
            verdict.add(Kind::GaveUp, crate::net::last().unwrap_or(reason));
        }
        Ok(Err(error)) => verdict.add(Kind::Client, error.to_string()),
    }
}

#[cfg(not(feature = "clients"))]
fn client(_: &Service, _: &Provider, _: bool, _: &mut Verdict) {}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a:\n    get:\n      \
                         operationId: a\n      responses: { '200': { description: Yes. } }\n";

    #[track_caller]
    fn check(text: &str, reached: Reached) {
        let trial = Trial { client: true, render: true, twice: true, purchases: false };
        let verdict = judge(text, trial);
        assert_eq!((verdict.reached, verdict.findings), (reached, Vec::new()), "{text}");
    }

    #[test]
    fn documents_come_as_far_as_they_are_sound() {
        check(SOUND, Reached::Clean);
        check(&SOUND.replace("get", "post").replace("Yes.", "Ja 日本."), Reached::Clean);
        check(&SOUND.replace("operationId", "x-access-level: nobody\n      operationId"), Reached::Faulty);
        check(&SOUND.replace("operationId", "x-purchase-endpoint: true\n      operationId"), Reached::Refused);
        check("a: [", Reached::Refused);
        check("", Reached::Refused);
    }

    #[test]
    fn what_should_not_happen_is_told() {
        let mut verdict = judge(SOUND, Trial::default());
        assert_eq!(verdict.stage("stage", || -> u8 { panic!("boom") }), None);
        let [finding] = &verdict.findings[..] else { panic!("one finding") };
        assert!(finding.kind == Kind::Panic && finding.text.starts_with("stage: ") && finding.text.ends_with("boom"));

        let mut sources = Sources::default();
        let file = sources.add(DOCUMENT, "é");
        for (start, end) in [(0, 9), (1, 2), (2, 0)] {
            let span = uaps_spec::Span { file, start, end };
            let found = [Diagnostic::error(uaps_spec::codes::SYNTAX, "it is wrong", span)];
            let mut verdict = judge(SOUND, Trial::default());
            inspect(&sources, &found, Trial::default(), &mut verdict);
            assert_eq!(
                verdict.findings.iter().map(|f| f.kind).collect::<Vec<_>>(),
                [Kind::Misplaced],
                "{start}..{end}"
            );
        }
    }
}
