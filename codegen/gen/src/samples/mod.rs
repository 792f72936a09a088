//! Generated arguments: what a caller might pass to an operation, from the least to everything there is.
//!
//! The example of the catalogue is one call that works. Here are several, made so that between them they use every
//! parameter, every property of the body and every branch of a union, with texts that need encoding, both truth values,
//! and numbers of either sign. Whoever compares two ways of writing requests compares them with these.
//!
//! The same service and seed give the same arguments; each is one that the tool's input schema accepts.

mod declared;
mod make;
mod repair;
mod words;

#[cfg(test)]
mod tests;

use crate::compile::example::{judge::Judge, sendable};
use make::{Make, Wish};
use serde_json::{Map, Value};
use uaps_model::{BodyKind, Encoding, IDEMPOTENCY_KEY, MediaType, Operation, Param, Place, Service, Style};
use words::Alphabet;

/// Arguments objects that are made for one operation, at most.
pub const MOST: usize = 7;

/// The name of the example with what its schema doesn't declare.
const UNDECLARED: &str = "example as given";

/// Bytes of JSON of one arguments object, at most.
const MAX_BYTES: usize = 256 * 1024;

/// One arguments object, without the idempotency key of a purchase: that is the gateway's, not the provider's.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// `example`, `least`, `full 1` and so on.
    pub name: String,
    /// What a caller passes.
    pub arguments: Value,
    /// Whether all of it is declared. The document's own example may pass more: see [`Samples::of`].
    pub declared: bool,
}

/// Makes samples for the operations of one service.
pub struct Samples<'s> {
    service: &'s Service,
    judge: Judge<'s>,
    seed: usize,
}

impl<'s> Samples<'s> {
    /// For a service. Another seed gives other texts, numbers and branches.
    pub fn new(service: &'s Service, seed: usize) -> Self {
        Samples { service, judge: Judge::new(&service.schemas), seed }
    }

    /// The samples of an operation, at least one; no two are the same.
    ///
    /// Where the document's example passes members that its schema doesn't declare, it comes without them, and once more,
    /// last, as it is.
    pub fn of(&mut self, operation: &'s Operation) -> Vec<Sample> {
        let mut example = operation.example.arguments.as_object().cloned().unwrap_or_default();
        let key = example.remove(IDEMPOTENCY_KEY).filter(|_| operation.is_purchase());
        let given = example.clone();
        let media = operation.body.as_ref().and_then(|body| body.preferred());
        if let (Some(media), Some(body)) = (media, example.get_mut("body")) {
            *body = declared::declared(&media.schema, body, &self.service.schemas);
        }
        let mut made = vec![("example".to_owned(), example.clone()), ("least".to_owned(), least(operation, &example))];
        let mut fulls = 2;
        let mut nth = 0;
        while nth < fulls {
            let (arguments, branches) = self.full(operation, &example, nth);
            // Every branch once, as far as the number of samples allows.
            fulls = fulls.max(branches).min(MOST - 3);
            nth += 1;
            made.push((format!("full {nth}"), arguments));
        }
        made.push((UNDECLARED.to_owned(), given));
        let mut samples: Vec<Sample> = Vec::new();
        for (name, arguments) in made {
            let mut whole = arguments.clone();
            whole.extend(key.clone().map(|key| (IDEMPOTENCY_KEY.to_owned(), key)));
            let arguments = Value::Object(arguments);
            let known = samples.iter().any(|sample| sample.arguments == arguments);
            // The example comes first and is there whatever is said of it: `verify` complains where it doesn't fit.
            let fits = name == "example" || self.judge.accepts(&operation.input, &Value::Object(whole));
            if fits && !known {
                let declared = name != UNDECLARED;
                samples.push(Sample { name, arguments, declared });
            }
        }
        samples
    }

    /// Every parameter and every property, and how many branches the widest union has.
    fn full(
        &mut self,
        operation: &'s Operation,
        example: &Map<String, Value>,
        nth: usize,
    ) -> (Map<String, Value>, usize) {
        let mut arguments = Map::new();
        let mut branches = 0;
        for param in &operation.params {
            let alphabet = alphabet(param);
            let found = self.found(&param.schema, alphabet, nth, &mut branches, |value| sendable(param, value));
            if let Some(value) = found.or_else(|| example.get(&param.key).cloned()) {
                arguments.insert(param.key.clone(), value);
            }
        }
        if let Some(media) = operation.body.as_ref().and_then(|body| body.preferred()) {
            let found = match media.kind {
                BodyKind::Binary => {
                    Some(words::BYTES.get(nth % words::BYTES.len()).copied().unwrap_or_default().into())
                }
                BodyKind::Text if is_anything(media) => Some(words::text(Alphabet::Any, self.seed + nth).into()),
                _ => self.found(&media.schema, body_alphabet(media), nth, &mut branches, |value| !value.is_null()),
            };
            let fits = |value: &Value| value.to_string().len() <= MAX_BYTES;
            if let Some(value) = found.filter(fits).or_else(|| example.get("body").cloned()) {
                arguments.insert("body".into(), value);
            }
        }
        (arguments, branches)
    }

    /// A full value that the schema accepts: as wished, else with plain texts, each repaired where it can be.
    fn found(
        &mut self,
        schema: &Value,
        alphabet: Alphabet,
        nth: usize,
        branches: &mut usize,
        usable: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        for rich in [true, false] {
            let wish = Wish { alphabet, rich, nth: self.seed + nth };
            let mut make = Make::new(&self.service.schemas, wish);
            let value = make.value(schema);
            *branches = (*branches).max(make.branches);
            let validator = self.judge.validator(schema)?;
            if let Some(value) = repair::repaired(validator, value)
                && usable(&value)
            {
                return Some(value);
            }
        }
        None
    }
}

/// The example with only what is required.
fn least(operation: &Operation, example: &Map<String, Value>) -> Map<String, Value> {
    let mut least = example.clone();
    least.retain(|key, _| match key.as_str() {
        "body" if operation.body.is_some() => operation.body.as_ref().is_some_and(|body| body.required),
        _ => operation.params.iter().any(|param| param.key == *key && param.required),
    });
    least
}

/// The characters that survive a parameter's place and style.
fn alphabet(param: &Param) -> Alphabet {
    match (param.place, param.style) {
        (Place::Header, _) => Alphabet::Header,
        (Place::Query, Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited)
            if !param.explode && !param.json =>
        {
            Alphabet::Word
        }
        (Place::Query, _) if param.allow_reserved && !param.explode => Alphabet::Word,
        _ => Alphabet::Any,
    }
}

/// The characters that survive a body's encodings: separators can't stand in the elements of what isn't exploded.
fn body_alphabet(media: &MediaType) -> Alphabet {
    let joined = |encoding: &Encoding| matches!(encoding, Encoding::Styled { explode: false, .. });
    if media.encoding.values().any(joined) { Alphabet::Word } else { Alphabet::Any }
}

fn is_anything(media: &MediaType) -> bool {
    media.schema == Value::Bool(true) || media.schema.as_object().is_some_and(Map::is_empty)
}
