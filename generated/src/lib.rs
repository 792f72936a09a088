//! Every service that was compiled. Written by `cargo xtask gen`; edits are lost.
//!
//! The catalogue is data: one file a service, parsed when it is first asked for, and one for the search. The typed
//! clients are optional, a feature `client-<id>` each.

use uaps_model::{Catalog, Entry};

/// The typed client of Food Delivery.
#[cfg(feature = "client-food-delivery")]
pub use client_food_delivery;

/// The typed client of Open-Meteo.
#[cfg(feature = "client-open-meteo")]
pub use client_open_meteo;

/// The typed client of Rideshare.
#[cfg(feature = "client-rideshare")]
pub use client_rideshare;

/// The services of this build, by id.
pub fn catalog() -> Catalog {
    Catalog::fixed(&SERVICES)
}

#[rustfmt::skip]
static SERVICES: [Entry; 3] = [
    Entry::fixed("food-delivery", "Food Delivery", "food", 5, include_str!("../catalog/food-delivery.json"), include_str!("../search/food-delivery.json")),
    Entry::fixed("open-meteo", "Open-Meteo", "information", 2, include_str!("../catalog/open-meteo.json"), include_str!("../search/open-meteo.json")),
    Entry::fixed("rideshare", "Rideshare", "mobility", 7, include_str!("../catalog/rideshare.json"), include_str!("../search/rideshare.json")),
];
