//! What a stand-in does with a call that is in order.

use crate::answer::Answer;
use crate::arguments::Call;
use crate::order::Book;
use crate::{identifier, price, tree};
use serde_json::{Number, Value};
use uaps_model::{
    Amount, AmountUnit, Commerce, Currency, CurrencySource, Lookup, Operation, Query, Reference, Segment,
};

/// Acts and answers.
pub(crate) fn respond(book: &mut Book, call: &Call<'_>) -> Answer {
    match &call.operation.commerce {
        Some(Commerce::Quote { amount }) => match amount.as_ref().or_else(|| amount_of_a_purchase(call)) {
            Some(amount) => quote(call, amount),
            None => Answer::of(call.operation, call.operation.example.response.as_ref()),
        },
        Some(Commerce::Purchase { quote, charged, transaction_id, idempotency_header, lookup, .. }) => {
            let quote = call.service.operation(quote.as_str());
            let (key_header, lookup) = (idempotency_header.as_deref(), lookup.as_deref());
            purchase(book, call, &Terms { quote, charged, transaction_id, key_header, lookup })
        }
        None => looked_up(book, call)
            .or_else(|| follow_up(book, call))
            .unwrap_or_else(|| Answer::of(call.operation, call.operation.example.response.as_ref())),
    }
}

/// How the first purchase that this quote belongs to reads the quote's price.
fn amount_of_a_purchase<'c>(call: &Call<'c>) -> Option<&'c Amount> {
    call.service.operations.iter().find_map(|op| match &op.commerce {
        Some(Commerce::Purchase { quote, quoted, .. }) if *quote == call.operation.tool => Some(quoted),
        _ => None,
    })
}

fn quote(call: &Call<'_>, amount: &Amount) -> Answer {
    let mut document = echo(call);
    let cents = price::of(&call.as_for(call.operation));
    match put_price(&mut document, amount, cents) {
        true => Answer::of(call.operation, Some(&document)),
        false => no_place(call.operation, &amount.path),
    }
}

/// What a purchase operation says about itself.
struct Terms<'t> {
    quote: Option<&'t Operation>,
    charged: &'t Amount,
    transaction_id: &'t Query,
    key_header: Option<&'t str>,
    lookup: Option<&'t Lookup>,
}

fn purchase(book: &mut Book, call: &Call<'_>, terms: &Terms<'_>) -> Answer {
    let (service, tool) = (call.service.id.as_str(), call.operation.tool.as_str());
    let key = terms.key_header.and_then(|name| call.headers.get(name)?.to_str().ok());
    if let Some(answer) = key.and_then(|key| book.answered(service, tool, key)) {
        return answer;
    }
    let mut document = echo(call);
    let cents = price::of(&call.as_for(terms.quote.unwrap_or(call.operation)));
    if !put_price(&mut document, terms.charged, cents) {
        return no_place(call.operation, &terms.charged.path);
    }
    let example = call.operation.example.response.as_ref().and_then(|response| terms.transaction_id.find(response));
    let serial = u64::try_from(book.count(service)).unwrap_or(u64::MAX >> 1);
    // The id of the document's own example stays what the document says it is.
    let reserved = example.map(text);
    let id =
        identifier::like(example, serial, |id| reserved.as_deref() == Some(id) || book.find(service, id).is_some());
    if let Some(example) = example.filter(|id| is_telling(id)) {
        tree::replace(&mut document, example, &id);
    }
    if !tree::set(&mut document, terms.transaction_id, id.clone()) {
        return no_place(call.operation, terms.transaction_id);
    }
    let answer = Answer::of(call.operation, Some(&document));
    if let Some(reference) = terms.lookup.and_then(|lookup| carried(call, lookup, key)) {
        book.refer(service, tool, reference, text(&id));
    }
    let key = key.map(|key| (tool.to_owned(), key.to_owned()));
    book.accept(service, text(&id), document, key, answer.clone());
    answer
}

