//! What the disk takes to keep something: every durable write waits for it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes of a page, each followed by `fdatasync`: the median and the 99th percentile.
pub(crate) fn fdatasync(folder: &Path, rounds: usize) -> anyhow::Result<(Duration, Duration)> {
    let path = folder.join("fdatasync");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    drop(file);
    std::fs::remove_file(path)?;
    Ok((percentile(&mut times, 50), percentile(&mut times, 99)))
}

/// The value below which so many of a hundred are.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
