//! A map from ids to values, kept sorted in a queue.
//!
//! Ids are handed out in rising order, so inserting is appending, and what is taken out is mostly near the front: both
//! cost O(1), a look-up O(log n). `BTreeMap` would do as well, but its code is compiled anew for each pair of types,
//! which came to 54 kB of WebAssembly here, a fifth of the module.

use alloc::collections::VecDeque;
use core::fmt;

/// A sorted map. Keys are anything that turns into a `u64`, such as an id.
#[derive(Clone)]
pub struct Table<V> {
    // In one queue: ids and boxes beside their keys are all of one size, so that the queue's code is there but once.
    entries: VecDeque<(u64, V)>,
}

impl<V: fmt::Debug> fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { entries: VecDeque::new() }
    }
}

impl<V> Table<V> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a value in and returns the one it replaces.
    pub fn insert(&mut self, key: impl Into<u64>, value: V) -> Option<V> {
        let key = key.into();
        match self.find(key) {
            Ok(at) => self.entries.get_mut(at).map(|(_, old)| core::mem::replace(old, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: impl Into<u64>) -> Option<V> {
        let at = self.find(key.into()).ok()?;
        self.entries.remove(at).map(|(_, value)| value)
    }

    /// A value.
    #[must_use]
    pub fn get(&self, key: impl Into<u64>) -> Option<&V> {
        self.entries.get(self.find(key.into()).ok()?).map(|(_, value)| value)
    }

    /// A value, to be changed.
    pub fn get_mut(&mut self, key: impl Into<u64>) -> Option<&mut V> {
        let at = self.find(key.into()).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// The value of the lowest key.
    #[must_use]
    pub fn first(&self) -> Option<&V> {
        self.entries.front().map(|(_, value)| value)
    }

    /// Keys, rising.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.entries.iter().map(|(key, _)| *key)
    }

    /// Keys and values, keys rising.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &V)> {
        self.entries.iter().map(|(key, value)| (*key, value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The last key is tried first: most insertions append.
    fn find(&self, key: u64) -> Result<usize, usize> {
        match self.entries.back() {
            Some((last, _)) if *last < key => Err(self.entries.len()),
            None => Err(0),
            _ => self.entries.binary_search_by_key(&key, |(key, _)| *key),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, vec::Vec};

    use proptest::prelude::*;

    use super::Table;

    proptest! {
        #[test]
        fn does_what_a_btree_map_does(steps in proptest::collection::vec((0_u64..40, 0_u8..4), 0..200)) {
            let (mut table, mut map) = (Table::new(), BTreeMap::new());
            for (key, what) in steps {
                match what {
                    0 => prop_assert_eq!(table.remove(key), map.remove(&key)),
                    _ => prop_assert_eq!(table.insert(key, what), map.insert(key, what)),
                }
                prop_assert_eq!(table.get(key), map.get(&key));
                prop_assert_eq!(table.iter().map(|(k, v)| (k, *v)).collect::<Vec<_>>(), map.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>());
            }
        }
    }
}
