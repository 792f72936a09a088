//! ## What it does
//!
//! Reports a look-up whose `parameter` the operation does not take, or whose `reference` has no place in the order; and
//! where one of the two can't hold the reference, a text such as `pur_0192f0c1e4b87a3c9d5e6f708192a3b4`.
//!
//! ## Why
//!
//! An order is found by what it carried. If the reference never reached the provider, the answer "there is no such order"
//! would be true of every order, and give the money of those back that were sold.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid] }
//!       responses: { "201": { description: Ordered } }
//!   /orders/by-key/{key}:
//!     get:
//!       operationId: find_order
//!       parameters: [{ name: key, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { description: The order } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     post:
//!       operationId: quote_order
//!       x-purchase-precheckout: true
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//!   /orders:
//!     post:
//!       operationId: place_order
//!       x-purchase-endpoint: true
//!       x-purchase-precheck: /quotes
//!       x-amount-path: $.total_cents
//!       x-transaction-id-path: $.order_id
//!       x-purchase-lookup:
//!         { operation: find_order, parameter: key, reference: $.client_reference, status: $.status, sold: [paid] }
//!       requestBody:
//!         content:
//!           application/json:
//!             schema: { type: object, properties: { client_reference: { type: string, maxLength: 64 } } }
//!       responses: { "201": { $ref: "#/components/responses/Order" } }
//!   /orders/by-reference/{key}:
//!     get:
//!       operationId: find_order
//!       parameters: [{ name: key, in: path, required: true, schema: { type: string } }]
//!       responses: { "200": { $ref: "#/components/responses/Order" } }
//! components:
//!   responses:
//!     Order:
//!       description: An order or its quote
//!       content:
//!         application/json:
//!           schema:
//!             type: object
//!             required: [order_id, total_cents, status]
//!             properties: { order_id: { type: string }, total_cents: { type: integer }, status: { type: string } }
//! ```

use crate::commerce::{Leaf, Lookup, Miss, Parsed, leaves, lookup, place_for, query};
use crate::context::{Context, title};
use crate::extension::IDEMPOTENCY_HEADER;
use crate::rule::rule;
use uaps_model::{BodyKind, IDEMPOTENCY_KEY, Query, Reference, Segment, nearest};
use uaps_spec::{Diagnostic, Document, Node, OperationRef};

rule!(Error "UAPS517" "lookup-reference" in "lookup_reference.rs": "the reference of a look-up has no place");

/// The characters of a purchase's id: `pur_` and 32 digits.
const LENGTH: i64 = 36;

/// Formats of text that no purchase's id has.
const OTHER_FORMATS: [&str; 10] =
    ["uuid", "date", "date-time", "time", "email", "uri", "hostname", "ipv4", "ipv6", "decimal"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let document = context.document;
    let found = context.purchases().filter_map(|op| {
        let (written, operation) = lookup(document, op)?;
        parse(document, op, &written, &operation).err()
    });
    found.flatten().collect()
}

/// The parameter of the look-up that takes the reference, and where the order carries it.
pub(crate) fn parse(
    document: &Document,
    purchase: &OperationRef<'_>,
    written: &Lookup<'_>,
    operation: &OperationRef<'_>,
) -> Parsed<(String, Reference)> {
    match (named(document, written.parameter, operation), reference(document, purchase, written)) {
        (Ok(parameter), Ok(reference)) => Ok((parameter, reference)),
        (parameter, reference) => Err([parameter.err(), reference.err()].into_iter().flatten().flatten().collect()),
    }
}

fn reference(document: &Document, purchase: &OperationRef<'_>, written: &Lookup<'_>) -> Parsed<Reference> {
    let Some(node) = written.reference else {
        if purchase.node.get(IDEMPOTENCY_HEADER).is_some() {
            return Ok(Reference::IdempotencyHeader);
        }
        let message = format!("{} carries no reference by which it could be looked up", title(purchase));
        let help = format!(
            "write `reference` with the member of its body or the parameter that takes one, or `{IDEMPOTENCY_HEADER}` \
             where the provider finds orders by that header"
        );
        return Err(vec![RULE.at(written.node.span, message).help(help)]);
    };
    match node.as_str() {
        Some(text) if is_key(text, purchase) => {
            let message = format!("`{text}` is the order's idempotency header");
            Err(vec![RULE.at(node.span, message).help(format!("remove `reference`, and keep `{IDEMPOTENCY_HEADER}`"))])
        }
        Some(text) if !text.starts_with('$') => named(document, node, purchase).map(Reference::Parameter),
        _ => member(document, node, purchase).map(Reference::Body),
    }
}

/// Whether a header carries an idempotency key, ours or the provider's, and so is no parameter for callers.
fn is_key(name: &str, purchase: &OperationRef<'_>) -> bool {
    let announced = purchase.node.str_at(IDEMPOTENCY_HEADER);
    [Some(IDEMPOTENCY_KEY), announced].into_iter().flatten().any(|key| key.eq_ignore_ascii_case(name))
}

