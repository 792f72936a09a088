//! Where a service of a catalogue comes from.

use serde::{Deserialize, Serialize};

/// Where a service comes from. Ordered: among services that fit a request alike, the earlier layer is offered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Compiled into this program; in what a gateway tells of its services, into the gateway.
    BuiltIn,
    /// Compiled into the gateway, and unknown to this program.
    Gateway,
    /// From a folder that the gateway's operator has added.
    External,
}
