//! A new folder, whole or not at all.

use crate::workspace::shown;
use anyhow::{Context, Result, bail};
use scaffold::File;
use std::fs;
use std::path::Path;

/// Writes the files to a hidden folder beside `folder` and renames it.
pub(super) fn write(specs: &Path, folder: &Path, files: &[File]) -> Result<()> {
    let refused = || format!("{} can't be written; nothing was changed", shown(specs));
    let temporary = tempfile::Builder::new().prefix(".scaffold-").tempdir_in(specs).with_context(refused)?;
    for file in files {
        let path = temporary.path().join(&file.path);
        let parent = path.parent().unwrap_or(temporary.path());
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, &file.text)).with_context(refused)?;
    }
    open_to_all(temporary.path()).with_context(refused)?;
    // A rename replaces an empty folder, and somebody may have just made this one.
    if fs::symlink_metadata(folder).is_ok() {
        bail!("{} exists already, and nothing is overwritten", shown(folder));
    }
    fs::rename(temporary.path(), folder).with_context(|| format!("{} can't be written", shown(folder)))?;
    // It has moved, so there is nothing to clear away.
    let _ = temporary.keep();
    Ok(())
}

/// A temporary folder is its owner's alone; a provider's is like any other.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}
