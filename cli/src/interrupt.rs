//! Ctrl-C and SIGTERM: the first asks the run to stop, the second ends it at once.

use migrate::Stop;

use crate::error::CommandError;
use crate::printer::Printer;

/// Does the work, and asks it to stop at the first signal, which `stopping` then says. At the second the work is
/// dropped, and what `dropped` makes is the error: what is open then, the work's own values end as they are dropped.
///
/// # Errors
/// What the work fails with, and `dropped` when it was dropped.
pub(crate) async fn watched(
    printer: &Printer,
    stopping: &str,
    dropped: impl FnOnce() -> CommandError,
    work: impl AsyncFnOnce(&Stop) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let stop = Stop::default();
    let mut signals = Signals::new()?;
    let work = work(&stop);
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => return result,
            () = signals.next() => {
                if stop.is_requested() {
                    return Err(dropped());
                }
                stop.request();
                printer.warning(stopping);
            }
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self, CommandError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| CommandError::failed(error).context("cannot listen to signals"))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "of one signature on all systems")]
    fn new() -> Result<Self, CommandError> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
