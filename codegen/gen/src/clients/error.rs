//! Why there is no client.

/// A failed generation. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The model names an operation that the document doesn't have: they were not compiled together.
    #[error("`{service}`: the document has no operation `{operation}` ({method} {path}); compile it again")]
    NoOperation {
        /// The provider.
        service: String,
        /// The operation's tool name.
        operation: String,
        /// Its method.
        method: String,
        /// Its path template.
        path: String,
    },
    /// The lowered document isn't one that typify reads. The fault is ours: lowering let something through.
    #[error("`{service}`: the typed client could not be generated at {place}: {reason}")]
    Refused {
        /// The provider.
        service: String,
        /// An operation, or the schemas.
        place: String,
        /// What typify said.
        reason: String,
    },
    /// Typify's output is not Rust. The fault is ours.
    #[error("`{service}`: the types could not be written: {reason}")]
    Output {
        /// The provider.
        service: String,
        /// What the parser said.
        reason: String,
    },
}
