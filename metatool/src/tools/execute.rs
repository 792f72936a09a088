//! `execute(service, tool, parameters)`: one call through the gateway's pipeline.

use super::steps;
use crate::arguments::Arguments;
use crate::backend::{Caller, ToolCall, ToolResult};
use crate::outcome::{Outcome, answer, refusal};
use crate::server::Metatool;
use serde::Serialize;
use uaps_model::{Catalog, Commerce, Currency, IDEMPOTENCY_KEY, Money, Service};

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    result: ToolResult,
    /// What to do next, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

pub(super) async fn call(metatool: &Metatool, mut arguments: Arguments, caller: &Caller) -> Outcome {
    let call = ToolCall {
        service: arguments.text("service"),
        tool: arguments.text("tool"),
        parameters: arguments.object("parameters"),
    };
    arguments.finish("execute {\"service\": …, \"tool\": …, \"parameters\": {…}}")?;
    let backend = metatool.backend();
    let result = backend.execute(caller, call).await?;
    let refused = result.status >= 400;
    let hint = hint(backend.catalog(), &result);
    let answered = Answer { result, hint };
    if refused { refusal(&answered) } else { answer(&answered) }
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
