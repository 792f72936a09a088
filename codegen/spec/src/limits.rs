//! Bounds on what is read. They are far above any real document and far below what would hurt the machine.

/// Size of one text. The largest public document known to us is near 12 MiB.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Nesting of arrays and objects; below the 128 levels that serde_json reads, with room for what a document is wrapped in
/// on its way to another process.
pub const MAX_DEPTH: usize = 120;

/// Nodes of one tree, each use of a YAML alias counted again.
pub const MAX_NODES: usize = 4_000_000;

/// Bytes of text that count for a node.
pub const TEXT_BYTES: usize = 64;

/// Warnings of one kind about one text, such as of keys that occur twice; those behind are not told.
pub(crate) const MAX_WARNINGS: usize = 1000;

/// References followed from one to the next.
pub const MAX_REF_HOPS: usize = 64;

/// Parts of a composition (`allOf`, `oneOf`, `anyOf`), those of its parts counted wherever they are named.
pub const MAX_PARTS: usize = 100_000;

/// Compositions and references within one another.
pub const MAX_COMPOSED: usize = 200;
