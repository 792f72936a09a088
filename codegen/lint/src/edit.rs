//! Edits that fit the text they are made in.

use uaps_spec::{Diagnostic, Fix, Node, Sources, Span};

/// The text of a fix as it goes into its file.
///
/// A rule does not see the text, so it writes a new member at the place of an old one and a line break after it; here
/// the break gets the indentation of that place. In the midst of a line it becomes a space.
pub(crate) fn replacement(sources: &Sources, fix: &Fix) -> String {
    if !fix.replacement.contains('\n') {
        return fix.replacement.clone();
    }
    let before = sources.text(fix.span.file).get(..fix.span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let margin: String = line.chars().take_while(|c| *c == ' ' || *c == '\t' || *c == '-').collect();
    if margin.len() == line.len() {
        fix.replacement.replace('\n', &format!("\n{}", margin.replace('-', " ")))
    } else {
        fix.replacement.replace('\n', " ")
    }
}

/// Adds the fix "write this member first in that object", where the object has members in one text.
pub(crate) fn add_member(diagnostic: Diagnostic, object: &Node, key: &str, value: &str) -> Diagnostic {
    let title = format!("add `{key}: {value}`");
    let Some(first) = object.members().first() else { return diagnostic };
    let at = Span { end: first.key_span.start, ..first.key_span };
    if at.file != object.span.file {
        return diagnostic;
    }
    // In a block, the object begins with its first key; in JSON and in flow style, with its brace. JSON quotes its keys.
    let is_block = at.start == object.span.start;
    let is_quoted = first.key_span.end.saturating_sub(first.key_span.start) > first.key.len();
    let text = match (is_block, is_quoted) {
        (true, _) => format!("{key}: {value}\n"),
        (false, false) => format!("{key}: {value},\n"),
        (false, true) if is_json_word(value) => format!("\"{key}\": {value},\n"),
        (false, true) => format!("\"{key}\": \"{value}\",\n"),
    };
    diagnostic.fix(title, at, text)
}

fn is_json_word(value: &str) -> bool {
    matches!(value, "true" | "false") || value.bytes().all(|b| b.is_ascii_digit())
}

/// `text` as it stands where `node` stood: in double quotes if that is longer than its text, as JSON needs.
pub(crate) fn same_quotes(old: &str, span: Span, text: &str) -> String {
    if span.end.saturating_sub(span.start) > old.len() { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        let root = uaps_spec::parse(&sources, file).0.unwrap();
        let finding = Diagnostic::error(uaps_spec::codes::SYNTAX, "", root.span);
        let fix = add_member(finding, root.get("a").unwrap(), "k", "true").fix.unwrap();
        let mut mended = text.to_owned();
        mended.replace_range(fix.span.start..fix.span.end, &replacement(&sources, &fix));
        assert_eq!(mended, expected);
    }

    #[test]
    fn a_member_is_added_in_the_style_of_its_place() {
        check("a:\n  b: 1\n  c: 2\n", "a:\n  k: true\n  b: 1\n  c: 2\n");
        check("a: {b: 1}\n", "a: {k: true, b: 1}\n");
        check("{\n  \"a\": {\n    \"b\": 1\n  }\n}", "{\n  \"a\": {\n    \"k\": true,\n    \"b\": 1\n  }\n}");
        check("{\"a\":{\"b\":1}}", "{\"a\":{\"k\": true, \"b\":1}}");
    }
}