/// The reference that an order carries.
fn carried(call: &Call<'_>, lookup: &Lookup, key: Option<&str>) -> Option<String> {
    match &lookup.reference {
        Reference::IdempotencyHeader => key.map(str::to_owned),
        Reference::Parameter(name) => {
            let param = call.operation.params.iter().find(|param| param.name == *name)?;
            let header = call.headers.get(name).and_then(|value| value.to_str().ok());
            call.texts(param).first().copied().or(header).map(str::to_owned)
        }
        Reference::Body(query) => query.find(&call.body()?).map(text),
    }
}

/// A call that looks an order up by the reference that it carried. `None` where the operation does no such thing, or where
/// the reference is the one of the document's example, which is there without being bought.
fn looked_up(book: &Book, call: &Call<'_>) -> Option<Answer> {
    let (operation, service) = (call.operation, call.service.id.as_str());
    let (tool, lookup) = call.service.operations.iter().find_map(|op| match &op.commerce {
        Some(Commerce::Purchase { lookup: Some(lookup), .. }) if lookup.tool == operation.tool => {
            Some((op.tool.as_str(), lookup))
        }
        _ => None,
    })?;
    let param = lookup.takes(operation)?;
    let reference = call.texts(param).first().copied().unwrap_or_default();
    let Some(sale) = book.referred(service, tool, reference).and_then(|id| book.find(service, id)) else {
        let known = operation.example.arguments.get(&param.key).is_some_and(|example| text(example) == reference);
        return (!known).then(|| Answer::error(404, format!("there is no {} `{reference}`", param.name)));
    };
    let mut document = operation.example.response.clone().unwrap_or_default();
    show(&mut document, sale);
    Some(Answer::of(operation, Some(&document)))
}

/// A call whose path names a sale: the sale as it stands, after what the call does to it. `None` where the operation has
/// nothing to do with sales, or names the one of the document's example, which is there without being bought.
fn follow_up(book: &mut Book, call: &Call<'_>) -> Option<Answer> {
    let operation = call.operation;
    let (variable, id) = call.path.iter().find(|(variable, _)| names_a_sale(call, variable))?;
    let Some(sale) = book.find_mut(call.service.id.as_str(), id) else {
        let known = operation.example.arguments.get(variable).is_some_and(|example| text(example) == *id);
        let announced = operation.responses.iter().any(|response| response.status == "404");
        return (!known && announced).then(|| Answer::error(404, format!("there is no {variable} `{id}`")));
    };
    let example = operation.example.response.as_ref();
    if !operation.method.is_safe() {
        for member in ["status", "state"] {
            if let (Some(now), Some(then)) = (sale.get_mut(member), example.and_then(|e| e.get(member)))
                && now.is_string()
                && then.is_string()
            {
                now.clone_from(then);
            }
        }
    }
    let mut document = example.cloned().unwrap_or_default();
    if let Some(example_id) = operation.example.arguments.get(variable).filter(|id| is_telling(id)) {
        tree::replace(&mut document, example_id, &id.as_str().into());
    }
    show(&mut document, sale);
    Some(Answer::of(operation, example.is_some().then_some(&document)))
}

/// Writes what is known of a sale over the members of an answer that have its names and forms.
fn show(document: &mut Value, sale: &Value) {
    let (Some(members), Some(known)) = (document.as_object_mut(), sale.as_object()) else { return };
    for (name, value) in known {
        if let Some(member) = members.get_mut(name)
            && (tree::fits(value, member) || member.is_null() || value.is_null())
        {
            member.clone_from(value);
        }
    }
}

/// Whether a path variable stands for the id of a sale: it is called as a purchase's answer calls the id, or the
/// operation's example has, where a purchase's answer has the id, the example's argument.
fn names_a_sale(call: &Call<'_>, variable: &str) -> bool {
    let example = &call.operation.example;
    call.service.operations.iter().any(|op| {
        let Some(Commerce::Purchase { transaction_id, .. }) = &op.commerce else { return false };
        let called = matches!(transaction_id.segments.last(), Some(Segment::Name(name)) if name == variable);
        let answered = example.response.as_ref().and_then(|response| transaction_id.find(response));
        called || answered.is_some_and(|id| example.arguments.get(variable) == Some(id))
    })
}

