//! `execute(service, tool, parameters)`: one call through the gateway's pipeline, answered in what a context can bear.

use super::{Ended, steps};
use crate::arguments::Arguments;
use crate::ask::{self, Client, Ran};
use crate::backend::{Caller, ToolCall, ToolResult};
use crate::fit::{Fields, Kept, Left, Owner, Place, Projected, cut};
use crate::outcome::{Outcome, answer, refusal};
use crate::server::Metatool;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use uaps_model::{Catalog, Commerce, Currency, IDEMPOTENCY_KEY, Money, Problem, ProblemKind, Service};

/// Bytes of JSON that a result may have; the rest is had by cursors.
const BUDGET: usize = 3_600;
/// Places that are named where something was left out.
const MAX_LEFT: usize = 5;

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    result: ToolResult,
    /// What to do next, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
}

/// A page of an answer that was cut.
#[derive(Serialize)]
struct Page<'p> {
    service: &'p str,
    tool: &'p str,
    /// Where in the whole answer this is.
    at: String,
    /// Which item, member or character it begins with.
    from: usize,
    result: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
}

/// A place where something was left out.
#[derive(Serialize)]
struct LeftOut {
    at: String,
    kept: usize,
    of: usize,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// What a call asks for.
struct Wanted {
    call: ToolCall,
    cursor: Option<String>,
    fields: Fields,
}

impl Wanted {
    fn read(mut arguments: Arguments) -> Result<Wanted, Problem> {
        let (service, tool) = (arguments.text("service"), arguments.text("tool"));
        let cursor = arguments.optional_text("cursor");
        let parameters = arguments.object("parameters");
        let fields = Fields::new(arguments.texts("fields")).unwrap_or_else(|wrong| {
            arguments.wrong("fields", &wrong);
            Fields::default()
        });
        arguments.finish("execute {\"service\": …, \"tool\": …, \"parameters\": {…}}")?;
        Ok(Wanted { call: ToolCall { service, tool, parameters, confirmation: None }, cursor, fields })
    }
}

pub(super) async fn call(metatool: &Metatool, arguments: Arguments, caller: &Caller, client: &Client<'_>) -> Ended {
    let Wanted { call, cursor, fields } = match Wanted::read(arguments) {
        Ok(wanted) => wanted,
        Err(problem) => return Ended::Told(Err(problem)),
    };
    let owner = Owner::of(caller);
    if let Some(cursor) = cursor {
        return Ended::Told(page(metatool.kept(), (&call.service, &call.tool), &cursor, &fields, &owner));
    }
    match ask::run(metatool.backend(), caller, call, client).await {
        Ran::Asks(question) => Ended::Asks(Box::new(question)),
        Ran::Done(ended) => Ended::Told(ended.and_then(|result| answered(metatool, result, &fields, owner))),
    }
}

fn answered(metatool: &Metatool, mut result: ToolResult, fields: &Fields, owner: Owner) -> Outcome {
    let refused = result.status >= 400;
    let next = hint(&metatool.backend().catalog(), &result);
    let of = (result.service.clone(), result.tool.clone());
    let fitted = fit(metatool.kept(), (&of.0, &of.1), std::mem::take(&mut result.result), fields, owner);
    result.result = fitted.value;
    let answered = Answer { result, hint: join(next, fitted.hint), left_out: fitted.left_out };
    if refused { refusal(&answered) } else { answer(&answered) }
}

/// What of an answer is shown.
struct Fitted {
    value: Value,
    hint: Option<String>,
    left_out: Vec<LeftOut>,
}

fn fit(kept: &Kept, of: (&str, &str), whole: Value, fields: &Fields, owner: Owner) -> Fitted {
    let (asked, hint) = project(whole, fields);
    let Some((value, left)) = cut(&asked, &Place::default(), BUDGET) else {
        return Fitted { value: asked, hint, left_out: Vec::new() };
    };
    if left.is_empty() {
        return Fitted { value, hint, left_out: Vec::new() };
    }
    let handle = kept.keep(owner, of, Arc::new(asked));
    let left_out = told(left, |place| kept.cursor(handle?, place));
    let more = "Not all of it is here: repeat the call with `fields` for less of each, or call with a `cursor` of \
                `left_out` for what follows";
    Fitted { value, hint: join(hint, Some(more.to_owned())), left_out }
}

/// What was asked for, or all of it where none of that is there.
fn project(whole: Value, fields: &Fields) -> (Value, Option<String>) {
    if fields.is_empty() {
        return (whole, None);
    }
    match fields.project(&whole) {
        Ok(Projected { value, missing }) if missing.is_empty() => (value, None),
        Ok(Projected { value, missing }) => (value, Some(format!("The answer has no {}", missing.join(", ")))),
        Err(missing) => {
            (whole, Some(format!("The answer has none of `fields`, so it is whole: {}", missing.join(", "))))
        }
    }
}

fn told(left: Vec<Left>, cursor: impl Fn(Place) -> Option<String>) -> Vec<LeftOut> {
    let told = |Left { rest, of, unit, .. }: Left| LeftOut {
        at: shown(&rest.pointer),
        kept: rest.offset,
        of,
        unit,
        cursor: cursor(rest),
    };
    left.into_iter().take(MAX_LEFT).map(told).collect()
}

/// A JSON pointer as `fields` are written.
fn shown(pointer: &str) -> String {
    format!("${}", pointer.replace('/', ".").replace("~1", "/").replace("~0", "~"))
}

/// The next part of an answer that was cut. Nothing is called, and nothing is paid.
fn page(kept: &Kept, of: (&str, &str), cursor: &str, fields: &Fields, owner: &Owner) -> Outcome {
    let gone = || {
        Problem::new(
            ProblemKind::NotFound,
            "There is nothing at this cursor: it is good for ten minutes, for the key and the tool that it was made for. \
             Repeat the call; a purchase, with the same Idempotency-Key",
        )
    };
    let (handle, whole, place) = kept.find(cursor, owner, of).ok_or_else(gone)?;
    let (value, left) = cut(&whole, &place, BUDGET).ok_or_else(gone)?;
    let (result, hint) = project(value, fields);
    answer(&Page {
        service: of.0,
        tool: of.1,
        at: shown(&place.pointer),
        from: place.offset,
        result,
        hint,
        left_out: told(left, |place| kept.cursor(handle, place)),
    })
}

fn join(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}. {second}")),
        (first, second) => first.or(second),
    }
}

