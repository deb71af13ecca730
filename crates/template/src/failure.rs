//! Why a function or an action can't go on.

/// Why a function or an action can't go on. There is no variant that could hold a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// What is wrong, in words that are known when this crate is compiled.
    Refused(&'static str),
    /// More steps than the limits allow.
    Steps,
    /// More memory than the limits allow.
    Memory,
    /// More output than the limits allow.
    Output,
    /// Values, blocks or templates nested deeper than the limits allow.
    Depth,
    /// The caller says that the time is up.
    Expired,
}
