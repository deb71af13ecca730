//! The second connection to a server in memory.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use schema::engine::{SessionError, Watcher};
use tokio::sync::Notify;

/// What a second connection sees, and what was done with it.
#[derive(Default)]
pub(crate) struct Watched {
    /// Who is in the way at each look; nobody once these are told.
    pub(crate) looks: Mutex<VecDeque<Vec<String>>>,
    /// How many connections were made, and how many ended in good order.
    pub(crate) connections: Mutex<(u32, u32)>,
    /// Wakes the statement that is cancelled.
    pub(crate) cancelled: Notify,
    /// Whether the server never says that it has cancelled it.
    pub(crate) unanswered: AtomicBool,
}

impl Watched {
    /// One that sees these, one after the other.
    pub(crate) fn seeing(looks: &[&[&str]]) -> Arc<Self> {
        let words = |look: &&[&str]| look.iter().map(|word| (*word).to_owned()).collect();
        Arc::new(Self {
            looks: Mutex::new(looks.iter().map(words).collect()),
            ..Self::default()
        })
    }
}

pub(crate) struct FakeWatcher(pub(crate) Arc<Watched>);

#[async_trait]
impl Watcher for FakeWatcher {
    async fn blockers(&mut self) -> Result<Vec<String>, SessionError> {
        Ok(self
            .0
            .looks
            .lock()
            .expect("no test panicked")
            .pop_front()
            .unwrap_or_default())
    }

    async fn cancel(&mut self) -> Result<(), SessionError> {
        self.0.cancelled.notify_one();
        if self.0.unanswered.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn close(self: Box<Self>) -> Result<(), SessionError> {
        self.0.connections.lock().expect("no test panicked").1 += 1;
        Ok(())
    }
}
