//! Everything that `gen` writes passes here: one door, staged first, moved into place together.

mod door;
mod guard;
mod stage;

pub(crate) use door::{Door, Mode, State};
pub(crate) use guard::Guard;
