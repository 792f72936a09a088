//! What an operation says about buying: that it can be done, and found out about later.

use super::Flaw;
use crate::{
    Commerce, IDEMPOTENCY_KEY, Lookup, Operation, Place, Reference, Segment, Service, is_header_name, is_taken_header,
};

/// The flaw of an operation's part in a purchase. Its pointer starts at the operation.
pub(super) fn commerce(service: &Service, op: &Operation) -> Result<(), Flaw> {
    let Some(Commerce::Purchase { quote, idempotency_header, lookup, .. }) = &op.commerce else { return Ok(()) };
    if !service.operation(quote.as_str()).is_some_and(Operation::is_quote) {
        return wrong("/quote", format!("names `{quote}`, which is no quote of this service"));
    }
    if let Some(name) = idempotency_header.as_deref() {
        if !is_header_name(name) {
            return wrong("/idempotency_header", format!("is `{}`, which is no header's name", name.escape_debug()));
        }
        if is_taken_header(name) {
            return wrong("/idempotency_header", format!("is `{name}`, which has another job"));
        }
    }
    lookup.as_deref().map_or(Ok(()), |lookup| look_up(service, op, lookup, idempotency_header.is_some()))
}

fn look_up(service: &Service, order: &Operation, lookup: &Lookup, announced: bool) -> Result<(), Flaw> {
    let found = service.operation(lookup.tool.as_str()).filter(|op| op.method.is_safe());
    let Some(found) = found else {
        return wrong("/lookup/tool", format!("names `{}`, which looks nothing up", lookup.tool));
    };
    if lookup.takes(found).is_none() {
        let detail = format!("names `{}`, which `{}` does not take", lookup.parameter.escape_debug(), lookup.tool);
        return wrong("/lookup/parameter", detail);
    }
    let is_key = |name: &str| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY);
    let (carries, what) = match &lookup.reference {
        Reference::IdempotencyHeader => {
            (announced || order.params_in(Place::Header).any(|param| is_key(&param.name)), "header".to_owned())
        }
        Reference::Parameter(name) => {
            (order.params.iter().any(|param| param.name == *name), format!("parameter `{}`", name.escape_debug()))
        }
        Reference::Body(query) => {
            let names = query.segments.iter().all(|segment| matches!(segment, Segment::Name(_)));
            (names && !query.segments.is_empty(), format!("member `{}`", query.text.escape_debug()))
        }
    };
    if !carries {
        return wrong("/lookup/reference", format!("is a {what} that the order does not have"));
    }
    match lookup.sold.is_empty() {
        true => wrong("/lookup/sold", "is empty, so that nothing would ever be sold".into()),
        false => Ok(()),
    }
}

fn wrong(member: &str, detail: String) -> Result<(), Flaw> {
    Err(Flaw { pointer: format!("/commerce{member}"), detail })
}
