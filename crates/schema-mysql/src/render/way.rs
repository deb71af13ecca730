//! How the server makes a change of a table, from the cheapest way to the dearest.

use schema::plan::LockClass;

/// A way to make a change (MySQL manual, Online DDL Operations; MariaDB, InnoDB Online DDL Overview).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Only the catalog changes.
    Instant,
    /// The table, or an index, is built anew in place while others read and write.
    Inplace,
    /// The table is copied while others read.
    Copy,
}

impl Way {
    /// Returns the clauses that say it. MySQL refuses a `LOCK` beside `INSTANT`.
    pub(super) fn as_sql(self) -> &'static str {
        match self {
            Self::Instant => "ALGORITHM=INSTANT",
            Self::Inplace => "ALGORITHM=INPLACE, LOCK=NONE",
            Self::Copy => "ALGORITHM=COPY, LOCK=SHARED",
        }
    }

    /// Returns what others wait for. An instant change holds the strongest lock, for a moment.
    pub(super) fn lock(self) -> LockClass {
        match self {
            Self::Instant => LockClass::Exclusive,
            Self::Inplace => LockClass::Shared,
            Self::Copy => LockClass::BlocksWrites,
        }
    }
}
