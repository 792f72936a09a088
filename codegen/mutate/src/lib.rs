//! Mutated documents, and what the compiler must never do with them.
//!
//! ```text
//! document -> slice    one to three operations and what they reach, in the document's own spelling
//!          -> change   of the tree, or of the text
//!          -> judge    reader, scaffold, rules, compiler, verify, catalogue and typed client
//! ```
//!
//! Whatever a document holds, the answer is a service or findings with places: no panic, no hang, no service that
//! [`uaps_gen::verify`] finds unsound. `cargo xtask mutate` runs the binary of this crate in processes of its own, so
//! that also a stack overflow is put down to the mutant that caused it; the fuzz targets run [`judge`] alone.
//!
//! Nothing here touches disk, network or clock. The same document, seed and number give the same mutant.

mod change;
mod cut;
pub mod job;
mod judge;
mod mutant;
mod net;
mod rng;
mod shrink;
mod slice;
mod text;
mod tree;
mod words;

pub use judge::{Finding, Kind, Reached, Trial, Verdict, judge};
pub use mutant::Mutant;
pub use rng::Rng;
pub use shrink::shrink;
pub use slice::Original;
pub use tree::Tree;
