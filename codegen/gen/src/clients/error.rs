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
    /// The lowered document isn't one that progenitor reads. The fault is ours: lowering let something through.
    #[error("`{service}`: the typed client could not be generated at {place}: {reason}")]
    Refused {
        /// The provider.
        service: String,
        /// An operation, or the schemas.
        place: String,
        /// What progenitor, typify or openapiv3 said.
        reason: String,
    },
    /// Progenitor's output has another shape than the one that is rewritten here. The fault is ours.
    #[error("`{service}`: progenitor's output for `{operation}` is not as expected: {reason}")]
    Output {
        /// The provider.
        service: String,
        /// The operation's tool name, or the part of the file.
        operation: String,
        /// What was not found.
        reason: String,
    },
}
