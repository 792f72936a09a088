//! Answers that fit: what a provider sends is cut down to what an assistant asked for, and to what its context can bear.
//!
//! ```text
//! fields   the members that were asked for, and which of them are not there
//! cut      the longest beginning that fits, cut where JSON has a border, and what was left out where
//! kept     answers that were cut, for a while, for whoever they were sent to
//! ```

mod cut;
mod fields;
mod kept;

pub(crate) use cut::{Left, Place, cut};
pub(crate) use fields::{Fields, Projected};
pub(crate) use kept::{Kept, Owner};

#[cfg(test)]
mod tests;