/// A parameter of an operation, by a name that means one only.
fn named(document: &Document, node: &Node, operation: &OperationRef<'_>) -> Parsed<String> {
    let finding = |message: String| RULE.at(node.span, message);
    let Some(name) = node.as_str() else {
        return Err(vec![finding(format!("a parameter's name must be text, not {}", node.describe()))]);
    };
    let declared = document.parameters(operation);
    let found: Vec<_> = declared.iter().filter(|parameter| parameter.str_at("name") == Some(name)).collect();
    let parameter = match found.as_slice() {
        [] => {
            let finding = finding(format!("{} has no parameter `{name}`", title(operation)));
            let names = declared.iter().filter_map(|parameter| parameter.str_at("name"));
            return Err(vec![match nearest(name, names).first() {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("declare it, by overlay where the document is a vendor's"),
            }]);
        }
        [only] => only,
        _ => return Err(vec![finding(format!("{} has several parameters `{name}`", title(operation)))]),
    };
    let Some(schema) = parameter.get("schema") else {
        let message = format!("the parameter `{name}` of {} has no schema", title(operation));
        return Err(vec![finding(message).related(parameter.span, "declared here")]);
    };
    let fit = leaves(document, schema).and_then(|leaves| leaves.iter().try_for_each(fits));
    match fit {
        Ok(()) => Ok(name.to_owned()),
        Err(miss) => Err(missed(node, miss, format!("the parameter `{name}` of {}", title(operation)))),
    }
}

/// A member of an order's JSON body.
fn member(document: &Document, node: &Node, purchase: &OperationRef<'_>) -> Parsed<Query> {
    let query = query(&RULE, node)?;
    let text = query.text.as_str();
    if query.segments.is_empty() || query.segments.iter().any(|segment| !matches!(segment, Segment::Name(_))) {
        let finding = RULE.at(node.span, format!("`{text}` must lead by names to a member of the order's body"));
        return Err(vec![finding.help("write it as `$.client_reference`")]);
    }
    let body = purchase.node.get("requestBody").and_then(|body| document.resolve(body).ok());
    let media = body.and_then(|body| body.get("content")).map(Node::members).unwrap_or_default();
    let json = media.iter().find(|member| BodyKind::of(&member.key) == BodyKind::Json);
    let Some(schema) = json.and_then(|member| member.value.get("schema")) else {
        return Err(vec![RULE.at(node.span, format!("{} takes no JSON body with a schema", title(purchase)))]);
    };
    let fit = place_for(document, schema, &query).and_then(|leaves| leaves.iter().try_for_each(fits));
    match fit {
        Ok(()) => Ok(query),
        Err(miss) => Err(missed(node, miss, format!("`{text}` in the body of {}", title(purchase)))),
    }
}

fn missed(node: &Node, miss: Miss, what: String) -> Vec<Diagnostic> {
    let finding = RULE.at(node.span, format!("{what} need not take the reference")).related(miss.span, miss.reason);
    vec![Diagnostic { help: miss.help, ..finding }]
}

