//! What is known of a gateway, kept on disk, so that a start without it has its services at once.
//!
//! A folder a gateway: `index.json`, and each service under its digest. A file is written beside its place and renamed
//! into it, and only what has the digest of its name is read, so that programs may share the folder and whatever is
//! broken is as good as absent. Only the user can read it. A folder that others may write to is not used: what it says of
//! an address they could have written.

use super::index::Row;
use crate::published::{digest, is_digest};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Bytes of a file that are read.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// After this a file that is being written is written no more.
const OLD: Duration = Duration::from_secs(3600);
const INDEX: &str = "index.json";

/// The folder of one gateway.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    /// Whether nobody else can write to the folder, once it was looked at.
    private: OnceLock<bool>,
}

/// `index.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptIndex {
    /// The gateway's `ETag`.
    pub(super) etag: Option<String>,
    /// What the gateway answered.
    pub(super) index: String,
}

impl Disk {
    /// The folder of the gateway at `address` below `root`. Touches nothing.
    pub(super) fn new(root: &Path, address: &str) -> Self {
        let name: String = digest(address.as_bytes()).chars().take(16).collect();
        Disk { folder: root.join(name), private: OnceLock::new() }
    }

    /// The index, if a good one was kept.
    pub(super) fn index(&self) -> Option<KeptIndex> {
        let path = self.folder.join(INDEX);
        if !path.exists() || !self.is_private() {
            return None;
        }
        serde_json::from_slice(&read(&path)?).ok()
    }

    fn is_private(&self) -> bool {
        *self.private.get_or_init(|| is_private(&self.folder).unwrap_or(false))
    }

    /// A service, if it was kept as it came.
    pub(super) fn service(&self, row: &Row) -> Option<Vec<u8>> {
        read(&self.folder.join(format!("{}.json", row.digest))).filter(|bytes| digest(bytes) == row.digest)
    }

    /// Keeps a service.
    pub(super) fn put_service(&self, row: &Row, bytes: &[u8]) {
        self.write(&format!("{}.json", row.digest), bytes);
    }

    /// Keeps an index, and removes the services that are not `wanted` and what was never finished.
    pub(super) fn put_index(&self, index: &KeptIndex, wanted: &[Row]) {
        self.write(INDEX, &serde_json::to_vec(index).unwrap_or_default());
        let wanted: HashSet<&str> = wanted.iter().map(|row| row.digest.as_str()).collect();
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = file.file_name();
            let Some(name) = name.to_str() else { continue };
            let unwanted = name.strip_suffix(".json").is_some_and(|name| is_digest(name) && !wanted.contains(name));
            if unwanted || (name.starts_with('.') && is_old(&file)) {
                // What stays is as good as absent.
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// A cache that can't be written is no reason to stop.
    fn write(&self, name: &str, bytes: &[u8]) {
        if let Err(error) = self.try_write(name, bytes) {
            tracing::warn!(folder = %self.folder.display(), %error, "the catalogue can't be kept on disk");
        }
    }

    fn try_write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        create_folder(&self.folder)?;
        if !self.is_private() {
            return Err(io::Error::other("others may write to the folder, or own it; remove it"));
        }
        let beside = self.folder.join(format!(".{name}.{}", std::process::id()));
        // Left by a process of this id that died over it.
        let _ = fs::remove_file(&beside);
        let written = private_file(&beside).and_then(|mut file| file.write_all(bytes));
        let renamed = written.and_then(|()| fs::rename(&beside, self.folder.join(name)));
        if renamed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        renamed
    }
}

/// Whether whoever was writing a file must have died over it.
fn is_old(file: &fs::DirEntry) -> bool {
    let age = file.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
    age.is_some_and(|age| age > OLD)
}

/// A file, unless it is larger than any that is written here.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(MAX_FILE + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_FILE).then_some(bytes)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Whether a folder is this user's, and nobody else may write to it.
#[cfg(unix)]
fn is_private(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let about = fs::symlink_metadata(folder)?;
    // Whoever makes a file owns it.
    let probe = folder.join(format!(".probe.{}", std::process::id()));
    let _ = fs::remove_file(&probe);
    let user = private_file(&probe).and_then(|file| file.metadata())?.uid();
    fs::remove_file(&probe)?;
    Ok(about.is_dir() && about.uid() == user && about.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> io::Result<bool> {
    Ok(true)
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}
