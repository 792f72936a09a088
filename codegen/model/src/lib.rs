//! The vocabulary that the compiler writes and the servers read.
//!
//! A provider's document becomes one [`Service`]; everything the request path needs to know about it is a value of
//! these types, stored as `generated/catalog/<id>.json`. The JSON form is private to this crate and versioned by
//! [`FORMAT`]. Nothing here does I/O.

mod access;
mod amount;
mod body;
mod catalog;
mod check;
mod commerce;
mod declared;
mod depth;
mod header;
mod id;
mod layer;
mod lookup;
mod meaning;
mod money;
mod operation;
mod param;
mod problem;
mod query;
mod route;
mod schema;
mod service;
mod text;
mod words;

pub use access::{AccessLevel, AccessPolicy};
pub use amount::{Amount, AmountError, AmountUnit, CurrencySource};
pub use body::{Body, BodyKind, Encoding, MediaType, Response};
pub use catalog::{Catalog, CatalogError, Entry};
pub use check::Flaw;
pub use commerce::{Commerce, IDEMPOTENCY_KEY};
pub use declared::{SecurityRequirement, Server};
pub use depth::is_shallow;
pub use header::{is_header_name, is_taken_header};
pub use id::{IdError, RESERVED_SERVICE_IDS, ServiceId, ToolName, nearest};
pub use layer::Layer;
pub use lookup::{Lookup, Reference, Standing};
pub use meaning::{Meaning, Point};
pub use money::{Currency, Money, MoneyError};
pub use operation::{Example, Hints, Method, Operation};
pub use param::{Param, Place, Style};
pub use problem::{Fault, FieldError, Problem, ProblemKind};
pub use query::{Query, Segment};
pub use route::match_path;
pub use schema::bundle;
pub use service::{Auth, AuthScheme, Facts, RateLimits, SecretPlace, Service};
pub use text::{is_unprintable, one_line};
pub use words::{is_filler, words};

/// Version of the catalogue's JSON form. A server refuses a file of another version.
pub const FORMAT: u32 = 1;
