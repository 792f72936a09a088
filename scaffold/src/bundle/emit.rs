//! The bundle as text: JSON where the document was JSON, else YAML.

use crate::yaml::Yaml;
use uaps_spec::{Kind, Node, Sources, parse_document};

/// The text of `root`. Numbers are written as they were.
pub(super) fn text(sources: &Sources, root: &Node, as_json: bool) -> String {
    let mut json = String::new();
    if as_json {
        write_json(sources, root, 0, &mut json);
        return json + "\n";
    }
    let mut yaml = String::new();
    Yaml::converted(root, &mut |node| number(sources, node)).write(0, &mut yaml);
    let yaml = yaml.trim_start_matches(['\n', ' ']).to_owned();
    // What is written is read once more, so that no rule of YAML can change a document. JSON is YAML too.
    let mut again = Sources::default();
    let file = again.add("bundle", yaml.as_str());
    if parse_document(&again, file).0.is_some_and(|node| node.to_json() == root.to_json()) {
        return yaml;
    }
    write_json(sources, root, 0, &mut json);
    json + "\n"
}

/// A number in the document's own digits, where they are JSON's too: a float may not hold them all.
fn number(sources: &Sources, node: &Node) -> String {
    let written = sources.text(node.span.file).get(node.span.start..node.span.end);
    let is_number =
        |text: &&str| text.parse::<f64>().is_ok() && serde_json::from_str::<serde_json::Number>(text).is_ok();
    written.filter(is_number).map_or_else(|| node.to_json().to_string(), str::to_owned)
}

fn write_json(sources: &Sources, node: &Node, indent: usize, out: &mut String) {
    let margin = "  ".repeat(indent + 1);
    let end = format!("\n{}", "  ".repeat(indent));
    match &node.kind {
        Kind::Array(items) if !items.is_empty() => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number == 0 { "\n" } else { ",\n" });
                out.push_str(&margin);
                write_json(sources, item, indent + 1, out);
            }
            out.push_str(&end);
            out.push(']');
        }
        Kind::Object(members) if !members.is_empty() => {
            out.push('{');
            for (number, member) in members.iter().enumerate() {
                out.push_str(if number == 0 { "\n" } else { ",\n" });
                let key = serde_json::Value::from(member.key.as_str());
                out.push_str(&format!("{margin}{key}: "));
                write_json(sources, &member.value, indent + 1, out);
            }
            out.push_str(&end);
            out.push('}');
        }
        Kind::Number(_) => out.push_str(&number(sources, node)),
        _ => out.push_str(&node.to_json().to_string()),
    }
}
