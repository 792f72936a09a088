//! Whether a value fits a schema, by the validator that callers' arguments meet.

use jsonschema::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Validators by schema: operations share many.
pub(crate) struct Judge<'s> {
    named: &'s BTreeMap<String, Value>,
    validators: HashMap<String, Option<Validator>>,
}

impl<'s> Judge<'s> {
    pub(crate) fn new(named: &'s BTreeMap<String, Value>) -> Self {
        Judge { named, validators: HashMap::new() }
    }

    /// `false` also for a schema that can't be used.
    pub(crate) fn accepts(&mut self, schema: &Value, value: &Value) -> bool {
        self.validator(schema).is_some_and(|validator| validator.is_valid(value))
    }

    /// `None` for a schema that can't be used.
    pub(crate) fn validator(&mut self, schema: &Value) -> Option<&Validator> {
        let named = self.named;
        let validator = self
            .validators
            .entry(schema.to_string())
            .or_insert_with(|| jsonschema::draft202012::new(&uaps_model::bundle(schema, named)).ok());
        validator.as_ref()
    }
}
