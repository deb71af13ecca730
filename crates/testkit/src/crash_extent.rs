//! How much of their matrices the crash tests run.

use crate::fail::OrFail;

/// How often all of a matrix is run; without it a sample is. `cargo xtask soak crash` sets it.
pub const CRASH_ROUNDS: &str = "CHANCERY_CRASH_ROUNDS";

/// Where the turn of what differs between rounds begins. `cargo xtask soak crash` sets it.
pub const CRASH_SEED: &str = "CHANCERY_CRASH_SEED";

/// Which cases of a matrix are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashExtent {
    /// Each boundary once, with the kinds of kill in turn from this number on.
    Sample {
        /// Where the turn begins.
        seed: usize,
    },
    /// Every kind of kill at every boundary, this often.
    Everything {
        /// How often.
        rounds: usize,
        /// Where the turn of what differs between rounds begins.
        seed: usize,
    },
}

impl CrashExtent {
    /// Returns what the environment asks for.
    ///
    /// # Panics
    /// When a variable is no number.
    #[track_caller]
    pub fn wanted() -> Self {
        let seed = number(CRASH_SEED).unwrap_or_default();
        match number(CRASH_ROUNDS) {
            Some(rounds) => Self::Everything { rounds, seed },
            None => Self::Sample { seed },
        }
    }
}

#[track_caller]
fn number(variable: &str) -> Option<usize> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where crash tests learn how much to do; they have no command line"
    )]
    let value = std::env::var(variable).ok()?;
    Some(value.parse().or_fail(|| format!("reading {variable}={value}")))
}
