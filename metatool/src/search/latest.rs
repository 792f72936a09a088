//! The index of the catalogue as it stands, and the catalogue that it is of.

use super::Index;
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};
use uaps_model::Catalog;

/// A catalogue with its index. Whoever searches looks up what was found in this catalogue, because the backend may have
/// another one by then.
#[derive(Debug)]
pub(crate) struct Searched {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) index: Index,
}

/// The latest index. Built by the first search, so that a process that never searches never pays for it, and built again
/// by the first search after the catalogue has changed.
#[derive(Debug, Default)]
pub(crate) struct Latest {
    latest: RwLock<Option<Arc<Searched>>>,
    building: Mutex<()>,
}

impl Latest {
    /// An index of what `catalog` gives. While one search builds it, others use the one before, if there is one.
    ///
    /// Takes milliseconds at times: not for threads that wait for the network.
    pub(crate) fn of(&self, catalog: impl Fn() -> Arc<Catalog>) -> Arc<Searched> {
        if let Some(fresh) = self.fresh(&catalog()) {
            return fresh;
        }
        let _turn = match self.building.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => match self.any() {
                Some(before) => return before,
                None => self.building.lock().unwrap_or_else(PoisonError::into_inner),
            },
        };
        // Asked again, so that no search puts an older catalogue's index in the place of a newer one's.
        let catalog = catalog();
        if let Some(fresh) = self.fresh(&catalog) {
            return fresh;
        }
        let searched = Arc::new(Searched { index: Index::build(&catalog), catalog });
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(searched.clone());
        searched
    }

    fn any(&self) -> Option<Arc<Searched>> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self, catalog: &Arc<Catalog>) -> Option<Arc<Searched>> {
        self.any().filter(|searched| Arc::ptr_eq(&searched.catalog, catalog))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A catalogue with a service called `id`, among others before it.
    fn catalog(id: &str, others: usize) -> Arc<Catalog> {
        let service = |id: &str| {
            json!({
                "format": uaps_model::FORMAT, "id": id, "name": id, "description": "", "category": "things",
                "version": "1", "upstream": "", "auth": {"scheme": "none"}, "access": {}, "operations": [],
                "rate_limits": {"default_per_minute": 1, "burst": 1},
                "facts": {"description": "", "flow": "", "pricing_model": "", "typical_response_time": ""},
            })
            .to_string()
        };
        let others = (0..others).map(|n| service(&format!("another-{n}")));
        Arc::new(Catalog::from_json(others.chain([service(id)])).unwrap())
    }

    #[test]
    fn searches_go_on_while_the_catalogue_changes_and_never_mix_two() {
        let catalogs = [catalog("kangaroo", 3), catalog("kangaroo", 40), catalog("kangaroo", 0)];
        let (latest, now) = (Latest::default(), Mutex::new(catalogs[0].clone()));
        let current = || now.lock().unwrap().clone();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        let Searched { catalog, index } = &*latest.of(current);
                        let found = index.services("kangaroo", None, 1);
                        assert_eq!(catalog.entries()[found.hits[0].entry].id, "kangaroo");
                    }
                });
            }
            for at in 0..300 {
                *now.lock().unwrap() = catalogs[at % catalogs.len()].clone();
                std::thread::yield_now();
            }
        });
        assert!(Arc::ptr_eq(&latest.of(current).catalog, &current()), "the first search after a change knows of it");
    }
}
