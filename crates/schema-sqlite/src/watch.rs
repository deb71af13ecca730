//! A second connection beside a session: SQLite has none that could see or end what another does.

use schema::engine::OpeningWatcher;

/// Returns that there is none: who holds the lock of a file is not told, and a statement of another connection can't
/// be cancelled.
pub(crate) fn watcher() -> OpeningWatcher {
    Box::pin(std::future::ready(Ok(None)))
}
