//! Every service that was compiled. Written by `cargo xtask gen`; edits are lost.
//!
//! The catalogue is data: one file a service, parsed when it is first asked for, and one for the search. The typed
//! clients are optional, a feature `client-<id>` each, or `clients` for all of them.

use uaps_model::{Catalog, Entry};

/// The typed client of Beauty Store.
#[cfg(feature = "client-beauty-store")]
pub use client_beauty_store;

/// The typed client of Food Delivery.
#[cfg(feature = "client-food-delivery")]
pub use client_food_delivery;

/// The typed client of Frankfurter.
#[cfg(feature = "client-frankfurter")]
pub use client_frankfurter;

/// The typed client of Nager.Date.
#[cfg(feature = "client-nager-date")]
pub use client_nager_date;

/// The typed client of Open Library.
#[cfg(feature = "client-open-library")]
pub use client_open_library;

/// The typed client of Open-Meteo.
#[cfg(feature = "client-open-meteo")]
pub use client_open_meteo;

/// The typed client of Professional Network.
#[cfg(feature = "client-professional-network")]
pub use client_professional_network;

/// The typed client of Rideshare.
#[cfg(feature = "client-rideshare")]
pub use client_rideshare;

/// The typed client of Sports Results.
#[cfg(feature = "client-sports-results")]
pub use client_sports_results;

/// The typed client of Table Booking.
#[cfg(feature = "client-table-booking")]
pub use client_table_booking;

/// The typed client of USGS Earthquakes.
#[cfg(feature = "client-usgs-earthquakes")]
pub use client_usgs_earthquakes;

/// The typed client of Wikipedia.
#[cfg(feature = "client-wikipedia")]
pub use client_wikipedia;

/// An array with what the macro `$each` makes of the id and the module of each typed client, by id.
#[cfg(feature = "clients")]
#[macro_export]
macro_rules! each_client {
    ($each:ident) => {
        [
            $each!("beauty-store", $crate::client_beauty_store),
            $each!("food-delivery", $crate::client_food_delivery),
            $each!("frankfurter", $crate::client_frankfurter),
            $each!("nager-date", $crate::client_nager_date),
            $each!("open-library", $crate::client_open_library),
            $each!("open-meteo", $crate::client_open_meteo),
            $each!("professional-network", $crate::client_professional_network),
            $each!("rideshare", $crate::client_rideshare),
            $each!("sports-results", $crate::client_sports_results),
            $each!("table-booking", $crate::client_table_booking),
            $each!("usgs-earthquakes", $crate::client_usgs_earthquakes),
            $each!("wikipedia", $crate::client_wikipedia),
        ]
    };
}

/// The services of this build, by id.
pub fn catalog() -> Catalog {
    Catalog::fixed(&SERVICES)
}

#[rustfmt::skip]
static SERVICES: [Entry; 12] = [
    Entry::fixed("beauty-store", "Beauty Store", "shopping", 11, include_str!("../catalog/beauty-store.json"), include_str!("../search/beauty-store.json")),
    Entry::fixed("food-delivery", "Food Delivery", "food", 5, include_str!("../catalog/food-delivery.json"), include_str!("../search/food-delivery.json")),
    Entry::fixed("frankfurter", "Frankfurter", "finance", 5, include_str!("../catalog/frankfurter.json"), include_str!("../search/frankfurter.json")),
    Entry::fixed("nager-date", "Nager.Date", "calendar", 7, include_str!("../catalog/nager-date.json"), include_str!("../search/nager-date.json")),
    Entry::fixed("open-library", "Open Library", "books", 10, include_str!("../catalog/open-library.json"), include_str!("../search/open-library.json")),
    Entry::fixed("open-meteo", "Open-Meteo", "information", 2, include_str!("../catalog/open-meteo.json"), include_str!("../search/open-meteo.json")),
    Entry::fixed("professional-network", "Professional Network", "careers", 15, include_str!("../catalog/professional-network.json"), include_str!("../search/professional-network.json")),
    Entry::fixed("rideshare", "Rideshare", "mobility", 7, include_str!("../catalog/rideshare.json"), include_str!("../search/rideshare.json")),
    Entry::fixed("sports-results", "Sports Results", "sports", 9, include_str!("../catalog/sports-results.json"), include_str!("../search/sports-results.json")),
    Entry::fixed("table-booking", "Table Booking", "food", 10, include_str!("../catalog/table-booking.json"), include_str!("../search/table-booking.json")),
    Entry::fixed("usgs-earthquakes", "USGS Earthquakes", "information", 4, include_str!("../catalog/usgs-earthquakes.json"), include_str!("../search/usgs-earthquakes.json")),
    Entry::fixed("wikipedia", "Wikipedia", "information", 8, include_str!("../catalog/wikipedia.json"), include_str!("../search/wikipedia.json")),
];
