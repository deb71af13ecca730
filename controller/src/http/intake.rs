//! How an object of a caller comes in: a place, a bounded body in bounded time, one SealedSecret, its turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::sealed_secret::SealedSecret;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use manifests::documents::{self, Document};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout};

use super::front::Times;
use super::parts::{self, Part};
use super::refusal::Refusal;
use crate::cpu::CpuPool;
use crate::keys::Keys;

/// Bytes of a body. The API server keeps no object above 1.5 MiB.
pub(super) const BODY: usize = 2 << 20;
/// Items of an object. A Secret has 1 MiB, and its item names and ciphertexts are in an object of 1.5 MiB.
pub(super) const ITEMS: usize = 2000;
/// Time that a body waits for those before it.
const WAIT: Duration = Duration::from_secs(10);
/// Time from its turn to its answer; the pool may be busy with the controller's own objects meanwhile.
const ANSWER: Duration = Duration::from_mins(1);
/// Time that the items of one object may keep a core busy.
pub(super) const WORK: Duration = Duration::from_secs(15);
/// Bodies that are in memory at the same time: the one that is worked on, and those that arrive or wait.
const PLACES: usize = 16;

/// What callers may have done with their objects, within bounds.
pub(crate) struct Intake {
    keys: Box<dyn Fn() -> Keys + Send + Sync>,
    cpu: CpuPool,
    /// Time for a body to arrive.
    read: Duration,
    /// Whether the format before 2019 is opened.
    accepts_deprecated: bool,
    places: Arc<Semaphore>,
    /// One: however many call, all cores but one are left to the controller's own objects.
    turn: Arc<Semaphore>,
    counts: Counts,
}

/// How much was asked since the process started; logged when it stops.
#[derive(Debug, Default)]
struct Counts {
    rotated: AtomicU64,
    inspected: AtomicU64,
    verified: AtomicU64,
    unopened: AtomicU64,
    refused: AtomicU64,
}

/// What is done with the items of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// They are sealed to the newest key.
    Rotate,
    /// It is told which key opens each.
    Inspect,
    /// It is told whether all open.
    Verify,
}

/// An object that was dealt with.
pub(super) struct Done<T> {
    /// The object as it came.
    pub(super) document: Document,
    /// Fingerprint of the newest key.
    pub(super) newest: String,
    /// What was made of each item, by its key.
    pub(super) items: Vec<(String, T)>,
    /// Given back when the answer is made: it is as long as the body.
    _place: OwnedSemaphorePermit,
}

/// What makes something of each item of a part, by the items' keys; the keys that opened the last ones are tried first.
pub(super) trait Deal<T>:
    Fn(&Part, &Keys, &mut Vec<sealing::Fingerprint>) -> Result<Vec<(String, T)>, Refusal> + Copy + Send + 'static
{
}

impl<T, F> Deal<T> for F where
    F: Fn(&Part, &Keys, &mut Vec<sealing::Fingerprint>) -> Result<Vec<(String, T)>, Refusal>
        + Copy
        + Send
        + 'static
{
}

/// An object that came in.
struct Arrived {
    document: Document,
    sealed: SealedSecret,
}

impl Intake {
    /// Returns the way in; `keys` are those of the moment it is called. Without `accepts_deprecated` an object in the
    /// format before 2019 doesn't open.
    pub(crate) fn new(
        keys: impl Fn() -> Keys + Send + Sync + 'static,
        cpu: CpuPool,
        times: Times,
        accepts_deprecated: bool,
    ) -> Self {
        Self {
            keys: Box::new(keys),
            cpu,
            read: times.read,
            accepts_deprecated,
            places: Arc::new(Semaphore::new(PLACES)),
            turn: Arc::new(Semaphore::new(1)),
            counts: Counts::default(),
        }
    }

    /// Logs the totals.
    pub(crate) fn log(&self) {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        tracing::info!(
            rotated = load(&self.counts.rotated),
            inspected = load(&self.counts.inspected),
            verified = load(&self.counts.verified),
            unopened = load(&self.counts.unopened),
            refused = load(&self.counts.refused),
            "objects of callers"
        );
    }

    /// Returns whether somebody has the turn.
    #[cfg(test)]
    pub(super) fn is_at_work(&self) -> bool {
        self.turn.available_permits() == 0
    }

    /// Returns how many objects were inspected to the end.
    #[cfg(test)]
    pub(super) fn inspected(&self) -> u64 {
        self.counts.inspected.load(Ordering::Relaxed)
    }

