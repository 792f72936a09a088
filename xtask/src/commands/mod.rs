//! One file a command: its flags, and what it does with them.

pub(crate) mod bench;
pub(crate) mod corpus;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod generate;
pub(crate) mod mutate;
pub(crate) mod sabotage;
pub(crate) mod scaffold_provider;
pub(crate) mod simulate;
pub(crate) mod validate;
