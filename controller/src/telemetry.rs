//! Log lines, those of level info on standard output and graver ones on standard error. A reader that is slow or
//! gone never stops the controller: lines wait in a bounded queue and are counted as lost when it is full.

mod line;

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use self::line::Line;
use crate::args::{LogArgs, LogLevel};

/// Lines that may wait for a slow reader.
const QUEUE: usize = 4096;
/// How long the end of the process waits for the last lines to be read.
const LAST_LINES: Duration = Duration::from_secs(1);

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The ways into the queues of log lines.
#[derive(Clone)]
pub(crate) struct Logs {
    /// For information.
    low: Queue,
    /// For warnings and errors.
    high: Queue,
}

/// The way into a queue of log lines.
#[derive(Clone)]
pub(crate) struct Queue {
    queue: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

/// Starts logging as the flags say; the answer is for the end of the process.
///
/// Third-party crates log at warning and above, since their lines repeat what ours say with
/// context, and since what they print (request bodies, watch events) is not ours to vouch for.
pub(crate) fn install(args: &LogArgs) -> Logs {
    let high = Queue::start(io::stderr());
    let low = if args.log_info_stdout {
        Queue::start(io::stdout())
    } else {
        high.clone()
    };
    let logs = Logs { low, high };
    let ours = match args.log_level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let theirs = if args.log_level == LogLevel::Error {
        "error"
    } else {
        "warn"
    };
    let filter = EnvFilter::new(format!(
        "{theirs},kube=off,kube_client=off,kube_runtime=off,chancery_controller={ours}"
    ));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .event_format(Line {
            format: args.log_format,
        })
        .with_writer(logs.clone());
    // A second call, which only a test makes, keeps the first subscriber.
    let _ = lines.try_init();
    logs
}

impl Queue {
    fn start(mut output: impl Write + Send + 'static) -> Self {
        let (queue, lines) = mpsc::sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&lost);
        std::thread::spawn(move || {
            while let Ok(message) = lines.recv() {
                let missing = count.swap(0, Ordering::Relaxed);
                if missing > 0 {
                    let _ = writeln!(
                        output,
                        "{missing} log lines were lost: the reader of this log is too slow"
                    );
                }
                // A reader that is gone is no reason to stop: logs are not the controller's work.
                let _ = match message {
                    Message::Line(line) => output.write_all(&line),
                    Message::Flush(done) => {
                        let flushed = output.flush();
                        let _ = done.send(());
                        flushed
                    }
                };
            }
        });
        Self { queue, lost }
    }

    /// Waits, at most a second, until the lines so far were written.
    fn flush(&self) {
        let (done, written) = mpsc::sync_channel(1);
        if self.queue.try_send(Message::Flush(done)).is_ok()
            && written.recv_timeout(LAST_LINES) == Err(RecvTimeoutError::Timeout)
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Logs {
    /// Waits, at most a second for each, until the lines so far were written.
    pub(crate) fn flush(&self) {
        self.low.flush();
        self.high.flush();
    }
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.queue.try_send(Message::Line(line.to_vec())) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Queue;

    fn make_writer(&'a self) -> Queue {
        self.high.clone()
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Queue {
        // Levels are ordered by how much they let through.
        if *event.level() >= Level::INFO {
            self.low.clone()
        } else {
            self.high.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// An output that writes nothing until it is let go.
    struct Stuck(Arc<Mutex<Vec<u8>>>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut output = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
            output.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_does_not_read_stops_nobody_and_is_told_what_it_missed() {
        let output = Arc::new(Mutex::new(Vec::new()));
        let held = output.lock().unwrap();
        let mut logs = Queue::start(Stuck(Arc::clone(&output)));
        for _ in 0..QUEUE * 2 {
            logs.write_all(b"line\n").unwrap();
        }
        drop(held);
        // The queue is full at first, so the request to flush is repeated until it fits.
        let text = loop {
            logs.flush();
            let text = String::from_utf8(output.lock().unwrap().clone()).unwrap();
            if text.contains("log lines were lost") && text.ends_with("line\n") {
                break text;
            }
        };
        assert!(text.lines().count() <= QUEUE + 3);
    }

    #[test]
    fn a_closed_reader_is_not_an_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let mut logs = Queue::start(Closed);
        for _ in 0..10 {
            logs.write_all(b"line\n").unwrap();
            logs.flush();
        }
    }
}
