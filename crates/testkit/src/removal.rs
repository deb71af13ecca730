//! Removing what a test made, from `drop`.

use std::thread;
use std::time::Duration;

/// Runs the future that `removal` returns for at most ten seconds; its outcome is ignored, since what it is to
/// remove ends with the run.
///
/// It runs in a thread with a runtime of its own: `drop` may run inside a runtime, or after its end.
pub(crate) fn remove<R, F>(removal: R)
where
    R: FnOnce() -> F + Send + 'static,
    F: Future,
{
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .ok()?;
        runtime.block_on(async {
            let limit = Duration::from_secs(10);
            tokio::time::timeout(limit, removal()).await.map(drop).ok()
        })
    });
    let _ = thread.join();
}
