//! Names for operations, under which they are tools: the vendor's ids where they are names, else names made from what
//! is known of the operation.
//!
//! A name depends on its own operation and, where several claim it, on that they do; never on the order of the
//! document. `scaffold-provider` writes into an overlay what is made up here, so that a person sees it and can change
//! it; an id that an overlay gives is kept, whatever it looks like.

mod opaque;
mod route;
mod verbs;
mod words;

pub use words::split as words;

use crate::{OperationRef, sha256_hex};
use std::collections::{HashMap, HashSet};
use uaps_model::{IdError, ToolName};

/// Longest name.
const LONGEST: usize = 64;
/// Digits that tell two operations apart when nothing else does.
const DIGITS: usize = 6;

/// An operation's name, and why it is not its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub tool: ToolName,
    /// Whether it is the document's own.
    pub origin: Origin,
}

/// Where a name comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is the operation's id, letter by letter.
    Kept,
    /// There is no id.
    Missing,
    /// The id can't be a tool's name; the reason completes the sentence "the operationId …".
    Illegal(IdError),
    /// The id tells nothing; the reason completes the sentence "the operationId …".
    Opaque(&'static str),
    /// Other operations have the id too, perhaps in another spelling.
    Shared,
}

/// A name for each operation. No two differ only in case, `-` and `_`.
pub fn tool_names(operations: &[OperationRef<'_>]) -> Vec<Named> {
    let claims: Vec<Claims> = operations.iter().map(claims).collect();
    let rounds = claims.iter().map(|claims| claims.names.len()).max().unwrap_or(0);
    let mut taken: HashSet<String> = HashSet::new();
    let mut names: Vec<Option<ToolName>> = vec![None; operations.len()];
    // In each round those without a name claim their next one. Who is alone with it has it; what several claim at once
    // is nobody's.
    for round in 0..rounds {
        let mut claimants: HashMap<String, Vec<(usize, ToolName)>> = HashMap::new();
        for (at, claims) in claims.iter().enumerate().filter(|(at, _)| names.get(*at).is_some_and(Option::is_none)) {
            if let Some(Some(name)) = claims.names.get(round) {
                claimants.entry(folded(name.as_str())).or_default().push((at, name.clone()));
            }
        }
        for (key, alone) in claimants {
            if let [(at, name)] = alone.as_slice()
                && !taken.contains(&key)
                && let Some(slot) = names.get_mut(*at)
            {
                *slot = Some(name.clone());
                taken.insert(key);
            }
        }
    }
    let named = names.into_iter().zip(claims).map(|(name, claims)| {
        let tool = name.unwrap_or_else(|| numbered(&mut taken));
        let kept = claims.names.first() == Some(&Some(tool.clone()));
        Named { tool, origin: if kept { Origin::Kept } else { claims.origin } }
    });
    named.collect()
}

/// The names an operation would take, in this order; a name that can't be one leaves its round empty.
struct Claims {
    /// The first is the id itself.
    names: Vec<Option<ToolName>>,
    /// Why it would not have the first.
    origin: Origin,
}

fn claims(operation: &OperationRef<'_>) -> Claims {
    let id_node = operation.node.get("operationId");
    let id = id_node.and_then(crate::Node::as_str).unwrap_or_default();
    // Whoever wrote it into an overlay wanted it.
    let is_wanted = id_node.is_some_and(|node| node.span.file != operation.path_span.file);
    let opaque = opaque::opaque(id, operation.method, operation.path).filter(|_| !is_wanted && !id.is_empty());
    let exact = ToolName::new(id);
    let origin = match (&exact, &opaque) {
        _ if id.is_empty() => Origin::Missing,
        (_, Some(opaque)) => Origin::Opaque(opaque.reason),
        (Err(error), _) => Origin::Illegal(error.clone()),
        (Ok(_), _) => Origin::Shared,
    };
    let mended = match &opaque {
        Some(opaque) => opaque.kernel.as_deref().map(sanitised).unwrap_or_default(),
        None => sanitised(id),
    };
    let made = route::candidates(operation.method, operation.path);
    let base = if (1..=LONGEST).contains(&mended.len()) { &mended } else { made.first().unwrap_or(&mended) };
    let apart = with_digits(base, operation);
    let names = [exact.ok().filter(|_| opaque.is_none()), ToolName::new(mended.clone()).ok()].into_iter();
    let names = names.chain((0..4).map(|at| ToolName::new(sanitised(made.get(at)?)).ok()));
    Claims { names: names.chain([ToolName::new(apart).ok()]).collect(), origin }
}

/// Runs of anything but letters, digits and hyphens become one `_`: `meta/root` is `meta_root`.
fn sanitised(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '-' {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches(['_', '-']);
    match name.chars().next() {
        Some(first) if !first.is_ascii_alphabetic() => format!("op_{name}"),
        _ => name.to_owned(),
    }
}

/// The name with a few digits that stand for method and path.
fn with_digits(name: &str, operation: &OperationRef<'_>) -> String {
    let hash = sha256_hex(&format!("{} {}", operation.method, operation.path));
    let digits = hash.get(..DIGITS).unwrap_or_default();
    let head = name.get(..LONGEST - DIGITS - 1).unwrap_or(name);
    format!("{}_{digits}", head.trim_end_matches(['_', '-']))
}

/// The last resort, for operations whose digits meet too.
fn numbered(taken: &mut HashSet<String>) -> ToolName {
    let mut number = 1_usize;
    loop {
        let name = format!("operation_{number}");
        if let Ok(tool) = ToolName::new(name.as_str())
            && taken.insert(folded(&name))
        {
            return tool;
        }
        number += 1;
    }
}

/// What makes two names the same to a reader, and to Rust.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests;
