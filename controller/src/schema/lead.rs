//! One actor a Database, for as long as this replica leads.

use std::collections::HashMap;
use std::sync::Arc;

use migrate::Stop;
use tokio::sync::{Notify, mpsc};
use tokio::task::{Id, JoinError, JoinSet};

use super::Key;
use super::actor::Actor;
use super::scope::{Scope, Wake};

/// Works until `stop`, then lets what runs come to an end that can be gone on from. Dropping the future
/// stops at once.
pub(super) async fn lead(scope: Arc<Scope>, stop: Stop) {
    tokio::select! {
        () = scope.filled() => {}
        () = stop.requested() => return,
    }
    let (sender, mut queue) = mpsc::unbounded_channel();
    scope.set_queue(Some(sender));
    let mut actors = Actors {
        scope: &scope,
        stop: &stop,
        wakes: HashMap::new(),
        keys: HashMap::new(),
        tasks: JoinSet::new(),
    };
    actors.wake(Wake::All);
    loop {
        tokio::select! {
            () = stop.requested() => break,
            wake = queue.recv() => match wake {
                Some(wake) => actors.wake(wake),
                None => break,
            },
            ended = actors.tasks.join_next_with_id(), if !actors.tasks.is_empty() => actors.ended(ended),
        }
    }
    scope.set_queue(None);
    while actors.tasks.join_next().await.is_some() {}
}

struct Actors<'a> {
    scope: &'a Arc<Scope>,
    stop: &'a Stop,
    wakes: HashMap<Key, Arc<Notify>>,
    keys: HashMap<Id, Key>,
    tasks: JoinSet<()>,
}

impl Actors<'_> {
    fn wake(&mut self, wake: Wake) {
        match wake {
            Wake::One(key) => self.wake_one(key),
            Wake::All => {
                // Those that have an actor may have been deleted while nobody watched.
                let known: Vec<Key> = self.wakes.keys().cloned().collect();
                for key in known.into_iter().chain(self.scope.keys()) {
                    self.wake_one(key);
                }
            }
        }
    }

    fn wake_one(&mut self, key: Key) {
        if let Some(wake) = self.wakes.get(&key) {
            wake.notify_one();
            return;
        }
        if self.scope.observe(&key).is_empty() {
            return;
        }
        let wake = Arc::new(Notify::new());
        self.wakes.insert(key.clone(), Arc::clone(&wake));
        let actor = Actor::new(Arc::clone(self.scope), key.clone(), wake, self.stop.clone());
        let task = self.tasks.spawn(actor.run());
        self.keys.insert(task.id(), key);
    }

    /// An actor ends when nothing names its Database any more. What came in the meantime needs a new one.
    fn ended(&mut self, ended: Option<Result<(Id, ()), JoinError>>) {
        let (id, failed) = match ended {
            Some(Ok((id, ()))) => (id, None),
            Some(Err(error)) => (error.id(), Some(error)),
            None => return,
        };
        let Some(key) = self.keys.remove(&id) else { return };
        self.wakes.remove(&key);
        match failed {
            None => self.wake_one(key),
            // The next change makes another one; at once it would only fail again.
            Some(error) => {
                let (namespace, name) = key;
                tracing::error!(namespace, name, "the Database's actor failed: {error}");
            }
        }
    }
}
