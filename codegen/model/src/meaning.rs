//! What a service is about, worked out when it is compiled: the search compares it with what a request is about.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text's direction in the space of an encoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Fingerprint of the text and of the encoder that read it. The same fingerprint needs no second reading.
    pub text: String,
    /// The vector, as the encoder writes it down.
    pub vector: String,
}

/// The directions of a service and of its tools: `generated/search/<id>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// The encoder's name. Vectors of different encoders can't be compared.
    pub encoder: String,
    /// The service as a whole.
    pub service: Point,
    /// Common words whose direction is the service's, the nearest first. Its texts need not hold them.
    pub words: Vec<String>,
    /// Each tool, by name.
    pub tools: BTreeMap<String, Point>,
}

impl Meaning {
    /// From the text of a file. `None` for anything else, an empty text among it.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of its file, a line for each tool.
    pub fn to_text(&self) -> String {
        let tools: Vec<_> =
            self.tools.iter().map(|(name, point)| format!("    {}: {}", json(name), json(point))).collect();
        format!(
            "{{\n  \"encoder\": {},\n  \"service\": {},\n  \"words\": {},\n  \"tools\": {{\n{}\n  }}\n}}\n",
            json(&self.encoder),
            json(&self.service),
            json(&self.words),
            tools.join(",\n")
        )
    }
}

/// Strings and maps with strings as keys always have a JSON form.
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_is_written_line_by_line_and_read_again() {
        let point = |n: u8| Point { text: format!("text-{n}"), vector: format!("vector-{n}") };
        let mut meaning = Meaning {
            encoder: "some".into(),
            service: point(0),
            words: vec!["rain".into(), "snow".into()],
            tools: [("forecast".to_owned(), point(1)), ("archive".to_owned(), point(2))].into(),
        };
        let text = meaning.to_text();
        assert_eq!(
            text,
            r#"{
  "encoder": "some",
  "service": {"text":"text-0","vector":"vector-0"},
  "words": ["rain","snow"],
  "tools": {
    "archive": {"text":"text-2","vector":"vector-2"},
    "forecast": {"text":"text-1","vector":"vector-1"}
  }
}
"#
        );
        assert_eq!(Meaning::parse(&text).as_ref(), Some(&meaning));
        meaning.tools.clear();
        assert_eq!(Meaning::parse(&meaning.to_text()), Some(meaning));
        assert_eq!(Meaning::parse(""), None);
    }
}
