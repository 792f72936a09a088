//! The command line as its users meet it: the real binary, in folders of its own.

mod corpus;
mod generate;
mod project;
mod scaffold_provider;
mod server;
mod usage;
mod validate;
