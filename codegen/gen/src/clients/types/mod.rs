//! Runs typify over a lowered document: the types, and the signature of each method.
//!
//! Typify panics on what it doesn't expect. Lowering should leave nothing of the kind; if it does, one provider fails,
//! not the process, and the operation it stumbles over is named.

mod schema;
mod signature;
mod text;

use super::{
    ClientError,
    lower::{self, Lowered},
    plan::{OperationPlan, Plan},
};
use serde_json::Value;
use signature::signature;
use std::panic::{AssertUnwindSafe, catch_unwind};
use typify_impl::{TypeSpace, TypeSpaceSettings};

pub(super) use signature::{Answer, Argument, Passed, Signature};

/// The types of a client, and the methods that use them.
pub(super) struct Types<'p> {
    /// `types.rs`, formatted.
    pub(super) text: String,
    /// A method for each operation, in the plan's order.
    pub(super) methods: Vec<Method<'p>>,
}

/// A method.
pub(super) struct Method<'p> {
    /// What it calls.
    pub(super) plan: &'p OperationPlan<'p>,
    /// Its identifier.
    pub(super) ident: String,
    /// What it takes and answers.
    pub(super) signature: Signature<'p>,
}

/// Names the types and writes them down.
pub(super) fn run<'p>(plan: &'p Plan<'p>, lowered: &Lowered) -> Result<Types<'p>, ClientError> {
    let netted = |operations: &mut dyn Iterator<Item = &'p OperationPlan<'p>>, document: &Value| {
        catch_unwind(AssertUnwindSafe(|| types(operations, document)))
            .unwrap_or_else(|panic| Err(format!("the generator gave up: {}", words(&*panic))))
    };
    let (space, methods) = netted(&mut plan.operations.iter(), &lowered.document).map_err(|reason| {
        let culprit = plan.operations.iter().find_map(|op| {
            let alone = netted(&mut std::iter::once(op), &lower::only(&lowered.document, op)).err()?;
            Some((format!("`{}` ({} {})", op.operation.tool, op.operation.method, op.operation.path), alone))
        });
        let (place, reason) = culprit.unwrap_or_else(|| ("its schemas".to_owned(), reason));
        ClientError::Refused { service: plan.service.id.to_string(), place, reason }
    })?;
    let text = text::items(space.to_stream(), &lowered.wire_names)
        .map_err(|reason| ClientError::Output { service: plan.service.id.to_string(), reason })?;
    Ok(Types { text, methods })
}

fn types<'p>(
    operations: &mut dyn Iterator<Item = &'p OperationPlan<'p>>,
    document: &Value,
) -> Result<(TypeSpace, Vec<Method<'p>>), String> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_type_mod("types").with_map_type("::std::collections::BTreeMap");
    let mut space = TypeSpace::new(&settings);
    let named = document.pointer("/components/schemas").and_then(Value::as_object);
    let named = named.into_iter().flatten().map(|(name, value)| (name.as_str(), schema::of(value)));
    space.add_ref_types(named).map_err(|error| error.to_string())?;
    let mut methods = Vec::new();
    for plan in operations {
        let lowered = lower::operation_of(document, plan).ok_or("an operation was lost on the way")?;
        let signature = signature(&mut space, plan, lowered)?;
        methods.push(Method { plan, ident: text::ident(&plan.name), signature });
    }
    Ok((space, methods))
}

/// What a panic says.
pub(super) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word").to_owned()
}
