//! Rows in memory that know what changed, and how to take it back.

use std::collections::BTreeMap;

/// The rows of one kind that a batch has loaded or made.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, Slot<V>>,
    /// What the rows were before the command under way touched them.
    before: Vec<(K, Option<Slot<V>>)>,
}

#[derive(Debug)]
struct Slot<V> {
    value: V,
    origin: Origin<V>,
}

#[derive(Debug)]
enum Origin<V> {
    /// As it is in the database.
    Stored,
    /// In the database, and there like this.
    Changed(V),
    /// Not in the database.
    New,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { rows: BTreeMap::new(), before: Vec::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// Takes a row in that is in the database.
    pub(crate) fn load(&mut self, key: K, value: V) {
        self.rows.insert(key, Slot { value, origin: Origin::Stored });
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key).map(|slot| &slot.value)
    }

    /// Makes a row or replaces it.
    pub(crate) fn put(&mut self, key: K, value: V) {
        let old = self.rows.remove(&key);
        let origin = match &old {
            None | Some(Slot { origin: Origin::New, .. }) => Origin::New,
            Some(Slot { origin: Origin::Changed(stored), .. } | Slot { origin: Origin::Stored, value: stored }) => {
                Origin::Changed(stored.clone())
            }
        };
        self.before.push((key.clone(), old));
        self.rows.insert(key, Slot { value, origin });
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values().map(|slot| &slot.value)
    }

    /// Ends a command: what it did stays, or is taken back.
    pub(crate) fn end(&mut self, keep: bool) {
        if keep {
            self.before.clear();
            return;
        }
        while let Some((key, old)) = self.before.pop() {
            match old {
                Some(slot) => self.rows.insert(key, slot),
                None => self.rows.remove(&key),
            };
        }
    }

    /// Rows that are not in the database.
    pub(crate) fn new_rows(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().filter(|(_, slot)| matches!(slot.origin, Origin::New)).map(|(key, slot)| (key, &slot.value))
    }

    /// Rows that are different in the database.
    pub(crate) fn changed_rows(&self) -> impl Iterator<Item = (&K, &V)> {
        self.changes().map(|(key, _, value)| (key, value))
    }

    /// The same, each with what it is there.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&K, &V, &V)> {
        self.rows.iter().filter_map(|(key, slot)| match &slot.origin {
            Origin::Changed(stored) => Some((key, stored, &slot.value)),
            Origin::Stored | Origin::New => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_was_never_there() {
        let mut table = Table::default();
        table.load("a", 1);
        table.put("a", 2);
        table.put("b", 3);
        table.end(true);
        table.put("a", 4);
        table.put("a", 5);
        table.put("b", 6);
        table.put("c", 7);
        table.end(false);
        assert_eq!(table.changes().collect::<Vec<_>>(), [(&"a", &1, &2)]);
        assert_eq!(table.new_rows().collect::<Vec<_>>(), [(&"b", &3)]);
        assert_eq!(table.get(&"c"), None);
    }
}
