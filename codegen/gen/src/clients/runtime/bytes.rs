//! Bytes in JSON: base64 text.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

/// The bytes of base64 text, or of an object with the text under `data_base64`. Either alphabet, padded or not.
pub(crate) fn decoded(value: &Value) -> Result<Vec<u8>, String> {
    let text = value.get("data_base64").unwrap_or(value).as_str().ok_or("is not base64 text")?;
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text).map_err(|error| format!("is not base64: {error}"))
}
