//! Reading a tool's arguments: all that is wrong with them at once, never a panic.

use serde_json::{Map, Value};
use uaps_model::{FieldError, Problem, ProblemKind, nearest};

/// Longest text an argument may have, in bytes.
const MAX_TEXT: usize = 4096;

/// The arguments of one call, as far as they were read.
#[derive(Debug)]
pub(crate) struct Arguments {
    rest: Map<String, Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Arguments {
    pub(crate) fn new(given: Option<Map<String, Value>>) -> Self {
        Arguments { rest: given.unwrap_or_default(), known: Vec::new(), errors: Vec::new() }
    }

    /// A text that must be there. Empty where it is not; [`Arguments::finish`] tells.
    pub(crate) fn text(&mut self, name: &'static str) -> String {
        match self.optional_text(name) {
            Some(text) => text,
            None => {
                if !self.errors.iter().any(|e| e.pointer.strip_prefix('/') == Some(name)) {
                    self.wrong(name, "is missing");
                }
                String::new()
            }
        }
    }

    /// A text that may be left out. Models write `null` for "none", so that counts as left out.
    pub(crate) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.len() > MAX_TEXT => {
                self.wrong(name, &format!("is longer than {MAX_TEXT} bytes"));
                None
            }
            Value::String(text) => Some(text.trim().to_owned()),
            other => {
                self.wrong(name, &format!("must be a string, not {}", kind(&other)));
                None
            }
        }
    }

    /// Texts. One of them may be sent without the brackets; some models send the list as JSON text.
    pub(crate) fn texts(&mut self, name: &'static str) -> Vec<String> {
        let given = match self.take(name) {
            Some(Value::String(text)) => {
                serde_json::from_str(&text).ok().filter(Value::is_array).unwrap_or(Value::String(text))
            }
            Some(value) => value,
            None => return Vec::new(),
        };
        let items = match given {
            Value::Array(items) => items,
            one => vec![one],
        };
        let mut texts = Vec::new();
        for item in items {
            match item {
                Value::String(text) if text.len() <= MAX_TEXT => texts.push(text),
                Value::String(_) => self.wrong(name, &format!("holds a text longer than {MAX_TEXT} bytes")),
                other => self.wrong(name, &format!("must be an array of strings; it holds {}", kind(&other))),
            }
        }
        texts
    }

    /// An object. Some models send it as JSON text; that is read too.
    pub(crate) fn object(&mut self, name: &'static str) -> Map<String, Value> {
        let given = match self.take(name) {
            Some(Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            Some(value) => value,
            None => return Map::new(),
        };
        match given {
            Value::Object(object) => object,
            other => {
                self.wrong(name, &format!("must be an object, not {}", kind(&other)));
                Map::new()
            }
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.rest.remove(name).filter(|value| !value.is_null())
    }

    /// Adds what is wrong with `name`; `detail` completes the sentence "it …".
    pub(crate) fn wrong(&mut self, name: &str, detail: &str) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        self.errors.push(FieldError { pointer, detail: detail.to_owned() });
    }

    /// Refuses the call if anything was wrong, or left over. `usage` shows how the tool is called.
    pub(crate) fn finish(mut self, usage: &str) -> Result<(), Problem> {
        let inside = self.known.contains(&"parameters");
        for name in self.rest.keys().cloned().collect::<Vec<_>>() {
            let near = nearest(&name, self.known.iter().copied());
            let hint = match near.first() {
                Some(near) => format!("is not an argument; did you mean `{near}`?"),
                None if inside => "is not an argument; a parameter of the service's tool goes into `parameters`".into(),
                None => "is not an argument".into(),
            };
            self.wrong(&name, &hint);
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        let detail = format!("The arguments can't be used; call {usage}");
        Err(Problem::new(ProblemKind::InvalidParameters, detail).with_errors(self.errors))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
