//! A change as data.

use crate::{Fingerprint, Kind};
use uaps_model::{Method, ServiceId, ToolName};

/// What a change does to whoever relied on how it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Something that worked may work no longer, or means something else. What can't be judged counts as this.
    Breaking,
    /// Whatever worked works.
    Compatible,
}

impl Effect {
    /// `breaking` or `compatible`.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Breaking => "breaking",
            Effect::Compatible => "compatible",
        }
    }
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the caller: what is no longer accepted breaks.
    Request,
    /// To the caller: what was never sent before breaks.
    Response,
}

impl Direction {
    /// `request` or `response`.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Request => "request",
            Direction::Response => "response",
        }
    }
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a change is about, by the names it had before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The provider as a whole.
    Service,
    /// One operation.
    Operation {
        /// Its path template.
        path: String,
        /// Its method.
        method: Method,
        /// Its tool.
        tool: ToolName,
    },
    /// A schema that has a name. It is compared once, however many operations share it.
    Schema {
        /// Its name.
        name: String,
        /// Which way its values travel.
        direction: Direction,
    },
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Service => f.write_str("the service"),
            Subject::Operation { path, method, tool } => write!(f, "{method} {path} ({tool})"),
            Subject::Schema { name, direction } => write!(f, "schema {name} in the {direction}"),
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The provider.
    pub service: ServiceId,
    /// What it does to users.
    pub effect: Effect,
    /// What it is about.
    pub subject: Subject,
    /// Where, within the subject: `/query/limit`, `/body/application~1json/items/*/size`. Values are followed and not the
    /// schemas that describe them, so that a schema can be rewritten without a change of place.
    pub pointer: String,
    /// What happened.
    pub kind: Kind,
    /// How it was, in few words, where that says more than the kind.
    pub before: Option<String>,
    /// How it is now.
    pub after: Option<String>,
    /// What happened, in one line without a final period.
    pub message: String,
    /// The tools that a change of a shared schema reaches, by the names they had before.
    pub tools: Vec<ToolName>,
}

impl Change {
    /// The name of this change, today and tomorrow.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }

    /// Whether it breaks somebody.
    pub fn is_breaking(&self) -> bool {
        self.effect == Effect::Breaking
    }
}

/// Which part of a semantic version changes asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Nothing breaks.
    Minor,
    /// Something breaks, allowed or not.
    Major,
}

impl Bump {
    /// The bump that changes ask for.
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Self {
        let of = |change: &Change| if change.is_breaking() { Bump::Major } else { Bump::Minor };
        changes.into_iter().map(of).max().unwrap_or(Bump::None)
    }

    /// `none`, `minor` or `major`.
    pub fn as_str(self) -> &'static str {
        match self {
            Bump::None => "none",
            Bump::Minor => "minor",
            Bump::Major => "major",
        }
    }
}
