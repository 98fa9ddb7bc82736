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
    keys: VecDeque<u64>,
    values: VecDeque<V>,
}

impl<V: fmt::Debug> fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { keys: VecDeque::new(), values: VecDeque::new() }
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
        match find(&self.keys, key) {
            Ok(at) => self.values.get_mut(at).map(|old| core::mem::replace(old, value)),
            Err(at) => {
                self.keys.insert(at, key);
                self.values.insert(at, value);
                None
            }
        }
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: impl Into<u64>) -> Option<V> {
        let at = find(&self.keys, key.into()).ok()?;
        self.keys.remove(at);
        self.values.remove(at)
    }

    /// A value.
    #[must_use]
    pub fn get(&self, key: impl Into<u64>) -> Option<&V> {
        self.values.get(find(&self.keys, key.into()).ok()?)
    }

    /// A value, to be changed.
    pub fn get_mut(&mut self, key: impl Into<u64>) -> Option<&mut V> {
        self.values.get_mut(find(&self.keys, key.into()).ok()?)
    }

    /// The value of the lowest key.
    #[must_use]
    pub fn first(&self) -> Option<&V> {
        self.values.front()
    }

    /// Keys, rising.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.keys.iter().copied()
    }

    /// Keys and values, keys rising.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &V)> {
        self.keys.iter().copied().zip(self.values.iter())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Not generic, so that it is compiled once. The last key is tried first: most insertions append.
fn find(keys: &VecDeque<u64>, key: u64) -> Result<usize, usize> {
    match keys.back() {
        Some(last) if *last < key => Err(keys.len()),
        None => Err(0),
        _ => keys.binary_search(&key),
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
