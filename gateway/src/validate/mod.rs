//! Arguments against the schema that the compiler made for the operation.
//!
//! A schema is compiled when its operation is first called, and kept. References lead nowhere but into the schema
//! itself: nothing is ever fetched.

mod describe;

#[cfg(test)]
mod tests;

use crate::executor::MAX_ERRORS;
use crate::schema;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use uaps_model::{FieldError, IDEMPOTENCY_KEY, Operation, Problem, ProblemKind, Service};

/// Steps a pattern may take on one text. Patterns are the provider's and texts are the caller's, so neither is trusted.
const BACKTRACK_LIMIT: usize = 10_000;

/// Levels of arrays and objects that arguments may have. No real operation takes near as many.
const MAX_LEVELS: usize = 32;

/// Levels down to which every wrong place is told. The words about a union that holds itself double with each.
const DETAILED_LEVELS: usize = 12;

/// The compiled schemas of a process, by service and tool.
#[derive(Debug, Default)]
pub struct Validators {
    compiled: RwLock<HashMap<(String, String), Arc<Validator>>>,
}

impl Validators {
    /// Checks `arguments`, an object, against the operation's input schema.
    ///
    /// The problem is `invalid-parameters` and lists everything that is wrong, or `internal` where the schema itself is
    /// unusable.
    pub fn check(&self, service: &Service, op: &Operation, arguments: &Value) -> Result<(), Problem> {
        self.check_with(service, op, arguments, Vec::new())
    }

    /// As [`Validators::check`], where reading the request has already found `errors`: those come first, and the places
    /// they name are not reported again.
    pub fn check_with(
        &self,
        service: &Service,
        op: &Operation,
        arguments: &Value,
        mut errors: Vec<FieldError>,
    ) -> Result<(), Problem> {
        // A union that holds itself costs twice as much with each level, so that levels must end somewhere.
        if !uaps_model::is_shallow(arguments, MAX_LEVELS) {
            let detail = format!("is nested more than {MAX_LEVELS} levels deep");
            return Err(invalid(op, vec![FieldError { pointer: String::new(), detail }]));
        }
        let read = errors.len();
        errors.extend(unknown(service, op, arguments));
        let validator = self.get(service, op)?;
        let valid = validator.is_valid(arguments);
        let deep = !valid && !uaps_model::is_shallow(arguments, DETAILED_LEVELS);
        if deep {
            let detail = "doesn't fit the operation's schema; it is nested too deeply to say where".to_owned();
            errors.push(FieldError { pointer: String::new(), detail });
        }
        let told = (!valid && !deep).then(|| validator.iter_errors(arguments));
        for error in told.into_iter().flatten() {
            let found = describe::describe(&error, service, op);
            let known = |field: &FieldError| errors.iter().take(read).any(|e| e.pointer == field.pointer);
            let new: Vec<_> = found.into_iter().filter(|field| !known(field)).collect();
            errors.extend(new);
            if errors.len() >= MAX_ERRORS {
                break;
            }
        }
        if errors.is_empty() {
            return Ok(());
        }
        errors.truncate(MAX_ERRORS);
        errors.dedup();
        Err(invalid(op, errors))
    }

    fn get(&self, service: &Service, op: &Operation) -> Result<Arc<Validator>, Problem> {
        let key = (service.id.to_string(), op.tool.to_string());
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(validator) = known {
            return Ok(validator);
        }
        let validator = Arc::new(validator(service, op).map_err(|error| {
            tracing::error!(service = %service.id, tool = %op.tool, %error, "this input schema can't be compiled");
            Problem::new(ProblemKind::Internal, format!("the input schema of `{}` is unusable", op.tool))
        })?);
        self.compiled.write().unwrap_or_else(PoisonError::into_inner).insert(key, validator.clone());
        Ok(validator)
    }
}

/// Whether an operation's input schema can be compiled.
pub fn usable(service: &Service, op: &Operation) -> Result<(), String> {
    validator(service, op).map(drop)
}

fn validator(service: &Service, op: &Operation) -> Result<Validator, String> {
    let schema = service.input_schema(op);
    compile(&schema).or_else(|first| {
        let mut lenient = schema;
        drop_patterns(&mut lenient);
        tracing::warn!(service = %service.id, tool = %op.tool, error = %first, "patterns of this schema are not checked");
        compile(&lenient)
    })
}

/// The problem that lists wrong parameters.
pub fn invalid(op: &Operation, errors: Vec<FieldError>) -> Problem {
    let first = errors.first().map(|e| format!("`{}` {}", e.pointer, e.detail)).unwrap_or_default();
    let more = match errors.len() {
        0 | 1 => String::new(),
        n => format!(", and {} more; `errors` lists them all", n - 1),
    };
    Problem::new(ProblemKind::InvalidParameters, format!("{}: {first}{more}", op.tool)).with_errors(errors)
}

/// Members that are no parameter, up to as many as are reported. The schema may or may not forbid them; the request would lose them either way.
fn unknown(service: &Service, op: &Operation, arguments: &Value) -> Vec<FieldError> {
    let declared = schema::property_names(&op.input, &service.schemas);
    let given = arguments.as_object().into_iter().flat_map(|members| members.keys());
    given
        .filter(|key| !(declared.contains(&key.as_str()) || op.is_purchase() && *key == IDEMPOTENCY_KEY))
        .take(MAX_ERRORS)
        .map(|key| FieldError {
            pointer: crate::executor::pointer(key),
            detail: describe::unknown(key, &declared, "parameter"),
        })
        .collect()
}

fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT))
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Removes regular expressions, which some documents write in a dialect that no engine here reads.
fn drop_patterns(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|key, value| !(key == "pattern" && value.is_string() || key == "patternProperties"));
            members.values_mut().for_each(drop_patterns);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_patterns),
        _ => {}
    }
}
