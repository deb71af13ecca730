//! Functions of dicts.
//!
//! Upstream's order of keys is another one at each run; here it is the sorted one.

pub(crate) mod copied;
pub(crate) mod entries;
pub(crate) mod merged;
