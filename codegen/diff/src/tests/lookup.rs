//! Look-ups that come, go and change.

use super::{MANIFEST, service};
use crate::compare;
use insta::assert_snapshot;

const LOOKUP: &str = "      x-purchase-lookup:
        { operation: find_order, parameter: key, reference: $.ours, status: $.status, sold: [paid, sent], not_sold: [declined] }
";

/// The changes when the look-up `before` becomes `after`; both are lines of a document.
#[track_caller]
fn check(before: &str, after: &str) -> String {
    let order = "{ type: object, required: [id, total, status], properties: { id: { type: string }, total: { type: integer }, \
                 status: { type: string } } }";
    let answer = format!(
        "responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {order} }} }} }} }}"
    );
    let document = |lookup: &str| {
        format!(
            "openapi: 3.0.3
info: {{ title: Shop, version: '1' }}
paths:
  /quotes:
    post:
      operationId: quote
      x-purchase-precheckout: true
      {answer}
  /orders:
    post:
      operationId: order
      x-purchase-endpoint: true
      x-purchase-precheck: /quotes
      x-amount-path: $.total
      x-transaction-id-path: $.id
      x-idempotency-header: Once
{lookup}
      requestBody:
        content:
          application/json:
            schema: {{ type: object, properties: {{ ours: {{ type: string }} }} }}
      {answer}
  /orders/{{key}}:
    get:
      operationId: find_order
      parameters: [{{ name: key, in: path, required: true, schema: {{ type: string }} }}]
      {answer}
"
        )
    };
    let (before, after) = (service(MANIFEST, &document(before)), service(MANIFEST, &document(after)));
    let line = |change: crate::Change| format!("{} {}: {}\n", change.effect, change.pointer, change.message);
    compare(&before, &after).into_iter().map(line).collect()
}

#[test]
fn it_comes_and_goes() {
    assert_snapshot!(check("", LOOKUP), @"
    breaking /commerce/lookup/reference: the gateway writes a purchase's id into `$.ours` of its body, over what a caller wrote there
    compatible /commerce/lookup: `find_order` tells what became of a purchase
    ");
    assert_snapshot!(check("", &LOOKUP.replace("reference: $.ours, ", "")), @"
    compatible /commerce/lookup: `find_order` tells what became of a purchase
    ");
    assert_snapshot!(check(LOOKUP, ""), @"
    breaking /commerce/lookup: nothing tells any more what became of a purchase
    ");
    assert_snapshot!(check(LOOKUP, LOOKUP), @"");
}

#[test]
fn what_it_proves_and_how() {
    let to = |from: &str, to: &str| {
        assert!(LOOKUP.contains(from), "{from}");
        check(LOOKUP, &LOOKUP.replace(from, to))
    };
    assert_snapshot!(to("[paid, sent]", "[sent, paid]"), @"");
    assert_snapshot!(to("[paid, sent]", "[sent]"), @"
    breaking /commerce/lookup/sold: other statuses say that a purchase was sold
    ");
    assert_snapshot!(to("[declined]", "[declined, lost], missing: not_sold, settles_after_seconds: 60"), @"
    breaking /commerce/lookup/missing_is_not_sold: an answer of 404 says now that a purchase was not made
    breaking /commerce/lookup/not_sold: other statuses say that a purchase was not made
    breaking /commerce/lookup/settles_after_seconds: a purchase counts as not made after 60 seconds instead of 600
    ");
    assert_snapshot!(to("[declined]", "[declined], settles_after_seconds: 700"), @"
    compatible /commerce/lookup/settles_after_seconds: a purchase counts as not made after 700 seconds instead of 600
    ");
    assert_snapshot!(to("status: $.status", "status: $.id, amount_unit: major, transaction_id: $.status"), @"
    breaking /commerce/lookup/charged/unit: the price that a look-up tells is in major units instead of minor
    breaking /commerce/lookup/status: the status of a purchase is read at `$.id` instead of `$.status`
    breaking /commerce/lookup/transaction_id: a look-up reads the sale's id at `$.status` instead of `$.id`
    ");
    assert_snapshot!(to("reference: $.ours, ", ""), @"
    compatible /commerce/lookup/reference: a purchase is looked up by its idempotency header, and not by `$.ours` of its body
    ");
}
