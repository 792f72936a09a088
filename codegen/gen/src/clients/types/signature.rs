//! What a method takes and answers.

use super::{schema, text};
use crate::clients::{
    lower::JSON,
    plan::{OperationPlan, ParamPlan},
};
use serde_json::{Map, Value};
use typify_impl::{TypeDetails, TypeId, TypeSpace};
use uaps_model::{BodyKind, Place};

/// What a method takes and answers.
pub(in crate::clients) struct Signature<'p> {
    /// Path variables in the order of the template, then what is required, then what is not, each in the order of the
    /// document with the body last.
    pub(in crate::clients) arguments: Vec<Argument<'p>>,
    /// A success.
    pub(in crate::clients) answer: Answer,
    /// The type of a failure; `()` where none is announced.
    pub(in crate::clients) failure: String,
    /// The announced failures, as patterns of a status: `404`, `500..=599`.
    pub(in crate::clients) failures: Vec<String>,
}

/// What a success brings.
pub(in crate::clients) enum Answer {
    Nothing,
    /// A value of this type.
    Typed(String),
    /// A stream.
    Bytes,
}

/// An argument of a method.
pub(in crate::clients) struct Argument<'p> {
    /// The parameter. `None` is the body.
    pub(in crate::clients) param: Option<&'p ParamPlan<'p>>,
    /// Its identifier.
    pub(in crate::clients) ident: String,
    /// Its own type, without `Option` or `&`.
    pub(in crate::clients) owned: String,
    /// How it is passed.
    pub(in crate::clients) passed: Passed,
    /// Whether it must be there.
    pub(in crate::clients) required: bool,
    /// Whether it is an `Option`: because it need not be there, or because it may be null.
    pub(in crate::clients) optional: bool,
    /// What the document says of it.
    pub(in crate::clients) description: Option<String>,
}

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::clients) enum Passed {
    /// As it is: numbers, flags, plain enumerations.
    Value,
    /// As `&`.
    Borrowed,
    /// As `&str`.
    Text,
    /// As a body of bytes.
    Bytes,
}

impl Argument<'_> {
    /// The type in the method's signature.
    pub(in crate::clients) fn ty(&self) -> String {
        let ty = match self.passed {
            Passed::Value | Passed::Bytes => self.owned.clone(),
            Passed::Borrowed => format!("&{}", self.owned),
            Passed::Text => "&str".to_owned(),
        };
        if self.optional { format!("Option<{ty}>") } else { ty }
    }
}

/// Adds what the operation needs to `space`.
pub(super) fn signature<'p>(
    space: &mut TypeSpace,
    plan: &'p OperationPlan<'p>,
    lowered: &Value,
) -> Result<Signature<'p>, String> {
    let mut arguments = Vec::with_capacity(plan.params.len() + 1);
    let declared = lowered.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if declared.len() != plan.params.len() {
        return Err(format!("lowering kept {} of {} parameters", declared.len(), plan.params.len()));
    }
    for (param, declared) in plan.params.iter().zip(declared) {
        let wanted = format!("{}-{}", plan.name, param.name);
        let id = add(space, declared.get("schema"), wanted)?;
        let required = declared.get("required") == Some(&Value::Bool(true));
        let mut argument = argument(space, &id, text::ident(&param.name), required, declared)?;
        argument.param = Some(param);
        arguments.push(argument);
    }
    if let (Some(body), Some(declared)) = (&plan.body, lowered.get("requestBody")) {
        arguments.push(match body.kind {
            BodyKind::Binary => Argument {
                param: None,
                ident: "body".to_owned(),
                owned: "Body".to_owned(),
                passed: Passed::Bytes,
                required: body.required,
                optional: !body.required,
                description: description(declared),
            },
            _ => {
                let id = add(space, schema_of(declared), format!("{}-body", plan.name))?;
                argument(space, &id, "body".to_owned(), body.required, declared)?
            }
        });
    }
    let variables = crate::clients::plan::variables(&plan.operation.path);
    arguments.sort_by_key(|argument| match argument.param {
        Some(plan) if plan.param.place == Place::Path => {
            (0, variables.iter().position(|name| *name == plan.param.name))
        }
        _ if argument.required => (1, None),
        _ => (2, None),
    });
    let mut signature =
        Signature { arguments, answer: Answer::Nothing, failure: "()".to_owned(), failures: Vec::new() };
    for (status, response) in lowered.get("responses").and_then(Value::as_object).into_iter().flatten() {
        let ty = match schema_of(response) {
            Some(schema) => {
                let id = add(space, Some(schema), format!("{}-response", plan.name))?;
                let ty = space.get_type(&id).map_err(|error| error.to_string())?;
                Answer::Typed(text::ty(ty.ident()))
            }
            None if response.get("content").and_then(Value::as_object).is_some_and(|c| !c.is_empty()) => Answer::Bytes,
            None => Answer::Nothing,
        };
        match (status.strip_suffix("XX"), ty) {
            (Some("2"), answer) => signature.answer = answer,
            (class, Answer::Typed(failure)) => {
                signature.failure = failure;
                signature.failures.push(match class {
                    Some(class) => format!("{class}00..={class}99"),
                    None => status.clone(),
                });
            }
            _ => return Err(format!("the failure {status} has no type")),
        }
    }
    Ok(signature)
}

fn add(space: &mut TypeSpace, schema: Option<&Value>, wanted: String) -> Result<TypeId, String> {
    let anything = Value::Object(Map::new());
    let schema = schema::of(schema.unwrap_or(&anything));
    space.add_type_with_name(&schema, Some(wanted)).map_err(|error| error.to_string())
}

fn argument<'p>(
    space: &TypeSpace,
    id: &TypeId,
    ident: String,
    required: bool,
    declared: &Value,
) -> Result<Argument<'p>, String> {
    let mut ty = space.get_type(id).map_err(|error| error.to_string())?;
    let mut optional = !required;
    loop {
        let TypeDetails::Option(inner) = ty.details() else { break };
        ty = space.get_type(&inner).map_err(|error| error.to_string())?;
        optional = true;
    }
    let (owned, parameter) = (text::ty(ty.ident()), text::ty(ty.parameter_ident()));
    let passed = match parameter.strip_prefix('&') {
        Some("str") => Passed::Text,
        Some(_) => Passed::Borrowed,
        None => Passed::Value,
    };
    Ok(Argument { param: None, ident, owned, passed, required, optional, description: description(declared) })
}

fn description(declared: &Value) -> Option<String> {
    declared.get("description").and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn schema_of(holder: &Value) -> Option<&Value> {
    holder.get("content")?.get(JSON)?.get("schema")
}
