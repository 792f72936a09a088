//! Writing YAML that reads back as what was meant, whatever the text holds.

use uaps_spec::{Kind, Node};

/// A value to write, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Yaml {
    /// Text, on one line.
    Text(String),
    /// Text that a person reads: several lines stay several lines.
    Prose(String),
    /// A number or `null`, as it is written.
    Raw(String),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<Yaml>),
    /// An object.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// Text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Yaml::Text(text.into())
    }

    /// An object.
    pub(crate) fn map<K: Into<String>>(members: impl IntoIterator<Item = (K, Yaml)>) -> Self {
        Yaml::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// A value of a document. Numbers are written as JSON writes them.
    pub(crate) fn from_node(node: &Node) -> Self {
        Yaml::converted(node, &mut |number| number.to_json().to_string())
    }

    /// A value of a document, its numbers as `number` writes them.
    pub(crate) fn converted(node: &Node, number: &mut dyn FnMut(&Node) -> String) -> Self {
        match &node.kind {
            Kind::Null => Yaml::Raw("null".to_owned()),
            Kind::Bool(value) => Yaml::Bool(*value),
            Kind::Number(_) => Yaml::Raw(number(node)),
            Kind::String(text) => Yaml::Prose(text.clone()),
            Kind::Array(items) => Yaml::List(items.iter().map(|item| Yaml::converted(item, number)).collect()),
            Kind::Object(members) => {
                Yaml::map(members.iter().map(|m| (m.key.as_str(), Yaml::converted(&m.value, number))))
            }
        }
    }

    /// Appends the value in block style; the cursor stands behind `key:` or `-`.
    pub(crate) fn write(&self, indent: usize, out: &mut String) {
        match self {
            Yaml::Text(text) => line(out, &scalar(text)),
            Yaml::Prose(text) if is_block(text) => {
                line(out, if text.ends_with('\n') { "|" } else { "|-" });
                for text in text.lines() {
                    if !text.is_empty() {
                        out.push_str(&" ".repeat(indent.max(2)));
                    }
                    out.push_str(text);
                    out.push('\n');
                }
            }
            Yaml::Prose(text) => line(out, &scalar(text)),
            Yaml::Raw(text) => line(out, text),
            Yaml::Bool(value) => line(out, &value.to_string()),
            Yaml::List(items) if items.is_empty() => line(out, "[]"),
            Yaml::Map(members) if members.is_empty() => line(out, "{}"),
            Yaml::List(items) => {
                out.push('\n');
                for item in items {
                    out.push_str(&" ".repeat(indent));
                    out.push('-');
                    let mut text = String::new();
                    item.write(indent + 2, &mut text);
                    // The first member of an object stands beside the dash.
                    let start = format!("\n{}", " ".repeat(indent + 2));
                    match text.strip_prefix(&start).filter(|_| matches!(item, Yaml::Map(_))) {
                        Some(members) => out.push_str(&format!(" {members}")),
                        None => out.push_str(&text),
                    }
                }
            }
            Yaml::Map(members) => {
                out.push('\n');
                for (key, value) in members {
                    out.push_str(&" ".repeat(indent));
                    let key = scalar(key);
                    if key.len() > MAX_SIMPLE_KEY {
                        // YAML wants a long key announced.
                        out.push_str(&format!("? {key}\n{}", " ".repeat(indent)));
                    } else {
                        out.push_str(&key);
                    }
                    out.push(':');
                    value.write(indent + 2, out);
                }
            }
        }
    }
}

/// YAML reads a longer key as one only where a question mark stands before it.
const MAX_SIMPLE_KEY: usize = 1000;

/// Whether a block of lines reads back as the text.
fn is_block(text: &str) -> bool {
    let odd = |c: char| {
        c != '\n' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
    };
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && !text.contains(odd)
        && body.lines().all(|line| !line.ends_with(' '))
}

fn line(out: &mut String, text: &str) {
    out.push(' ');
    out.push_str(text);
    out.push('\n');
}

/// A scalar: plain where nobody could misread it, otherwise in double quotes with JSON's escapes, which are YAML's too.
pub(crate) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A scalar in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Not printable in YAML, or taken for a line break there.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " ._-/".contains(c))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> serde_json::Value {
        let mut sources = uaps_spec::Sources::default();
        let file = sources.add("x.yaml", text);
        let (node, diagnostics) = uaps_spec::parse(&sources, file);
        assert!(diagnostics.is_empty(), "{text:?}: {diagnostics:?}");
        node.unwrap().to_json()
    }

    #[test]
    fn every_text_reads_back_as_itself() {
        for text in [
            "plain words",
            "",
            "true",
            "No",
            "1.0",
            "- a",
            "a: b",
            "a #b",
            "\"quoted\"",
            "back\\slash",
            "line\nbreak\ttab\r",
            "é \u{1F600} \u{85} \u{2028} \u{7} \u{feff}",
            "%x",
            "{a}",
            "*x",
            "trailing ",
            "$.paths['/x'].get",
            "---",
        ] {
            assert_eq!(read_back(&format!("k: {}\nl: [{0}]\n", scalar(text)))["k"], text, "{text:?}");
            assert_eq!(read_back(&format!("{}: 1\n", quoted(text)))[text], 1, "{text:?}");
        }
    }

    #[test]
    fn prose_keeps_its_lines() {
        for text in [
            "a\nb\n",
            "a\n\n  b",
            "# a\nb: c\n",
            "one",
            " a\nb",
            "a\nb\n\n",
            "a \nb",
            "a\r\nb",
            "\n\n",
            "- a\n---\n...",
        ] {
            let mut out = String::from("k:");
            Yaml::List(vec![Yaml::Prose(text.to_owned())]).write(2, &mut out);
            assert_eq!(read_back(&out)["k"][0], text, "{out}");
        }
        let mut out = String::from("k:");
        Yaml::Prose("a\n b".to_owned()).write(2, &mut out);
        assert_eq!(out, "k: |-\n  a\n   b\n");
    }

    #[test]
    fn nesting() {
        let value = Yaml::map([
            ("a", Yaml::List(vec![Yaml::map([("b", Yaml::Bool(true)), ("c d", Yaml::text("x: y"))]), Yaml::text("z")])),
            ("e", Yaml::Map(Vec::new())),
        ]);
        let mut text = String::from("root:");
        value.write(2, &mut text);
        assert_eq!(read_back(&text).to_string(), r#"{"root":{"a":[{"b":true,"c d":"x: y"},"z"],"e":{}}}"#, "{text}");
    }

    #[test]
    fn long_keys() {
        let key = "long ".repeat(500);
        for value in [Yaml::Bool(true), Yaml::map([("a", Yaml::Bool(true))]), Yaml::List(vec![Yaml::Bool(true)])] {
            let mut text = String::from("root:");
            Yaml::Map(vec![(key.clone(), value), ("next".to_owned(), Yaml::Bool(false))]).write(2, &mut text);
            assert!(read_back(&text)["root"][&key].to_string().contains("true"), "{text}");
        }
    }
}
