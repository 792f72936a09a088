//! The five tools. One file a tool: arguments in, an [`Outcome`] out.

mod cursor;
mod execute;
mod get_started;
mod health;
mod line;
mod list_tools;
mod search_services;
mod shape;
mod steps;

use crate::arguments::Arguments;
use crate::ask::Client;
use crate::backend::Caller;
use crate::menu::name;
use crate::outcome::Outcome;
use crate::server::Metatool;
use rmcp::model::InputRequiredResult;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaps_model::{Catalog, Problem, ProblemKind, Service};

/// What a call of a tool ended with.
pub(crate) enum Ended {
    /// An answer.
    Told(Outcome),
    /// A question to the person at the client, with whose answer the call comes again.
    Asks(Box<InputRequiredResult>),
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Ended::Told(outcome)
    }
}

/// Runs a tool. `None`: there is no tool of that name.
pub(crate) async fn call(
    metatool: &Metatool,
    tool: &str,
    arguments: Option<Map<String, Value>>,
    caller: &Caller,
    client: &Client<'_>,
) -> Option<Ended> {
    let arguments = Arguments::new(arguments);
    metatool.backend().ready().await;
    Some(match tool {
        name::GET_STARTED => get_started::call(metatool, caller).await.into(),
        name::SEARCH_SERVICES => {
            thinking(metatool, move |metatool| search_services::call(metatool, arguments)).await.into()
        }
        name::LIST_TOOLS => thinking(metatool, move |metatool| list_tools::call(metatool, arguments)).await.into(),
        name::EXECUTE => execute::call(metatool, arguments, caller, client).await,
        name::HEALTH => health::call(metatool, caller).await.into(),
        _ => return None,
    })
}

/// What a call is about, for whoever waits for it: the service and its tool, else our own.
pub(crate) fn subject(tool: &str, arguments: Option<&Map<String, Value>>) -> String {
    let text = |name| arguments.and_then(|arguments| arguments.get(name)).and_then(Value::as_str);
    let named = text("service").zip(text("tool")).filter(|_| tool == name::EXECUTE);
    let subject = named.map_or_else(|| tool.to_owned(), |(service, tool)| format!("{service}/{tool}"));
    subject.chars().take(120).collect()
}

/// Runs what needs the processor for milliseconds beside the threads that wait for the network.
async fn thinking(metatool: &Metatool, work: impl FnOnce(&Metatool) -> Outcome + Send + 'static) -> Outcome {
    let metatool = metatool.clone();
    match tokio::task::spawn_blocking(move || work(&metatool)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Problem::new(ProblemKind::Internal, format!("the search broke off: {error}"))),
    }
}

/// The categories with the number of their services.
fn categories(catalog: &Catalog) -> BTreeMap<&str, usize> {
    catalog.entries().iter().fold(BTreeMap::new(), |mut counts, entry| {
        *counts.entry(entry.category.as_ref()).or_default() += 1;
        counts
    })
}

/// A service by its id, or what may have been meant.
fn service<'c>(catalog: &'c Catalog, id: &str) -> Result<&'c Service, Problem> {
    match catalog.get(id) {
        Some(Ok(service)) => Ok(service),
        Some(Err(error)) => Err(Problem::new(ProblemKind::Internal, error.to_string())),
        None => {
            let near = catalog.suggest(id);
            let detail = match near.is_empty() {
                true => format!("There is no service `{id}`; find one with search_services"),
                false => format!("There is no service `{id}`; did you mean `{}`?", near.join("`, `")),
            };
            Err(Problem::new(ProblemKind::UnknownService, detail).with("suggestions", near))
        }
    }
}
