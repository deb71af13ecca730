//! The one way this crate fails: the test that called it panics.

/// Panics with `message`, because every caller of this crate is a test.
#[expect(
    clippy::panic,
    reason = "the callers are tests, and a panic is how a test fails"
)]
#[track_caller]
pub(crate) fn fail(message: &str) -> ! {
    panic!("{message}")
}

/// Unwraps a result or fails the calling test with what was being done and the whole chain of causes.
pub(crate) trait OrFail<T> {
    /// Returns the value, or panics with `doing` and the error.
    #[track_caller]
    fn or_fail(self, doing: impl FnOnce() -> String) -> T;
}

impl<T, E> OrFail<T> for Result<T, E>
where
    E: Into<anyhow::Error>,
{
    #[track_caller]
    fn or_fail(self, doing: impl FnOnce() -> String) -> T {
        match self {
            Ok(value) => value,
            Err(error) => fail(&format!("{}: {:#}", doing(), error.into())),
        }
    }
}
