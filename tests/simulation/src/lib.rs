//! The purchase engine under every crash that can happen: the real gateway and the real ledger, in front of a provider that
//! does what a seed says.
//!
//! ```text
//! shop, provider   what is sold, and what becomes of an order
//! turnstile        where everything under way waits for its turn
//! life             a gateway from its start to its crash
//! store, clock     where the books are, and what time it is for them
//! episode, check   chance as a story, and what must be true when it ends
//! ```
//!
//! Between a client and the provider nothing is replaced: requests go through the gateway's router, money through the
//! ledger's files. Only the network is not there, and nobody waits.

mod check;
mod client;
mod clock;
mod episode;
mod life;
mod operator;
mod people;
mod provider;
mod random;
mod shop;
mod simulate;
mod store;
mod tally;
mod turnstile;

pub use clock::Clock;
pub use episode::Episode;
pub use life::{Call, Got, Life, Progress, World};
pub use provider::{Outcome, PRICES, Provider, Sale, Sold};
pub use random::{Random, any_seed};
pub use shop::{Ask, FEES, Ware, catalog};
pub use simulate::{Plan, Report, Violation};
pub use store::{Database, POSTGRES_URL, Store};
pub use tally::Tally;
pub use turnstile::Place;
