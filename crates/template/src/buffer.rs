//! Bytes that grow and leave no copy behind.

use zeroize::Zeroizing;

/// Bytes that grow. A vector that grows by itself leaves what it held in freed memory; this wipes it.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends bytes, which the caller has charged.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity()).max(64)));
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn take(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// Returns the bytes for a value, which wipes them itself.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_comes_out_in_order() {
        let mut buffer = Buffer::default();
        for part in 0..200_u8 {
            buffer.push(&[part]);
        }
        assert_eq!(buffer.len(), 200);
        assert_eq!(buffer.into_bytes(), (0..200).collect::<Vec<_>>());
    }
}
