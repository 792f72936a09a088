//! What a schema refuses is taken out, as long as something is left.

use jsonschema::Validator;
use serde_json::Value;

/// Refused places that are taken out of one value.
const MOST: usize = 48;

/// `value` without the members that `validator` refuses. `None` where that leaves nothing that it accepts.
pub(super) fn repaired(validator: &Validator, mut value: Value) -> Option<Value> {
    for _ in 0..MOST {
        let Some(error) = validator.iter_errors(&value).next() else { return Some(value) };
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