/// Whether a purchase's id may stand there.
fn fits(leaf: &Leaf<'_>) -> Result<(), Miss> {
    let miss = |reason: String| Err(Miss::new(leaf.span(), reason));
    match leaf.types().as_slice() {
        [] => {}
        types if types.contains(&"string") => {}
        [found, ..] => return miss(format!("this is of type {found}, not string")),
    }
    if let Some(format) = leaf.keyword("format").filter(|format| OTHER_FORMATS.contains(format)) {
        return miss(format!("this is a {format}, and a purchase's id is none"));
    }
    if let Some(most) = leaf.most_characters().filter(|most| *most < LENGTH) {
        return miss(format!("this takes {most} characters, and a purchase's id has {LENGTH}"));
    }
    if leaf.values().is_some() {
        return miss("this takes listed values only".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, looked_up};
    use insta::assert_snapshot;

    #[test]
    fn the_parameter_of_the_look_up() {
        assert_snapshot!(check(&RULE, &looked_up("", &[])), @"");
        // The path's variable must be declared all the same, and be given.
        let other = ("parameter: key", "parameter: kye");
        let optional = (
            "required: true, schema: { type: string } }\n      responses:\n        \"200\":\n          description: The order",
            "schema: { type: string } }\n      responses:\n        \"200\":\n          description: The order",
        );
        assert_snapshot!(check(&RULE, &looked_up("", &[other, optional])), @"
        error[UAPS517 lookup-reference]: GET /orders/{key} has no parameter `kye`
          --> openapi.yaml:40:62
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: kye, status: $.status, sold: [paid],  }
           |                                                              ^^^
           |
           = help: declare it, by overlay where the document is a vendor's
        ");
        let key = "name: key, in: path, required: true, schema: { type: string }";
        let numbers = "name: key, in: path, required: true, schema: { type: integer }";
        assert_snapshot!(check(&RULE, &looked_up("", &[(key, numbers)])), @"
        error[UAPS517 lookup-reference]: the parameter `key` of GET /orders/{key} need not take the reference
          --> openapi.yaml:40:62
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                                                              ^^^
          ::: openapi.yaml:52:50
           |
        52 |         - { name: key, in: path, required: true, schema: { type: integer } }
           |                                                  ------ this is of type integer, not string
        ");
    }

    #[test]
    fn what_the_order_carries() {
        let none = ("      x-idempotency-header: Idempotency-Key\n", "");
        assert_snapshot!(check(&RULE, &looked_up("", &[none])), @"
        error[UAPS517 lookup-reference]: POST /orders carries no reference by which it could be looked up
          --> openapi.yaml:39:26
           |
        39 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid],  }
           |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: write `reference` with the member of its body or the parameter that takes one, or `x-idempotency-header` where the provider finds orders by that header
        ");
        let with = |schema: &str| {
            let thing = "properties:\n              thing_id: { type: string }\n";
            let more = format!("{thing}              reference: {schema}\n");
            check(&RULE, &looked_up("reference: $.reference", &[none, (thing, &more)]))
        };
        assert_snapshot!(with("{ type: string, nullable: true }"), @"");
        assert_snapshot!(with("{ type: string, maxLength: 20 }"), @"
        error[UAPS517 lookup-reference]: `$.reference` in the body of POST /orders need not take the reference
          --> openapi.yaml:39:110
           |
        39 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: $.reference }
           |                                                                                                              ^^^^^^^^^^^
          ::: openapi.yaml:69:15
           |
        69 |               reference: { type: string, maxLength: 20 }
           |               --------- this takes 20 characters, and a purchase's id has 36
        ");
        assert_snapshot!(with("{ type: string, format: uuid }"), @"
        error[UAPS517 lookup-reference]: `$.reference` in the body of POST /orders need not take the reference
          --> openapi.yaml:39:110
           |
        39 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: $.reference }
           |                                                                                                              ^^^^^^^^^^^
          ::: openapi.yaml:69:15
           |
        69 |               reference: { type: string, format: uuid }
           |               --------- this is a uuid, and a purchase's id is none
        ");
        assert_snapshot!(with("{ type: string, readOnly: true }"), @"
        error[UAPS517 lookup-reference]: `$.reference` in the body of POST /orders need not take the reference
          --> openapi.yaml:39:110
           |
        39 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: $.reference }
           |                                                                                                              ^^^^^^^^^^^
          ::: openapi.yaml:69:15
           |
        69 |               reference: { type: string, readOnly: true }
           |               --------- `reference` is `readOnly`: no request holds it
        ");
        assert_snapshot!(with("{ type: string, enum: [a] }"), @"
        error[UAPS517 lookup-reference]: `$.reference` in the body of POST /orders need not take the reference
          --> openapi.yaml:39:110
           |
        39 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: $.reference }
           |                                                                                                              ^^^^^^^^^^^
          ::: openapi.yaml:69:15
           |
        69 |               reference: { type: string, enum: [a] }
           |               --------- this takes listed values only
        ");
        assert_snapshot!(check(&RULE, &looked_up("reference: $.thing", &[])), @"
        error[UAPS517 lookup-reference]: `$.thing` in the body of POST /orders need not take the reference
          --> openapi.yaml:40:110
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: $.thing }
           |                                                                                                              ^^^^^^^
          ::: openapi.yaml:65:11
           |
        65 |           schema:
           |           ------ this has no property `thing`
        ");
        assert_snapshot!(check(&RULE, &looked_up("reference: '$.things[0]'", &[])), @"
        error[UAPS517 lookup-reference]: `$.things[0]` must lead by names to a member of the order's body
          --> openapi.yaml:40:110
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: '$.things[0]' }
           |                                                                                                              ^^^^^^^^^^^^^
           |
           = help: write it as `$.client_reference`
        ");
        assert_snapshot!(check(&RULE, &looked_up("reference: X-Reference", &[])), @"
        error[UAPS517 lookup-reference]: POST /orders has no parameter `X-Reference`
          --> openapi.yaml:40:110
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: X-Reference }
           |                                                                                                              ^^^^^^^^^^^
           |
           = help: declare it, by overlay where the document is a vendor's
        ");
        assert_snapshot!(check(&RULE, &looked_up("reference: idempotency-key", &[])), @"
        error[UAPS517 lookup-reference]: `idempotency-key` is the order's idempotency header
          --> openapi.yaml:40:110
           |
        40 |       x-purchase-lookup: { operation: find_order, parameter: key, status: $.status, sold: [paid], reference: idempotency-key }
           |                                                                                                              ^^^^^^^^^^^^^^^
           |
           = help: remove `reference`, and keep `x-idempotency-header`
        ");
        let header = "      parameters: [{ name: X-Reference, in: header, schema: { type: string } }]\n";
        let order = "      x-purchase-endpoint: true\n";
        let text = looked_up("reference: X-Reference", &[(order, &format!("{order}{header}"))]);
        assert_snapshot!(check(&RULE, &text), @"");
    }
}
