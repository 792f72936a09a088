//! An order as it is kept while nobody knows what became of it.

use super::order::header;
use crate::executor::OutboundRequest;
use ledger::PurchaseId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uaps_model::{Lookup, Operation, Reference};

/// What it takes to find out about an order, by a look-up or by sending it again. The ledger keeps it as text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// As the caller gave them, without the reference that the gateway adds.
    pub(super) arguments: Value,
    /// SHA-256 of the request's method, address and body, in hexadecimal digits.
    request: String,
    /// Whether it carried a name by which the provider recognises a repetition. Of what older gateways kept, all did.
    #[serde(default = "yes")]
    pub(super) repeatable: bool,
    /// Likewise of the request that looks it up, and of where the order carried the reference. `None` where it carried
    /// none: then no answer to a look-up says anything of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    look_up: Option<String>,
}

fn yes() -> bool {
    true
}

impl Kept {
    /// `order` is the request that is sent, before its idempotency header is set; `look_up` asks about it. `None` where
    /// neither can tell anything.
    pub(super) fn new(
        arguments: &Value,
        order: &OutboundRequest,
        repeatable: bool,
        look_up: Option<(&LookedUp<'_>, &OutboundRequest)>,
    ) -> Option<Kept> {
        let look_up = look_up.map(|(looked_up, request)| looked_up.digest(request));
        (repeatable || look_up.is_some()).then(|| Kept {
            arguments: arguments.clone(),
            request: digest(order),
            repeatable,
            look_up,
        })
    }

    pub(super) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Whether `order` is the very request that was sent.
    pub(super) fn is_same(&self, order: &OutboundRequest) -> bool {
        digest(order) == self.request
    }

    /// Whether the order can be found by a look-up at all.
    pub(super) fn can_be_looked_up(&self) -> bool {
        self.look_up.is_some()
    }

    /// Whether `request` asks where the order went, by what the order carried.
    pub(super) fn is_answered_by(&self, looked_up: &LookedUp<'_>, request: &OutboundRequest) -> bool {
        self.look_up.as_deref() == Some(looked_up.digest(request).as_str())
    }
}

/// A look-up and the header that may carry its reference.
#[derive(Debug, Clone, Copy)]
pub(super) struct LookedUp<'o> {
    pub(super) lookup: &'o Lookup,
    header: Option<&'o str>,
}

impl<'o> LookedUp<'o> {
    /// `None` where the order would carry no reference.
    pub(super) fn of(op: &'o Operation, lookup: Option<&'o Lookup>, announced: Option<&'o str>) -> Option<Self> {
        let lookup = lookup?;
        let header = match lookup.reference {
            Reference::IdempotencyHeader => Some(header(op, announced)?),
            _ => None,
        };
        Some(LookedUp { lookup, header })
    }

    fn digest(&self, request: &OutboundRequest) -> String {
        let place = serde_json::to_vec(&(&self.lookup.reference, self.header)).unwrap_or_default();
        hex(&[&parts(request)[..], &[place.as_slice()]].concat())
    }
}

fn digest(request: &OutboundRequest) -> String {
    hex(&parts(request))
}

fn parts(request: &OutboundRequest) -> [&[u8]; 3] {
    [request.method.as_str().as_bytes(), request.url.as_str().as_bytes(), request.body.as_deref().unwrap_or_default()]
}

fn hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that no two requests run together to one text.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The reference of a purchase: its id. The provider finds the order by it.
pub(super) fn reference(id: &PurchaseId) -> Value {
    Value::from(id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_older_gateways_kept_can_be_sent_again_and_not_be_looked_up() {
        let kept: Kept = serde_json::from_str(r#"{"arguments": {"body": {}}, "request": "00"}"#).unwrap();
        assert!(kept.repeatable && !kept.can_be_looked_up());
    }
}
