//! The version, in the form that upstream writes its own.

/// As `v1.2.3`: upstream's builds are named after their tag.
pub(crate) const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));
