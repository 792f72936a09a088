//! Rows in memory that know what changed, and how to take it back.

use std::collections::BTreeMap;

/// The rows of one kind that a batch has loaded or made.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, Slot<V>>,
    /// What the rows were before the command under way touched them.
    before: Vec<(K, Option<Slot<V>>)>,
}

#[derive(Debug, Clone)]
struct Slot<V> {
    value: V,
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// As it is in the database.
    Stored,
    /// In the database, and different there.
    Changed,
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
        let old = self.rows.get(&key).cloned();
        let origin = match &old {
            None => Origin::New,
            Some(slot) if slot.origin == Origin::New => Origin::New,
            Some(_) => Origin::Changed,
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
        self.of(Origin::New)
    }

    /// Rows that are different in the database.
    pub(crate) fn changed_rows(&self) -> impl Iterator<Item = (&K, &V)> {
        self.of(Origin::Changed)
    }

    fn of(&self, origin: Origin) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().filter(move |(_, slot)| slot.origin == origin).map(|(key, slot)| (key, &slot.value))
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
        assert_eq!(table.changed_rows().collect::<Vec<_>>(), [(&"a", &2)]);
        assert_eq!(table.new_rows().collect::<Vec<_>>(), [(&"b", &3)]);
        assert_eq!(table.get(&"c"), None);
    }
}
