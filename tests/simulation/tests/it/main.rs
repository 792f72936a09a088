//! A purchase that is cut off anywhere ends where it should: each place where a gateway can die, and many stories of chance.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something is due has failed")]

mod matrix;
mod stories;
