//! A progress bar, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of `length` steps on standard error; it is silent where that is no terminal, and gone when dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Starts at nothing.
    pub(crate) fn new(length: usize) -> Self {
        let bar = ProgressBar::new(length as u64);
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}");
        Progress(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// What is being worked on now.
    pub(crate) fn on(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Writes a line above the bar, or just writes it.
    pub(crate) fn above(&self, write: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
        self.0.suspend(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