fn hint(catalog: &Catalog, result: &ToolResult) -> Option<String> {
    if let Some(purchase) = &result.purchase {
        return match purchase.state.as_str() {
            "captured" | "refunded" if purchase.replayed => {
                Some("Bought by an earlier call; nothing was bought again".into())
            }
            "held" => Some(format!(
                "Nothing was bought yet: a person has to approve it first, as `result.approval` says. Then repeat this call \
                 with the same {IDEMPOTENCY_KEY}"
            )),
            "sent" | "unknown" | "needs_operator" => Some(format!(
                "It is not known yet whether this was bought. Don't buy it again: repeat this call with the same \
                 {IDEMPOTENCY_KEY} later"
            )),
            _ => None,
        };
    }
    match result.status {
        200..400 => quoted(catalog, result),
        408 | 425 | 429 | 500..600 => Some("The provider failed; the same call may succeed later".into()),
        400..500 => Some(format!(
            "The provider refused; a retry won't help. Compare with list_tools {{\"service\": \"{}\", \"tool\": \
             \"{}\"}}",
            result.service, result.tool
        )),
        _ => None,
    }
}

/// What a quote means for the caller: the price, and what would remain.
fn quoted(catalog: &Catalog, result: &ToolResult) -> Option<String> {
    let service: &Service = catalog.get(&result.service)?.ok()?;
    let quote = service.operation(&result.tool)?;
    let purchase = quote.is_quote().then(|| steps::purchase_of(service, quote))??;
    let Some(Commerce::Purchase { quoted, .. }) = &purchase.commerce else { return None };
    let price = quoted.read(&result.result).ok()?;
    let remains = result.balance.as_ref().and_then(|balance| {
        let currency = Currency::new(&balance.currency).filter(|c| *c == price.currency)?;
        let left = Money { cents: balance.available_cents.checked_sub(price.cents)?, currency };
        Some(match left.cents {
            0.. => format!(" and leave {left}"),
            _ => format!(", which is {} more than the balance", Money { cents: left.cents.checked_neg()?, currency }),
        })
    });
    Some(format!("{} would cost {price}{}", purchase.tool, remains.unwrap_or_default()))
}
