//! What a template may see of the world.

use aws_lc_rs::rand::SecureRandom;
use jiff::Timestamp;

/// What a template may see of the world: time and randomness come from the caller.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// What `now` and its relatives return.
    pub now: Timestamp,
    /// Where passwords, keys and salts come from.
    pub random: &'a dyn SecureRandom,
    /// Whether the time is up; asked every few hundred steps and before whatever takes long.
    pub expired: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
