//! The named schemas that a keyword refers to, where it is only compared as a whole.

use super::Named;
use super::canonical::{MAPS, under};
use super::side::target;
use super::variance::Variance;
use serde_json::{Map, Value};

/// A name, and how a change of what it stands for shows.
pub(super) type Mention<'s> = (&'s str, Variance);

/// What stands under a keyword.
#[derive(Debug)]
pub(super) struct Outline<'s> {
    /// What judges, without the names.
    pub(super) text: String,
    /// The names in the order of the text.
    pub(super) mentions: Vec<Mention<'s>>,
}

impl<'s> Outline<'s> {
    /// Reads what stands under `keyword`, as a schema that stands as `variance` says.
    pub(super) fn of(keyword: &str, value: &Value, variance: Variance, named: &'s Named) -> Self {
        let mut reader = Reader { named, mentions: Vec::new() };
        let value = reader.keyword(keyword, &under(keyword, value), variance);
        Outline { text: value.to_string(), mentions: reader.mentions }
    }
}

struct Reader<'s> {
    named: &'s Named,
    mentions: Vec<Mention<'s>>,
}

impl Reader<'_> {
    fn keyword(&mut self, keyword: &str, value: &Value, variance: Variance) -> Value {
        match (keyword, value) {
            // Values, whatever they look like.
            ("const" | "enum", _) => value.clone(),
            (_, Value::Object(members)) if MAPS.contains(&keyword) => {
                let members = members.iter().map(|(name, schema)| (name.clone(), self.schema(schema, variance)));
                members.collect::<Map<String, Value>>().into()
            }
            _ => self.schema(value, variance),
        }
    }

    fn schema(&mut self, schema: &Value, variance: Variance) -> Value {
        match schema {
            Value::Object(object) => {
                let named = self.named;
                let members = object.iter().map(|(keyword, value)| {
                    let read = match target(object, named).filter(|_| keyword == "$ref") {
                        Some((name, _)) => {
                            self.mentions.push((name, variance));
                            Value::Null
                        }
                        None => self.keyword(keyword, value, variance.under(keyword, object)),
                    };
                    (keyword.clone(), read)
                });
                members.collect::<Map<String, Value>>().into()
            }
            Value::Array(schemas) => schemas.iter().map(|schema| self.schema(schema, variance)).collect(),
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_come_with_what_their_growth_does() {
        let named: Named = ["A", "B"].map(|name| (name.to_owned(), json!({}))).into();
        let value = json!({
            "properties": {"not": {"$ref": "#/$defs/A"}, "x": {"not": {"$ref": "#/$defs/B"}}, "y": {"$ref": "#/$defs/C"}},
            "const": {"$ref": "#/$defs/A"},
        });
        let outline = Outline::of("not", &value, Variance::Reversed, &named);
        assert_eq!(outline.mentions, [("A", Variance::Reversed), ("B", Variance::Same)]);
        assert_eq!(
            outline.text,
            r##"{"const":{"$ref":"#/$defs/A"},"properties":{"not":{"$ref":null},"x":{"not":{"$ref":null}},"y":{"$ref":"#/$defs/C"}}}"##
        );
    }
}
