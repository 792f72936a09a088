//! How much memory a compiler took.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks. The kernel keeps the high-water mark itself, so that only what a process takes in its last moments
/// can be missed.
const PAUSE: Duration = Duration::from_millis(100);

/// Watches the compiler of one crate from beside it. Linux tells; elsewhere nothing is known.
pub(super) struct MemoryWatch {
    stop: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl MemoryWatch {
    /// Watches every `rustc` that is given `--crate-name <name>` and the folder `below` to work in.
    pub(super) fn start(crate_name: &str) -> Self {
        let (stop, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let thread = std::thread::spawn({
            let (stop, most, name) = (stop.clone(), most.clone(), crate_name.to_owned());
            move || {
                while !stop.load(Ordering::Relaxed) {
                    most.fetch_max(high_water(&name).unwrap_or(0), Ordering::Relaxed);
                    std::thread::sleep(PAUSE);
                }
            }
        });
        MemoryWatch { stop, most, thread: Some(thread) }
    }

    /// MiB at the highest. `None` where nothing was seen.
    pub(super) fn mib(mut self) -> Option<u64> {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        Some(self.most.load(Ordering::Relaxed) >> 10).filter(|mib| *mib > 0)
    }
}

/// KiB at the highest of the processes that compile `crate_name` now.
fn high_water(crate_name: &str) -> Option<u64> {
    let mut most = None;
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let process = entry.path();
        let Ok(line) = std::fs::read(process.join("cmdline")) else { continue };
        let mut words = line.split(|byte| *byte == 0);
        let named = words.any(|word| word == b"--crate-name") && words.next() == Some(crate_name.as_bytes());
        if named {
            let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|text| text.trim().split(' ').next()?.parse::<u64>().ok());
            most = most.max(kib);
        }
    }
    most
}
