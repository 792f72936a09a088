//! What must hold of every compiled service, whatever its document was like. The compiler's own check on itself, for tests
//! and for `cargo xtask corpus`.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uaps_model::{Operation, Service};

/// Something that doesn't hold. The compiler is at fault, not the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Two operations have one tool name.
    NameTaken {
        /// The name.
        tool: String,
    },
    /// A schema that 2020-12's meta-schema or the validator refuses.
    Schema {
        /// The tool, or the schema's name.
        tool: String,
        /// `input`, `output` or `named`.
        which: &'static str,
        /// What the validator said.
        reason: String,
    },
    /// An example that its schema refuses.
    Example {
        /// The tool.
        tool: String,
        /// `arguments` or `response`.
        which: &'static str,
        /// What the validator said.
        reason: String,
    },
    /// The catalogue's text doesn't give the service back.
    RoundTrip {
        /// What the reader said.
        reason: String,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Flaw::NameTaken { tool } => write!(f, "two operations are called `{tool}`"),
            Flaw::Schema { tool, which, reason } => write!(f, "the {which} schema of `{tool}` is unusable: {reason}"),
            Flaw::Example { tool, which, reason } => {
                write!(f, "the example's {which} of `{tool}` doesn't fit its schema: {reason}")
            }
            Flaw::RoundTrip { reason } => write!(f, "the catalogue can't be read back: {reason}"),
        }
    }
}

/// Everything about a service that doesn't hold; nothing, for a sound one.
pub fn verify(service: &Service) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut names = BTreeSet::new();
    let mut verifier = Verifier { service, compiled: HashMap::new() };
    for (name, schema) in &service.schemas {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            flaws.push(Flaw::Schema { tool: name.clone(), which: "named", reason: error.to_string() });
        }
    }
    for op in &service.operations {
        if !names.insert(&op.tool) {
            flaws.push(Flaw::NameTaken { tool: op.tool.to_string() });
        }
        flaws.extend(verifier.side(op, "input", "arguments", Some(&op.input), Some(&op.example.arguments)));
        flaws.extend(verifier.side(op, "output", "response", op.output.as_ref(), op.example.response.as_ref()));
    }
    match serde_json::from_str::<Service>(&crate::catalog_text(service)) {
        Ok(read) if crate::catalog_text(&read) == crate::catalog_text(service) => {}
        Ok(_) => flaws.push(Flaw::RoundTrip { reason: "another service came back".into() }),
        Err(error) => flaws.push(Flaw::RoundTrip { reason: error.to_string() }),
    }
    flaws
}

/// Values nested deeper than this are refused without saying where: a validator's words about a union that holds itself
/// double with each level.
pub(crate) const DETAILED_DEPTH: usize = 12;

/// What a validator has against a value.
fn complaint(validator: &jsonschema::Validator, value: &Value) -> Option<String> {
    if validator.is_valid(value) {
        return None;
    }
    if !uaps_model::is_shallow(value, DETAILED_DEPTH) {
        return Some("it is refused".to_owned());
    }
    let error = validator.validate(value).err()?;
    Some(format!("{} at {:?}", error.masked(), error.instance_path().as_str()))
}

struct Verifier<'s> {
    service: &'s Service,
    /// Operations share schemas, and a validator is dear.
    compiled: HashMap<String, Result<jsonschema::Validator, String>>,
}

impl Verifier<'_> {
    fn side(
        &mut self,
        op: &Operation,
        schema_name: &'static str,
        example_name: &'static str,
        schema: Option<&Value>,
        example: Option<&Value>,
    ) -> Option<Flaw> {
        let schema = schema?;
        let named = &self.service.schemas;
        let validator = self.compiled.entry(schema.to_string()).or_insert_with(|| {
            jsonschema::draft202012::meta::validate(schema).map_err(|error| error.to_string())?;
            jsonschema::draft202012::new(&uaps_model::bundle(schema, named)).map_err(|error| error.to_string())
        });
        let tool = op.tool.to_string();
        match validator {
            Err(reason) => Some(Flaw::Schema { tool, which: schema_name, reason: reason.clone() }),
            Ok(validator) => {
                let reason = complaint(validator, example?)?;
                Some(Flaw::Example { tool, which: example_name, reason })
            }
        }
    }
}
