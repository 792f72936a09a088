//! Names that are safe wherever they are used: in a URL, a file path, a Rust identifier, a tool list.

use serde::{Deserialize, Serialize};

/// First path segments that belong to the gateway itself.
pub const RESERVED_SERVICE_IDS: &[&str] = &[
    "admin",
    "approve",
    "catalog",
    "docs",
    "health",
    "mcp",
    "metrics",
    "openapi",
    "ready",
    "services",
    "v1",
    "sandbox",
    "static",
    "webhooks",
    "well-known",
];

/// Why a name was refused. The text completes the sentence "`x` …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError(pub &'static str);

impl std::fmt::Display for IdError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for IdError {}

/// A service's id: `[a-z][a-z0-9-]{1,39}`, no doubled or final hyphen, not reserved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceId(String);

impl ServiceId {
    /// Checks `id` and wraps it.
    pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
        let id = id.into();
        if !(2..=40).contains(&id.len()) {
            return Err(IdError("must be 2 to 40 characters long"));
        }
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(IdError("must start with a lower-case letter"));
        }
        if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return Err(IdError("may hold only lower-case letters, digits and hyphens"));
        }
        if id.ends_with('-') || id.contains("--") {
            return Err(IdError("may not end with a hyphen or hold two in a row"));
        }
        if RESERVED_SERVICE_IDS.contains(&id.as_str()) {
            return Err(IdError("is reserved: the gateway answers on that path itself"));
        }
        Ok(ServiceId(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as it stands in environment variables: `open-meteo` gives `OPEN_METEO`.
    pub fn env_name(&self) -> String {
        self.0.to_ascii_uppercase().replace('-', "_")
    }
}

/// A tool's name: 1 to 64 characters of `[A-Za-z0-9_-]`, starting with a letter. Unique within its service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ToolName(String);

impl ToolName {
    /// Checks `name` and wraps it.
    pub fn new(name: impl Into<String>) -> Result<Self, IdError> {
        let name = name.into();
        if !(1..=64).contains(&name.len()) {
            return Err(IdError("must be 1 to 64 characters long to serve as a tool name"));
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(IdError("must start with a letter to serve as a tool name"));
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(IdError("may hold only letters, digits, `_` and `-` to serve as a tool name"));
        }
        Ok(ToolName(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(s: String) -> Result<Self, IdError> {
                Self::new(s)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(s: &str) -> Result<Self, IdError> {
                Self::new(s)
            }
        }
    };
}

/// Names longer than this, in bytes, are no slip of the pen, and comparing them would cost too much.
const MAX_MISSPELT: usize = 64;

/// The candidates within a third of `wanted`'s length in edits, nearest first, at most three. None where `wanted` has
/// more than 64 bytes, so that a name from outside can't make this slow.
pub fn nearest<'c>(wanted: &str, candidates: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    if wanted.len() > MAX_MISSPELT {
        return Vec::new();
    }
    let limit = (wanted.chars().count() / 3).max(1);
    let mut found: Vec<_> = candidates.map(|c| (distance(wanted, c), c)).filter(|(d, _)| *d <= limit).collect();
    found.sort();
    found.into_iter().take(3).map(|(_, c)| c).collect()
}

/// Levenshtein distance without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let here = (corner + usize::from(x != *y)).min(left + 1).min(above.saturating_add(1));
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            corner = above;
            left = here;
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

text_newtype!(ServiceId);
text_newtype!(ToolName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_id_is_safe_in_a_path() {
        for good in ["weather", "open-meteo", "a1"] {
            assert!(ServiceId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "../etc", "a/b", "A", "1a", "a-", "a--b", "a.b", "a%2e", "health", "v1", "é", "a\0"] {
            assert!(ServiceId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        assert_eq!(nearest("ridshare", ["food-delivery", "rideshare"].into_iter()), ["rideshare"]);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("zzz", ["rideshare"].into_iter()), [""; 0]);
    }

    #[test]
    fn a_name_that_is_too_long_has_no_neighbour() {
        let (long, longer) = ("a".repeat(64), "a".repeat(65));
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), [long.as_str()]);
        assert_eq!(nearest(&longer, [longer.as_str()].into_iter()), [""; 0]);
    }

    #[test]
    fn a_tool_name_fits_every_client() {
        assert!(ToolName::new("get_forecast").is_ok());
        assert!(ToolName::new("x".repeat(64)).is_ok());
        for bad in ["", "1a", "get forecast", "a/b", "a.b", "_a", &"x".repeat(65)] {
            assert!(ToolName::new(bad).is_err(), "{bad}");
        }
    }
}
