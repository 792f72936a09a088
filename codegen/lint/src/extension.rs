//! The keys that UAPS-1 adds to OpenAPI.

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Beside `openapi`, `info` and `paths`.
    Root,
    /// In any operation.
    Operation,
    /// In a quote or a purchase: it says how a price is read.
    Priced,
    /// In a purchase.
    Purchase,
}

impl Place {
    /// Words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Root => "root",
            Place::Operation => "operation",
            Place::Priced => "quote or purchase",
            Place::Purchase => "purchase",
        }
    }
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension {
    /// The key.
    pub key: &'static str,
    /// Where it stands.
    pub place: Place,
    /// How its value looks.
    pub example: &'static str,
    /// What it means, a sentence without a final period.
    pub meaning: &'static str,
}

/// Text of an object by provider id: what an assistant reads before it starts.
pub(crate) const SERVICES: &str = "x-services";
/// Marks a quote.
pub(crate) const PRECHECKOUT: &str = "x-purchase-precheckout";
/// Marks a purchase.
pub(crate) const ENDPOINT: &str = "x-purchase-endpoint";
/// The path of a purchase's quote.
pub(crate) const PRECHECK: &str = "x-purchase-precheck";
/// Where the price stands in the answer.
pub(crate) const AMOUNT_PATH: &str = "x-amount-path";
/// What the price counts.
pub(crate) const AMOUNT_UNIT: &str = "x-amount-unit";
/// The currency of every price.
pub(crate) const CURRENCY: &str = "x-currency";
/// Where the currency stands in the answer.
pub(crate) const CURRENCY_PATH: &str = "x-currency-path";
/// Where the id of the sale stands in the answer.
pub(crate) const TRANSACTION_ID_PATH: &str = "x-transaction-id-path";
/// The header by which the provider knows a resend.
pub(crate) const IDEMPOTENCY_HEADER: &str = "x-idempotency-header";
/// How to find out what became of an order.
pub(crate) const LOOKUP: &str = "x-purchase-lookup";
/// What a call costs.
pub(crate) const USAGE_FEE: &str = "x-usage-fee-cents";
/// Who may call.
pub(crate) const ACCESS_LEVEL: &str = "x-access-level";

const fn extension(key: &'static str, place: Place, example: &'static str, meaning: &'static str) -> Extension {
    Extension { key, place, example, meaning }
}

/// Every key of UAPS-1.
pub(crate) static EXTENSIONS: &[Extension] = &[
    extension(
        SERVICES,
        Place::Root,
        "weather: { description, flow, pricing_model, typical_response_time }",
        "What an assistant should know of the service before it starts, under the provider's id",
    ),
    extension(
        PRECHECKOUT,
        Place::Operation,
        "true",
        "The operation is a quote: it tells a price and commits to nothing",
    ),
    extension(ENDPOINT, Place::Operation, "true", "The operation is a purchase; it needs the next three"),
    extension(PRECHECK, Place::Purchase, "/checkout/quote", "The path of its quote"),
    extension(
        AMOUNT_PATH,
        Place::Priced,
        "$.pricing.total_cents",
        "RFC 9535 singular query that leads to the price in the answer; a quote without one is read by its purchase's",
    ),
    extension(
        TRANSACTION_ID_PATH,
        Place::Purchase,
        "$.order_uuid",
        "RFC 9535 singular query that leads to the provider's own id of the sale",
    ),
    extension(USAGE_FEE, Place::Operation, "5", "Fixed fee of a call in US cents, a whole number from 0 to 100000"),
    extension(
        AMOUNT_UNIT,
        Place::Priced,
        "minor",
        "What the price counts: `minor` (cents) or `major` (dollars); minor where the schema is an integer, to be said otherwise",
    ),
    extension(
        CURRENCY,
        Place::Priced,
        "EUR",
        "ISO 4217 code of the price; USD where neither this nor the next is given",
    ),
    extension(
        CURRENCY_PATH,
        Place::Priced,
        "$.pricing.currency",
        "RFC 9535 singular query that leads to the ISO 4217 code in the answer",
    ),
    extension(
        IDEMPOTENCY_HEADER,
        Place::Purchase,
        "Idempotency-Key",
        "Request header by which the provider knows a resend, so that one is safe",
    ),
    extension(
        LOOKUP,
        Place::Purchase,
        "{ operation: find_order, parameter: reference, status: $.status, sold: [paid] }",
        "How to find out what became of an order, by a reference that it carried; its fields are those of [UAPS515](#uaps515-purchase-lookup)",
    ),
    extension(
        ACCESS_LEVEL,
        Place::Operation,
        "identified",
        "Who may call: `anonymous`, `identified` or `authenticated`; overrides `access` of the manifest",
    ),
];

/// The extension of that key.
pub(crate) fn find(key: &str) -> Option<&'static Extension> {
    EXTENSIONS.iter().find(|extension| extension.key == key)
}
