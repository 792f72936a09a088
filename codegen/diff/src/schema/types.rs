//! Sets of JSON's types.

use serde_json::Value;

/// A set of types. Every integer is a number, so that `number` stands for two members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

const NULL: u8 = 1;
const BOOLEAN: u8 = 2;
const INTEGER: u8 = 4;
const FRACTION: u8 = 8;
const STRING: u8 = 16;
const ARRAY: u8 = 32;
const OBJECT: u8 = 64;

impl Types {
    pub(super) const ALL: Types = Types(127);
    pub(super) const NONE: Types = Types(0);
    pub(super) const ARRAY: Types = Types(ARRAY);
    pub(super) const OBJECT: Types = Types(OBJECT);

    /// The value of `type`. What names no type is any.
    pub(super) fn read(kind: &Value) -> Self {
        let one = |name: &Value| match name.as_str() {
            Some("null") => NULL,
            Some("boolean") => BOOLEAN,
            Some("integer") => INTEGER,
            Some("number") => INTEGER | FRACTION,
            Some("string") => STRING,
            Some("array") => ARRAY,
            Some("object") => OBJECT,
            _ => 0,
        };
        let bits = match kind {
            Value::Array(names) => names.iter().map(one).fold(0, |all, one| all | one),
            name => one(name),
        };
        if bits == 0 { Types::ALL } else { Types(bits) }
    }

    /// The type of a value.
    pub(super) fn of(value: &Value) -> Self {
        Types(match value {
            Value::Null => NULL,
            Value::Bool(_) => BOOLEAN,
            Value::Number(number) if number.is_i64() || number.is_u64() => INTEGER,
            Value::Number(_) => INTEGER | FRACTION,
            Value::String(_) => STRING,
            Value::Array(_) => ARRAY,
            Value::Object(_) => OBJECT,
        })
    }

    pub(super) fn and(self, other: Types) -> Self {
        Types(self.0 & other.0)
    }

    pub(super) fn or(self, other: Types) -> Self {
        Types(self.0 | other.0)
    }

    /// Those that `other` lacks.
    pub(super) fn without(self, other: Types) -> Self {
        Types(self.0 & !other.0)
    }

    pub(super) fn without_null(self) -> Self {
        Types(self.0 & !NULL)
    }

    pub(super) fn has_null(self) -> bool {
        self.0 & NULL != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether these are integers or fractions and nothing else.
    pub(super) fn is_numeric(self) -> bool {
        self.0 & !(INTEGER | FRACTION) == 0
    }

    /// `string`, `string or integer`, `anything`, `nothing`.
    pub(super) fn words(self) -> String {
        if self.without_null() == Types::ALL.without_null() {
            return "anything".to_owned();
        }
        let number = if self.0 & FRACTION != 0 { "number" } else { "integer" };
        let names = [
            (STRING, "string"),
            (INTEGER | FRACTION, number),
            (BOOLEAN, "boolean"),
            (ARRAY, "array"),
            (OBJECT, "object"),
            (NULL, "null"),
        ];
        let names: Vec<_> = names.into_iter().filter(|(bits, _)| self.0 & bits != 0).map(|(_, name)| name).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(" or ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_integer_is_a_number() {
        let (integer, number) = (Types::read(&json!("integer")), Types::read(&json!(["null", "number"])));
        assert_eq!(integer.without(number), Types::NONE);
        assert!(number.without(integer).without_null().is_numeric());
        assert_eq!((integer.words(), number.words()), ("integer".into(), "number or null".into()));
        assert_eq!(Types::read(&json!("file")), Types::ALL);
    }
}
