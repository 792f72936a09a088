//! What a schema refuses is taken out, as long as something is left.

use crate::verify::DETAILED_DEPTH;
use jsonschema::Validator;
use serde_json::Value;

/// Refused places that are taken out of one value.
const MOST: usize = 48;

/// `value` without the members that `validator` refuses. `None` where that leaves nothing that it accepts.
pub(super) fn repaired(validator: &Validator, mut value: Value) -> Option<Value> {
    for _ in 0..MOST {
        if validator.is_valid(&value) {
            return Some(value);
        }
        if !uaps_model::is_shallow(&value, DETAILED_DEPTH) {
            return None;
        }
        let error = validator.iter_errors(&value).next()?;
        let pointer = error.instance_path().as_str().to_owned();
        drop(error);
        take_out(&mut value, &pointer)?;
    }
    None
}

fn take_out(value: &mut Value, pointer: &str) -> Option<()> {
    let (holder, last) = pointer.rsplit_once('/')?;
    match value.pointer_mut(holder)? {
        Value::Object(members) => members.remove(&last.replace("~1", "/").replace("~0", "~")).map(drop),
        Value::Array(items) => {
            let at = last.parse::<usize>().ok().filter(|at| *at < items.len())?;
            items.remove(at);
            Some(())
        }
        _ => None,
    }
}
