//! How a value is to be laid out.

/// The largest width and precision that Go takes.
pub(super) const LARGEST: usize = 1_000_000;

/// The flags, the width and the precision of a directive.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of Go's formats")]
pub(super) struct Field {
    pub(super) sharp: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    /// `%#v`.
    pub(super) sharp_v: bool,
    /// `%+v`.
    pub(super) plus_v: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}
