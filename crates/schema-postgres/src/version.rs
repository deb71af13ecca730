//! What a server can do, by name. Nothing else compares versions.

/// The oldest major version that is served. Older ones get no corrections from the PostgreSQL project any more, and
/// their catalogs were never read here.
pub(crate) const OLDEST: u32 = 14;