/// The example's answer, with what the request says about members of the same name and form.
fn echo(call: &Call<'_>) -> Value {
    let mut document = call.operation.example.response.clone().unwrap_or_default();
    if let (Some(members), Some(Value::Object(sent))) = (document.as_object_mut(), call.body()) {
        for (name, value) in sent {
            if let Some(member) = members.get_mut(&name)
                && tree::fits(&value, member)
            {
                *member = value;
            }
        }
    }
    document
}

/// Writes a price of so many minor units where `amount` reads it. `false` where the document has no place for it.
fn put_price(document: &mut Value, amount: &Amount, cents: i64) -> bool {
    let currency = match &amount.currency {
        CurrencySource::Fixed(currency) => *currency,
        CurrencySource::Path(path) => {
            let said = path.find(document).and_then(Value::as_str).and_then(Currency::new);
            let currency = said.unwrap_or(Currency::USD);
            if said.is_none() && !tree::set(document, path, currency.as_str().into()) {
                return false;
            }
            currency
        }
    };
    let before = amount.path.find(document).cloned();
    let value = match amount.unit {
        AmountUnit::Minor => cents.to_string(),
        AmountUnit::Major => major(cents, currency.exponent(), before.as_ref().is_some_and(Value::is_i64)),
    };
    let value = match before {
        Some(Value::String(_)) => Value::String(value),
        _ => value.parse::<Number>().map_or(Value::Null, Value::Number),
    };
    let after = value.as_i64();
    if !tree::set(document, &amount.path, value) {
        return false;
    }
    if let (Some(before), Some(after)) = (before.and_then(|b| b.as_i64()), after) {
        add_up(document, &amount.path, before, after);
    }
    true
}

/// So many minor units as decimal text: 1840 cents are `18.40`. An example without a fraction may stand for an integer, so
/// there the price is rounded up to the whole.
fn major(cents: i64, places: u32, whole: bool) -> String {
    let unit = 10_i64.checked_pow(places).unwrap_or(1);
    let (units, rest) = (cents / unit, cents % unit);
    if whole || places == 0 {
        return (units + i64::from(rest != 0)).to_string();
    }
    format!("{units}.{rest:0width$}", width = places as usize)
}

/// Keeps a breakdown right: where the total's integer neighbours summed up to it before, each takes its share of the new
/// one, and the largest what rounding leaves over.
fn add_up(document: &mut Value, total: &Query, before: i64, after: i64) {
    let Some((members, name)) = tree::around(document, total) else { return };
    let others = members.iter_mut().filter(|(part, _)| **part != name);
    let mut parts: Vec<(&mut Value, i64)> = others.filter_map(|(_, v)| v.as_i64().map(|n| (v, n))).collect();
    let sum = parts.iter().try_fold(0_i64, |sum, (_, n)| sum.checked_add(*n));
    if before <= 0 || sum != Some(before) || parts.iter().any(|(_, n)| *n < 0) {
        return;
    }
    parts.sort_by_key(|(_, n)| *n);
    let mut left = after;
    if let Some((largest, smaller)) = parts.split_last_mut() {
        for (value, n) in smaller {
            let share = i128::from(*n) * i128::from(after) / i128::from(before);
            let share = i64::try_from(share).unwrap_or(0);
            **value = share.into();
            left -= share;
        }
        *largest.0 = left.into();
    }
}

fn no_place(operation: &Operation, path: &Query) -> Answer {
    let message = format!("the example answer of {} has no place for `{}`", operation.tool, path.text);
    Answer::error(500, message)
}

/// Whether an example's id may be replaced wherever it stands. A number may be a quantity elsewhere, so only text is told.
fn is_telling(id: &Value) -> bool {
    id.as_str().is_some_and(|id| !id.is_empty())
}

fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_units_are_exact() {
        assert_eq!(major(1840, 2, false), "18.40");
        assert_eq!(major(1805, 2, false), "18.05");
        assert_eq!(major(1800, 2, true), "18");
        assert_eq!(major(1801, 2, true), "19");
        assert_eq!(major(1801, 0, false), "1801");
        assert_eq!(major(7, 3, false), "0.007");
    }
}
