//! `x-services`: from the flags, else from the document, else an honest "not stated".

use crate::NewProvider;
use crate::overlay::Action;
use crate::yaml::Yaml;
use uaps_spec::{Document, Node};

/// Longest description that is taken over from a document, in characters.
const LONGEST: usize = 300;

/// What the provider does: as the caller says, else the first paragraph of the document.
pub(crate) fn description(new: &NewProvider, document: &Document) -> String {
    if let Some(text) = &new.description {
        return text.clone();
    }
    let info = document.root.get("info");
    let described = info.and_then(|info| info.str_at("description")).and_then(first_paragraph);
    let title = || info.and_then(|info| info.str_at("title")).map(str::trim).filter(|t| !t.is_empty()).map(short);
    described.or_else(title).unwrap_or_else(|| new.name.clone())
}

/// The action that completes `x-services.<id>`; what the document says itself stays, unless a flag says otherwise.
pub(crate) fn actions(new: &NewProvider, document: &Document) -> Option<Action> {
    let own = document.root.get("x-services").and_then(|services| services.get(new.id.as_str()));
    let sells = new.has_purchases;
    let facts = [
        ("description", new.description.clone(), description(new, document)),
        (
            "flow",
            new.facts.flow.clone(),
            if sells {
                "Ask for a quote, then purchase with the same arguments. The other operations may be called in any order"
            } else {
                "The operations may be called in any order, as far as the provider's document says"
            }
            .to_owned(),
        ),
        (
            "pricing_model",
            new.facts.pricing_model.clone(),
            if sells { "A purchase costs what its quote says" } else { "Not stated in the provider's document" }.to_owned(),
        ),
        (
            "typical_response_time",
            new.facts.typical_response_time.clone(),
            "Not stated in the provider's document".to_owned(),
        ),
    ];
    let missing = |key: &str| own.and_then(|own| own.str_at(key)).is_none_or(|text| text.trim().is_empty());
    let update: Vec<_> = facts
        .into_iter()
        .filter(|(key, said, _)| said.is_some() || missing(key))
        .map(|(key, said, default)| (key, Yaml::text(said.unwrap_or(default))))
        .collect();
    (!update.is_empty()).then(|| {
        let facts = Yaml::map([("x-services", Yaml::map([(new.id.as_str(), Yaml::map(update))]))]);
        Action::update("$", "What an assistant should know before it starts", facts)
    })
}

/// The first paragraph of prose: no headings, no rules, no tables, white space made one.
fn first_paragraph(text: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        let is_prose =
            line.starts_with(|c: char| c.is_alphanumeric() || "[`*_\"'(".contains(c)) && !line.starts_with("***");
        match (is_prose, words.is_empty()) {
            (true, _) => words.extend(line.split_whitespace()),
            (false, true) => {}
            (false, false) => break,
        }
    }
    (!words.is_empty()).then(|| short(&words.join(" ")))
}

/// Cut at a sentence, else at a word.
pub(crate) fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text };
    let head = text.get(..end).unwrap_or_default();
    match (head.rfind(". "), head.rfind(' ')) {
        (Some(at), _) => head.get(..=at).unwrap_or_default().to_owned(),
        (None, Some(at)) => format!("{} …", head.get(..at).unwrap_or_default()),
        (None, None) => head.to_owned(),
    }
}

/// A line that names an operation: its summary, else its description, else nothing.
pub(crate) fn summary(operation: &Node) -> String {
    let text = operation.str_at("summary").filter(|s| !s.trim().is_empty()).or_else(|| operation.str_at("description"));
    text.map(short).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_paragraph_is_prose() {
        let text = "# Title\n\nSome *words*\nover lines.\n\n## More\nother";
        assert_eq!(first_paragraph(text).as_deref(), Some("Some *words* over lines."));
        assert_eq!(first_paragraph("# Only\n---\n"), None);
    }

    #[test]
    fn long_text_is_cut_at_a_sentence() {
        let text = format!("First sentence. {}", "word ".repeat(100));
        assert_eq!(short(&text), "First sentence.");
        assert!(short(&"é".repeat(1000)).chars().count() <= LONGEST);
    }
}
