//! Several cases at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many cases run at a time: most of a case is waiting.
const AT_ONCE: usize = 4;

/// Runs the cases in their order until one returns false, and returns how many returned true.
///
/// Each has a thread and a runtime of its own: dropping a database blocks, and the server drops none while a connection
/// that is being made waits for its client.
pub(super) fn run<T: Send>(cases: Vec<T>, case: impl AsyncFn(T) -> bool + Sync) -> usize {
    let cases = Mutex::new(cases.into_iter());
    let next = || cases.lock().unwrap().next();
    let good = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(one) = next() {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    if runtime.unwrap().block_on(case(one)) {
                        good.fetch_add(1, Ordering::SeqCst);
                    } else {
                        while next().is_some() {}
                    }
                }
            });
        }
    });
    good.into_inner()
}
