//! What changed between two compilations of a provider, and whether it breaks whoever uses it.
//!
//! [`compare`] takes two [`Service`]s and gives a list of [`Change`]s; [`compare_all`] does so for whole sets. A change is
//! data: a [`Kind`], an [`Effect`], a place, and a [`Fingerprint`] by which [`judge`] finds the reason for which somebody
//! allowed it. How changes look is the business of [`render`]. Nothing here does I/O.
//!
//! Three kinds of users are meant: an assistant that calls a tool, a program that sends the request itself, and one that
//! uses the typed client. A change that breaks one of them is breaking. The same difference between two schemas means
//! opposite things in a request and in an answer, so that schemas are compared with a [`Direction`]. Prose, examples and
//! the order of things are not compared.

mod allow;
mod body;
mod change;
mod commerce;
mod fingerprint;
mod found;
mod kind;
mod lookup;
mod operation;
mod pairing;
mod params;
mod path;
mod render;
mod responses;
mod schema;
mod service;

pub use allow::{Allowance, Judged, judge};
pub use change::{Bump, Change, Direction, Effect, Subject};
pub use fingerprint::Fingerprint;
pub use kind::Kind;
pub use render::{Format, render};
pub use service::{compare, compare_all, not_comparable};

#[cfg(test)]
mod tests;
