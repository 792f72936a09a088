//! Protocol values from JSON, which is how the suite's pages write them.

use rmcp::ErrorData;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One pixel, red.
pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";

/// Two samples of silence.
pub const WAV: &str = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQIAAACAgA==";

/// `value` as the SDK's type. That it doesn't fit is a mistake in a fixture.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| {
        let name = std::any::type_name::<T>();
        ErrorData::internal_error(format!("a fixture is no {name}: {error}"), None)
    })
}
