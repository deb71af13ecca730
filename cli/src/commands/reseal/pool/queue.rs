//! What each thread takes next.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use migrate::Stop;

use super::locked;
use crate::commands::reseal::file::OpenFile;

/// The files and objects that are to be done, and how many files are in hand.
pub(super) struct Queue<'a> {
    files: usize,
    state: Mutex<State<'a>>,
    /// Something was taken out of hand, or came into it.
    changed: Condvar,
}

#[derive(Default)]
struct State<'a> {
    /// The next file to be read.
    next: usize,
    objects: VecDeque<(Arc<OpenFile<'a>>, usize)>,
    /// Files that were begun and aren't finished.
    in_hand: usize,
    /// A thread panicked: what it had in hand is never finished.
    broken: bool,
}

/// What a thread does next.
pub(super) enum Task<'a> {
    /// Reads the file with this index.
    File(usize),
    /// Does an object of an open file.
    Object(Arc<OpenFile<'a>>, usize),
}

/// Ends the work of all threads if the one that holds it panics.
pub(super) struct Watch<'q, 'a>(&'q Queue<'a>);

impl<'a> Queue<'a> {
    /// Files, none of them begun.
    pub(super) fn of(files: usize) -> Self {
        Self {
            files,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Watches over the thread that calls this.
    pub(super) fn watch(&self) -> Watch<'_, 'a> {
        Watch(self)
    }

    /// The next task: objects of open files before the next file. Waits while another thread has a file in hand, which
    /// may turn into objects. `None` when all is done, `stop` is requested and no file is in hand, `abandoned` is set,
    /// or a thread panicked.
    pub(super) fn take(&self, stop: &Stop, abandoned: &AtomicBool) -> Option<Task<'a>> {
        let mut state = locked(&self.state);
        loop {
            if abandoned.load(Ordering::Acquire) || state.broken {
                return None;
            }
            if let Some((file, object)) = state.objects.pop_front() {
                return Some(Task::Object(file, object));
            }
            if state.next < self.files && !stop.is_requested() {
                let at = state.next;
                state.next += 1;
                state.in_hand += 1;
                return Some(Task::File(at));
            }
            if state.in_hand == 0 {
                return None;
            }
            // A second signal wakes nobody, hence the time.
            let (woken, _) = self
                .changed
                .wait_timeout(state, Duration::from_millis(50))
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
        }
    }

    /// Adds the objects of a file that was opened.
    pub(super) fn add_objects(&self, open: &Arc<OpenFile<'a>>) {
        let objects = open.objects.iter().map(|object| (Arc::clone(open), *object));
        locked(&self.state).objects.extend(objects);
        self.changed.notify_all();
    }

    /// Takes a file out of hand.
    pub(super) fn finish_file(&self) {
        locked(&self.state).in_hand -= 1;
        self.changed.notify_all();
    }

    /// Whether every file has been looked at and finished.
    pub(super) fn is_complete(&self) -> bool {
        let state = locked(&self.state);
        state.next == self.files && state.in_hand == 0
    }
}

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            locked(&self.0.state).broken = true;
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Whether the others end, when one thread takes the only file and does that with it.
    fn others_end(with_it: impl FnOnce(&Queue<'_>) + Send) -> (bool, bool) {
        let queue = Queue::of(1);
        let (stop, abandoned) = (Stop::default(), AtomicBool::new(false));
        let (ended, wait) = mpsc::channel();
        thread::scope(|scope| {
            let taken = queue.take(&stop, &abandoned);
            assert!(matches!(taken, Some(Task::File(0))));
            let (queue, stop, abandoned) = (&queue, &stop, &abandoned);
            scope.spawn(move || {
                let _watch = queue.watch();
                ended.send(queue.take(stop, abandoned).is_none()).unwrap();
            });
            let worker = scope.spawn(move || {
                let _watch = queue.watch();
                with_it(queue);
            });
            let panicked = worker.join().is_err();
            let others = wait.recv_timeout(Duration::from_secs(20));
            // So that the test fails, and doesn't hang, where they don't.
            abandoned.store(true, Ordering::Release);
            (panicked, others == Ok(true))
        })
    }

    #[test]
    fn a_thread_that_panics_with_a_file_in_hand_ends_the_others() {
        assert_eq!(others_end(|_| panic!("a fault")), (true, true));
    }

    #[test]
    fn a_file_that_is_finished_ends_the_others() {
        assert_eq!(
            others_end(|queue| {
                queue.finish_file();
            }),
            (false, true)
        );
    }
}
