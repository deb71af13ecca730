//! Go's `string`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Go's `string`: bytes that are usually UTF-8 and need not be. Wiped when the last reference goes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text(Arc<Zeroizing<Vec<u8>>>);

impl Text {
    /// Returns a text of those bytes, which the caller has charged: a function makes one by `Call::text`.
    pub(crate) fn uncharged(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_slice().cmp(other.0.as_slice())
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}
