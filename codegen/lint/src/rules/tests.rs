//! What must hold for every rule.

use super::RULES;
use crate::testing::{MANIFEST, SHOP, complete, looked_up, run, run_with_overlay, vendored};
use crate::{Rule, replacement};
use uaps_spec::{Diagnostic, Provider, Sources};

/// The YAML blocks of a section of a page: of the manifest those that say so, of the document the others.
fn blocks(rule: &Rule, section: &str) -> (String, String) {
    let page = rule.manual;
    let start = page.find(&format!("## {section}\n")).unwrap_or_else(|| panic!("{} has no {section}", rule.code.name));
    let body = &page[start + 3..];
    let body = &body[..body.find("\n## ").unwrap_or(body.len())];
    let mut manifest = String::new();
    let mut document = String::new();
    for block in body.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        match block.strip_prefix("# provider.yaml\n") {
            Some(lines) => manifest.push_str(lines),
            None => document.push_str(block),
        }
    }
    let key = |line: &str| line.split(':').next().map(str::to_owned);
    let own: Vec<_> = manifest.lines().map(key).collect();
    for line in MANIFEST.lines().filter(|line| !own.contains(&key(line))) {
        manifest.push_str(line);
        manifest.push('\n');
    }
    (manifest, complete(&document))
}

#[test]
fn codes_are_ordered_and_files_are_named_by_them() {
    assert!(RULES.is_sorted_by(|a, b| a.code.id < b.code.id));
    for rule in RULES {
        let file = format!("{}/src/rules/{}.rs", env!("CARGO_MANIFEST_DIR"), rule.code.name.replace('-', "_"));
        let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let page: String = rule.manual.lines().map(|line| format!("//! {line}").trim_end().to_owned() + "\n").collect();
        assert!(source.starts_with(&page), "{file}: the manual is another file's");
        assert!(!rule.title.ends_with('.'), "{file}");
    }
}

#[test]
fn every_page_has_its_sections() {
    for rule in RULES {
        let headings: Vec<_> = rule.manual.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it does", "Why", "Example", "Use instead"], "{}", rule.code.name);
    }
}

#[test]
fn every_example_is_found_and_what_to_use_instead_is_clean() {
    for rule in RULES {
        let (manifest, document) = blocks(rule, "Example");
        let (_, _, diagnostics) = run(&manifest, &document);
        let own = diagnostics.iter().find(|diagnostic| diagnostic.code == rule.code);
        assert!(own.is_some_and(|own| own.severity == rule.severity), "{}: {diagnostics:#?}", rule.code.name);

        let (manifest, document) = blocks(rule, "Use instead");
        let (sources, _, diagnostics) = run(&manifest, &document);
        let rest = crate::render(crate::Format::Concise, &sources, &diagnostics, false);
        assert_eq!(rest, "", "{}: what to use instead", rule.code.name);
    }
}

/// The document with the fix in it.
fn mended(sources: &Sources, document: &str, diagnostic: &Diagnostic) -> Option<String> {
    let fix = diagnostic.fix.as_ref()?;
    assert_eq!(sources.path(fix.span.file), "openapi.yaml");
    let mut text = document.to_owned();
    text.replace_range(fix.span.start..fix.span.end, &replacement(sources, fix));
    Some(text)
}

#[test]
fn every_fix_mends_its_finding() {
    let mut fixes = 0;
    for rule in RULES {
        let (manifest, document) = blocks(rule, "Example");
        let (sources, _, diagnostics) = run(&manifest, &document);
        for diagnostic in &diagnostics {
            let Some(text) = mended(&sources, &document, diagnostic) else { continue };
            let (_, _, after) = run(&manifest, &text);
            let same = |d: &&Diagnostic| d.code == diagnostic.code && d.message == diagnostic.message;
            assert_eq!(after.iter().find(same), None, "{text}");
            fixes += 1;
        }
    }
    assert!(fixes >= 8, "only {fixes} examples have a fix");
}

#[test]
fn advice_for_an_overlay_mends_its_finding() {
    let mut tried = 0;
    for rule in RULES {
        let (_, document) = blocks(rule, "Example");
        let document = document.replace("/rides", "/it's");
        let (_, _, diagnostics) = run(&vendored(&document), &document);
        for diagnostic in &diagnostics {
            let inner =
                |help: &String| Some(help.strip_prefix("add to overlay.yaml: `")?.strip_suffix('`')?.to_owned());
            let action = diagnostic
                .help
                .as_ref()
                .and_then(inner)
                .filter(|action| !action.contains('<') && !action.contains("..."));
            let Some(action) = action else { continue };
            let (_, _, after) = run_with_overlay(&vendored(&document), &document, Some(&action));
            assert!(
                after.iter().all(|d| d.code != diagnostic.code && d.code != uaps_spec::codes::OVERLAY),
                "{action}: {after:#?}"
            );
            tried += 1;
        }
    }
    assert!(tried >= 3, "only {tried} examples have such advice");
}

#[test]
fn a_complete_shop_is_clean() {
    let (_, provider, diagnostics) = run(MANIFEST, SHOP);
    assert_eq!(diagnostics, []);
    assert_agreement(&provider.unwrap(), &diagnostics);
    let (_, provider, diagnostics) = run(MANIFEST, &looked_up("not_sold: [declined], missing: not_sold", &[]));
    assert_eq!(diagnostics, []);
    assert_agreement(&provider.unwrap(), &diagnostics);
}

/// The compiler must be able to use what no rule finds an error in, and must get a reason where it can't.
#[track_caller]
pub(super) fn assert_agreement(provider: &Provider, diagnostics: &[Diagnostic]) {
    let found_error = diagnostics.iter().any(Diagnostic::is_error);
    let mut refused = false;
    for operation in provider.document.operations() {
        if let Err(findings) = crate::commerce(&provider.document, &operation) {
            assert!(found_error, "{findings:#?}");
            assert!(findings.iter().any(Diagnostic::is_error));
            refused = true;
        }
    }
    let about_money = diagnostics.iter().find(|d| d.is_error() && d.code.id.starts_with("UAPS5"));
    assert!(refused || about_money.is_none(), "{about_money:#?}");
}

mod mutation;
