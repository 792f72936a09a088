//! Panics, caught with their place and kept off the terminal.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is ours to tell.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
    /// The last panic of this thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs something; a panic comes back as its place and words.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                return usual(info);
            }
            let place = info.location().map(|at| format!("{}:{}", short(at.file()), at.line())).unwrap_or_default();
            let words = info.payload_as_str().unwrap_or("without a word");
            LAST.set(Some(format!("{place}: {words}")));
        }));
    });
    LAST.set(None);
    CAUGHT.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(false);
    result.map_err(|_| last().unwrap_or_default())
}

/// The last panic since [`caught`] began, also where somebody else caught it.
pub(crate) fn last() -> Option<String> {
    LAST.take()
}

/// A path from the crate's folder on.
fn short(path: &str) -> &str {
    path.rfind("/src/").and_then(|at| path.get(..at)?.rfind('/')).and_then(|at| path.get(at + 1..)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_place_and_its_words() {
        let told = caught(|| panic!("boom {}", 1)).unwrap_err();
        assert!(told.contains("src/net.rs:") && told.ends_with(": boom 1"), "{told}");
        assert_eq!(caught(|| 3), Ok(3));
        assert_eq!(short("/x/registry/typify-1.0/src/convert.rs"), "typify-1.0/src/convert.rs");
    }
}