    /// Deals with the object in a request, a part of its items at a time.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) async fn take<T: Send + 'static>(
        &self,
        work: Work,
        request: Request,
        deal: impl Deal<T>,
    ) -> Result<Done<T>, Refusal> {
        let taken = self.try_take(request, deal).await;
        let counter = match (&taken, work) {
            (Ok(_), Work::Rotate) => &self.counts.rotated,
            (Ok(_), Work::Inspect) => &self.counts.inspected,
            (Ok(_), Work::Verify) => &self.counts.verified,
            (Err(Refusal::Unopened), _) => &self.counts.unopened,
            (Err(_), _) => &self.counts.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        taken
    }

    async fn try_take<T: Send + 'static>(
        &self,
        request: Request,
        deal: impl Deal<T>,
    ) -> Result<Done<T>, Refusal> {
        if (self.keys)().newest.is_none() {
            return Err(Refusal::NoKey);
        }
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return Err(Refusal::Busy),
        };
        let body = read(request.into_body(), self.read).await?;
        let turn = timeout(WAIT, Arc::clone(&self.turn).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Refusal::Busy);
        };
        let until = Instant::now() + ANSWER;
        let (turn, arrived) = self.run(turn, move || parse(&body)).await;
        let arrived = arrived?;
        if arrived.sealed.spec.data.is_some() && !self.accepts_deprecated {
            return Err(Refusal::Unopened);
        }
        self.deal((place, turn), arrived, until, deal).await
    }

    async fn deal<T: Send + 'static>(
        &self,
        (place, mut turn): (OwnedSemaphorePermit, OwnedSemaphorePermit),
        Arrived { document, sealed }: Arrived,
        until: Instant,
        deal: impl Deal<T>,
    ) -> Result<Done<T>, Refusal> {
        let keys = (self.keys)();
        let Some(newest) = keys
            .newest
            .as_ref()
            .map(|newest| newest.fingerprint().to_string())
        else {
            return Err(Refusal::NoKey);
        };
        let (mut hints, mut items) = (Vec::new(), Vec::new());
        let mut worked = Duration::ZERO;
        for part in parts::of(sealed) {
            if worked >= WORK {
                return Err(Refusal::TooMuchWork);
            }
            if Instant::now() >= until {
                return Err(Refusal::Busy);
            }
            let keys = keys.clone();
            let (back, (known, dealt, took)) = self
                .run(turn, move || {
                    let begun = Instant::now();
                    let dealt = deal(&part, &keys, &mut hints);
                    (hints, dealt, begun.elapsed())
                })
                .await;
            turn = back;
            hints = known;
            worked += took;
            match dealt {
                Ok(dealt) => items.extend(dealt),
                Err(refusal) => {
                    let (namespace, name) = super::names(&document);
                    tracing::info!(namespace, name, "object of a caller refused: {}", refusal.text());
                    return Err(refusal);
                }
            }
        }
        Ok(Done {
            document,
            newest,
            items,
            _place: place,
        })
    }

    /// Runs work on the CPU pool. The turn goes with it: a caller who hangs up leaves work behind that is under way, and
    /// the next one's begins only after it.
    async fn run<T: Send + 'static>(
        &self,
        turn: OwnedSemaphorePermit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> (OwnedSemaphorePermit, T) {
        self.cpu.run(move || (turn, work())).await
    }
}

/// Reads a body. One that says beforehand that it is too long is not read at all.
async fn read(body: Body, within: Duration) -> Result<Vec<u8>, Refusal> {
    let says = body.size_hint().lower();
    if usize::try_from(says).map_or(true, |says| says > BODY) {
        return Err(Refusal::TooLong);
    }
    let mut body = body;
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
        {
            let Ok(data) = frame.map_err(|_| Refusal::Broken)?.into_data() else {
                continue;
            };
            if bytes.len() + data.len() > BODY {
                return Err(Refusal::TooLong);
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes)
    };
    timeout(within, reading).await.unwrap_or(Err(Refusal::TooSlow))
}

/// Returns the one SealedSecret that a body holds, JSON or YAML, as upstream takes both.
fn parse(body: &[u8]) -> Result<Arrived, Refusal> {
    let mut documents = documents::read("body", body)?.into_iter();
    let (Some(document), None) = (documents.next(), documents.next()) else {
        return Err(Refusal::Unfit("the body must hold one SealedSecret".to_owned()));
    };
    let version = <SealedSecret as kube::Resource>::api_version(&());
    if document.kind() != Some("SealedSecret") || document.api_version() != Some(&*version) {
        return Err(Refusal::Unfit(format!(
            "the body is no SealedSecret of {version}"
        )));
    }
    // Aliases can make a short text a long object, and the answer is as long as the object.
    let len = serde_json::to_vec(&document.value).map_or(usize::MAX, |json| json.len());
    if len > BODY {
        return Err(Refusal::TooLong);
    }
    let sealed: SealedSecret = document.to()?;
    if sealed.spec.data.is_some() && !sealed.spec.encrypted_data.is_empty() {
        return Err(Refusal::Unfit(
            manifests::unseal::UnsealError::TwoFormats.to_string(),
        ));
    }
    if sealed.spec.encrypted_data.len() > ITEMS {
        return Err(Refusal::TooManyItems);
    }
    Ok(Arrived { document, sealed })
}
