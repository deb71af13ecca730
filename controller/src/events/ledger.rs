//! Which events were written a moment ago. Pure.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::ObjectReference;

/// How long the same event is counted up after it was last seen.
const SAME: SignedDuration = SignedDuration::from_mins(10);
/// Events of one object that may come at once; client-go has the same bound.
const BURST: i64 = 25;
/// How long until an object may have one more.
const REFILL: SignedDuration = SignedDuration::from_mins(5);
/// Entries that are remembered. Beyond, all are forgotten: then an event is written anew where one would have been
/// counted up, and nothing else happens.
const ENTRIES: usize = 4096;

/// What makes two events the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    object: String,
    reason: String,
    note: String,
}

/// What to do about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Post {
    /// Write it.
    New,
    /// Count the one of this name up.
    Again { name: String, count: i32 },
    /// The object has had too many.
    Nothing,
}

/// The events of the last minutes.
#[derive(Default)]
pub(super) struct Ledger {
    known: HashMap<Entry, Known>,
    objects: HashMap<String, Bucket>,
}

struct Known {
    name: String,
    count: i32,
    last: Timestamp,
}

struct Bucket {
    left: i64,
    since: Timestamp,
}

impl Entry {
    /// Returns what makes an event about an object the same as another.
    pub(super) fn new(about: &ObjectReference, reason: &str, note: &str) -> Self {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        Self {
            object: [part(&about.namespace), part(&about.name), part(&about.uid)].join("/"),
            reason: reason.to_owned(),
            note: note.to_owned(),
        }
    }
}

impl Ledger {
    /// Returns what to do about an event, and counts it.
    pub(super) fn post(&mut self, entry: &Entry, now: Timestamp) -> Post {
        self.forget(now);
        if !self.take(&entry.object, now) {
            return Post::Nothing;
        }
        match self.known.get_mut(entry) {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.last = now;
                let name = known.name.clone();
                Post::Again {
                    name,
                    count: known.count,
                }
            }
            None => Post::New,
        }
    }

    /// Notes the name under which an event was written.
    pub(super) fn posted(&mut self, entry: Entry, name: String, now: Timestamp) {
        let (count, last) = (1, now);
        self.known.insert(entry, Known { name, count, last });
    }

    fn take(&mut self, object: &str, now: Timestamp) -> bool {
        let bucket = self.objects.entry(object.to_owned()).or_insert(Bucket {
            left: BURST,
            since: now,
        });
        let refills = now.duration_since(bucket.since).as_secs() / REFILL.as_secs();
        if refills > 0 {
            bucket.left = bucket.left.saturating_add(refills).min(BURST);
            bucket.since = now;
        }
        bucket.left -= 1;
        if bucket.left < 0 {
            bucket.left = 0;
            return false;
        }
        true
    }

    fn forget(&mut self, now: Timestamp) {
        if self.known.len() > ENTRIES || self.objects.len() > ENTRIES {
            self.known.clear();
            self.objects.clear();
        }
        self.known
            .retain(|_, known| now.duration_since(known.last) < SAME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(object: &str, note: &str) -> Entry {
        let about = ObjectReference {
            name: Some(object.to_owned()),
            ..ObjectReference::default()
        };
        Entry::new(&about, "Unsealed", note)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn again(count: i32) -> Post {
        let name = "event".to_owned();
        Post::Again { name, count }
    }

    #[test]
    fn the_same_event_is_counted_up_for_ten_minutes() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.post(&entry("app", "a"), at(0)), Post::New);
        ledger.posted(entry("app", "a"), "event".to_owned(), at(0));
        assert_eq!(ledger.post(&entry("app", "a"), at(300)), again(2));
        assert_eq!(ledger.post(&entry("app", "a"), at(800)), again(3));
        assert_eq!(ledger.post(&entry("app", "b"), at(800)), Post::New);
        assert_eq!(ledger.post(&entry("other", "a"), at(800)), Post::New);
        assert_eq!(ledger.post(&entry("app", "a"), at(1400)), Post::New);
    }

    #[test]
    fn an_object_with_too_many_events_gets_one_in_five_minutes() {
        let mut ledger = Ledger::default();
        for number in 0..25 {
            assert_eq!(ledger.post(&entry("app", &number.to_string()), at(0)), Post::New);
        }
        assert_eq!(ledger.post(&entry("app", "one more"), at(299)), Post::Nothing);
        assert_eq!(ledger.post(&entry("other", "a"), at(299)), Post::New);
        assert_eq!(ledger.post(&entry("app", "one more"), at(300)), Post::New);
        assert_eq!(ledger.post(&entry("app", "one more"), at(301)), Post::Nothing);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut ledger = Ledger::default();
        for number in 0..20_000 {
            let entry = entry(&number.to_string(), "a");
            ledger.post(&entry, at(0));
            ledger.posted(entry, "event".to_owned(), at(0));
        }
        assert!(ledger.known.len() <= ENTRIES + 1 && ledger.objects.len() <= ENTRIES + 1);
    }
}
