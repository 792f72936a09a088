//! The manual, made from the rules.

use crate::reader::READER;
use crate::{EXTENSIONS, RULES};
use uaps_model::RESERVED_SERVICE_IDS;
use uaps_spec::{Code, Severity};

/// The manual of UAPS-1, Markdown: `docs/uaps-1.md`.
pub fn manual() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("\n## Extensions\n\n| where | key | value | meaning |\n|---|---|---|---|\n");
    for extension in EXTENSIONS {
        let (place, key, example, meaning) =
            (extension.place.as_str(), extension.key, extension.example, extension.meaning);
        text.push_str(&format!("| {place} | `{key}` | `{example}` | {meaning} |\n"));
    }
    text.push_str("\n## Rules\n\n| code | name | severity | what it finds |\n|---|---|---|---|\n");
    let reader = READER.iter().map(|code| (code.code, code.severity, code.title, code.manual));
    let all: Vec<_> =
        reader.chain(RULES.iter().map(|rule| (rule.code, rule.severity, rule.title, rule.manual))).collect();
    for (Code { id, name }, severity, title, _) in &all {
        let severity = word(*severity);
        text.push_str(&format!("| [{id}](#{anchor}) | {name} | {severity} | {title} |\n", anchor = anchor(id, name)));
    }
    let reserved: Vec<_> = RESERVED_SERVICE_IDS.iter().map(|id| format!("`{id}`")).collect();
    text.push_str(&format!(
        "\nIds that no provider can have, because the gateway answers on those paths itself: {}.\n",
        reserved.join(", ")
    ));
    let mut group = "";
    for (Code { id, name }, severity, title, page) in &all {
        let heading = heading(id);
        if heading != group {
            text.push_str(&format!("\n## {heading}\n"));
            group = heading;
        }
        // The headings of a page are two levels below the manual's.
        let page = page.replace("\n## ", "\n#### ").replacen("## ", "#### ", usize::from(page.starts_with("## ")));
        text.push_str(&format!("\n### {id} {name}\n\n{}: {title}.\n\n{page}", sentence(word(*severity))));
    }
    text
}

const INTRODUCTION: &str = "\
<!-- Written by `cargo xtask gen` from the rules in codegen/lint. Do not edit. -->

# UAPS-1

UAPS-1 is what a provider's OpenAPI document must hold before it may take part: OpenAPI 3.0, a few extensions that say what
a call costs, and rules that prove the two before anybody calls.
`cargo xtask validate` applies them. Errors stop the compiler, warnings do not.

A vendor's document stays byte for byte as it came. What it lacks is added by `overlay.yaml`, an OpenAPI Overlay 1.0:

```yaml
overlay: 1.0.0
info: { title: What the shop's document lacks, version: 1.0.0 }
actions:
  - target: $.paths['/orders'].post
    update:
      operationId: place_order
      x-purchase-endpoint: true
```
";

fn heading(id: &str) -> &'static str {
    match id.as_bytes().get(4) {
        Some(b'0') => "Reading",
        Some(b'1') => "Operations",
        Some(b'2') => "Paths and parameters",
        Some(b'3') => "References and schemas",
        Some(b'4') => "Services",
        Some(b'5') => "Purchases",
        _ => "Manifest",
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn sentence(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// GitHub's anchor of a rule's heading.
fn anchor(id: &str, name: &str) -> String {
    format!("{}-{name}", id.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_manual_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/uaps-1.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == manual(), "docs/uaps-1.md is stale; run `cargo xtask gen`");
    }

    #[test]
    fn every_code_and_key_is_in_it() {
        let text = manual();
        for code in READER.iter().map(|code| code.code).chain(RULES.iter().map(|rule| rule.code)) {
            assert!(text.contains(&format!("\n### {} {}\n", code.id, code.name)), "{code:?}");
        }
        assert!(EXTENSIONS.iter().all(|extension| text.contains(&format!("| `{}` |", extension.key))));
    }
}
