//! Answers.

use crate::body::essence;
use crate::found::{Found, Shift, subject};
use crate::path::Path;
use crate::schema::{ANYTHING, Origin, Schemas, Site};
use crate::{Direction, Effect, Kind, Subject};
use uaps_model::{Operation, Response};

/// Compares answers by status. A status that one side only covers by a range or by `default` is compared with that.
pub(crate) fn compare<'s>(before: &'s Operation, after: &'s Operation, schemas: &mut Schemas<'s>, found: &mut Found) {
    let subject = subject(before);
    for old in &before.responses {
        match covering(&after.responses, &old.status) {
            Some(new) => one(before, old, new, &old.status, &subject, schemas, found),
            None => {
                let effect = if is_success(old) { Effect::Breaking } else { Effect::Compatible };
                let message = format!("the answer {} is no longer announced", old.status);
                found.add(Kind::ResponseRemoved, effect, &subject, path(&old.status).pointer(), message);
            }
        }
    }
    for new in &after.responses {
        if before.responses.iter().any(|old| old.status == new.status) {
            continue;
        }
        match covering(&before.responses, &new.status) {
            // A range on the new side that took the place of statuses was compared with them already.
            Some(old) => one(before, old, new, &new.status, &subject, schemas, found),
            None => {
                // Whoever calls may know no other success; of failures there may always be more.
                let replaces = before.responses.iter().any(|old| covers(&new.status, &old.status));
                let unheard = is_success(new) && !replaces && before.responses.iter().any(is_success);
                let effect = if unheard { Effect::Breaking } else { Effect::Compatible };
                let message = format!("the answer {} is new", new.status);
                found.add(Kind::ResponseAdded, effect, &subject, path(&new.status).pointer(), message);
            }
        }
    }
}

fn is_success(response: &Response) -> bool {
    response.status.starts_with('2')
}

/// The answer of a status: its own, else its range's, else the default.
fn covering<'r>(responses: &'r [Response], status: &str) -> Option<&'r Response> {
    let exact = responses.iter().find(|response| response.status == status);
    let range = || responses.iter().find(|response| covers(&response.status, status));
    // Many documents announce nothing but a default, and mean success by it too.
    let all = !responses.iter().any(is_success) || !status.starts_with(['1', '2', '3']);
    let default = || responses.iter().find(|response| all && response.status == "default");
    exact.or_else(range).or_else(default)
}

/// Whether a status is in a range such as `2XX`.
fn covers(range: &str, status: &str) -> bool {
    range.ends_with("XX") && range != status && range.get(..1) == status.get(..1)
}

fn one<'s>(
    operation: &'s Operation,
    old: &'s Response,
    new: &'s Response,
    status: &str,
    subject: &Subject,
    schemas: &mut Schemas<'s>,
    found: &mut Found,
) {
    let path = path(status);
    match (&old.content_type, &new.content_type) {
        (None, None) => return,
        (None, Some(_)) => {
            let message = format!("the answer {status} has content now");
            found.add(Kind::ResponseBodyAdded, Effect::Compatible, subject, path.pointer(), message);
            return;
        }
        (Some(_), None) => {
            let message = format!("the answer {status} has no content any more");
            let effect = Shift::Changed.effect(Direction::Response);
            found.add(Kind::ResponseBodyRemoved, effect, subject, path.pointer(), message);
            return;
        }
        (Some(was), Some(is)) if essence(was) != essence(is) => {
            let (was, is) = (essence(was), essence(is));
            let message = format!("the answer {status} is {is} instead of {was}");
            found.add(Kind::MediaTypeChanged, Effect::Breaking, subject, path.pointer(), message).values(was, is);
        }
        _ => {}
    }
    let site = Site {
        subject: subject.clone(),
        origin: Origin::Tool(operation.tool.clone()),
        direction: Direction::Response,
        path,
    };
    let of = |response: &'s Response| response.schema.as_ref().unwrap_or(&ANYTHING);
    schemas.compare(of(old), of(new), site, found);
}

fn path(status: &str) -> Path {
    Path::new(["responses", status], format!("the answer {status}"))
}
