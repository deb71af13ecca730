//! Leader election by a Lease: one replica reconciles and makes keys, all serve the certificate.
//!
//! A Lease is no fence: a leader that was paused may act for a moment beside its successor. What
//! protects the data is elsewhere: every update carries a resourceVersion, and a new key has a name
//! that follows from the keys before it, so that the second create fails.

mod decide;

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::context::Clock;
use crate::error::Error;
use decide::{Decision, Seen};

/// How long the others wait for a leader that fell silent.
const DURATION: Duration = Duration::from_secs(15);
/// How long a leader that cannot renew goes on. Well below `DURATION`: it stops before another starts.
const RENEW_DEADLINE: Duration = Duration::from_secs(10);
/// Pause between two looks at the Lease, and between two renewals.
const PERIOD: Duration = Duration::from_secs(2);
/// Limit of one request, so that one that hangs costs less than the deadline.
const REQUEST: Duration = Duration::from_secs(3);

/// One replica's view of the Lease.
pub(crate) struct Election {
    api: Api<Lease>,
    name: &'static str,
    me: String,
    clock: Clock,
    started: Instant,
    current: Option<Lease>,
    seen: Option<Seen>,
    renewed: Option<Instant>,
    /// Without the right to Leases this replica works alone.
    may_be_alone: bool,
    /// Since when it is refused, on the clock of `started`.
    refused: Option<Duration>,
    /// It was said that this replica works alone.
    warned: bool,
}

impl Election {
    /// Returns the election for the Lease `name`, in which this replica is called `me`.
    pub(crate) fn new(api: Api<Lease>, name: &'static str, me: String, clock: Clock) -> Self {
        Self {
            api,
            name,
            me,
            clock,
            started: Instant::now(),
            current: None,
            seen: None,
            renewed: None,
            may_be_alone: false,
            refused: None,
            warned: false,
        }
    }

    /// Returns the same election, in which a replica without the right to Leases leads: upstream's installation grants
    /// none.
    pub(crate) fn alone_without_rights(self) -> Self {
        Self {
            may_be_alone: true,
            ..self
        }
    }

    /// Takes part until `stop` is true, then gives the Lease back if it is held.
    ///
    /// `leader` is true from the moment the Lease is acquired until it is lost; it is false before
    /// the Lease is given back. Errors of the API server are logged and retried without an end.
    pub(crate) async fn run(mut self, leader: watch::Sender<bool>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let asked = Instant::now();
            let looked = match timeout(REQUEST, self.step()).await {
                Ok(looked) => looked,
                Err(_) => Err(self.timed_out()),
            };
            self.note_refusal(&looked);
            match looked {
                Err(error) if self.is_alone() => {
                    if !std::mem::replace(&mut self.warned, true) {
                        tracing::warn!(
                            lease = self.name,
                            "{error}: no replica is chosen as the leader, and this one works alone. \
                             Run one replica only, or grant get, create and update on leases"
                        );
                    }
                    self.announce(&leader, true, "not needed: working alone");
                }
                Ok(true) => {
                    self.renewed = Some(asked);
                    self.announce(&leader, true, "acquired");
                }
                Ok(false) => {
                    self.renewed = None;
                    self.announce(&leader, false, "lost to another replica");
                }
                Err(error) => {
                    tracing::warn!(lease = self.name, "{error}");
                    let silent = self
                        .renewed
                        .is_none_or(|renewed| renewed.elapsed() >= RENEW_DEADLINE);
                    if silent {
                        self.announce(&leader, false, "lost: it could not be renewed");
                    }
                }
            }
            // A leader that cannot renew must stop on time even when the next request would hang.
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                () = sleep(PERIOD) => {}
            }
        }
        let held = *leader.borrow();
        leader.send_replace(false);
        if held && timeout(REQUEST, self.release()).await.is_err() {
            tracing::warn!("{}", self.timed_out());
        }
    }

    fn note_refusal(&mut self, looked: &Result<bool, Error>) {
        match looked {
            Err(error) if error.reason() == "Forbidden" => {
                self.refused.get_or_insert_with(|| self.started.elapsed());
            }
            // An API server that is away says nothing about rights.
            Err(_) => {}
            Ok(_) => {
                self.refused = None;
                self.warned = false;
            }
        }
    }

    fn is_alone(&self) -> bool {
        self.may_be_alone && decide::is_alone(self.refused, self.started.elapsed())
    }

    fn announce(&self, leader: &watch::Sender<bool>, leads: bool, how: &str) {
        if leader.send_if_modified(|current| std::mem::replace(current, leads) != leads) {
            tracing::info!(
                lease = self.name,
                replica = self.me,
                leader = leads,
                "lease {how}"
            );
        }
    }

    /// Looks at the Lease once and does what is due. Returns whether this replica holds it now.
    async fn step(&mut self) -> Result<bool, Error> {
        let lease = self
            .api
            .get_opt(self.name)
            .await
            .map_err(|e| self.error("read", &e))?;
        let now = self.started.elapsed();
        if self.seen.is_none() || version(lease.as_ref()) != version(self.current.as_ref()) {
            let spec = lease.as_ref().and_then(|lease| lease.spec.clone());
            self.seen = Some(Seen { spec, since: now });
        }
        self.current = lease;
        let seen = self.seen.clone().unwrap_or(Seen {
            spec: None,
            since: now,
        });
        match decide::decide(&seen, now, &self.me) {
            Decision::Wait => Ok(false),
            decision @ (Decision::Acquire | Decision::Renew) => {
                self.write(decision == Decision::Acquire).await?;
                Ok(true)
            }
        }
    }

    /// Writes the Lease as ours, on condition that nobody wrote it since it was read.
    async fn write(&mut self, acquire: bool) -> Result<(), Error> {
        let now = MicroTime((self.clock)());
        let before = self
            .current
            .as_ref()
            .and_then(|lease| lease.spec.clone())
            .unwrap_or_default();
        let spec = LeaseSpec {
            holder_identity: Some(self.me.clone()),
            lease_duration_seconds: Some(i32::try_from(DURATION.as_secs()).unwrap_or(i32::MAX)),
            acquire_time: if acquire {
                Some(now.clone())
            } else {
                before.acquire_time.clone()
            },
            renew_time: Some(now),
            lease_transitions: Some(
                before
                    .lease_transitions
                    .unwrap_or(0)
                    .saturating_add(i32::from(acquire)),
            ),
            ..before
        };
        let written = if let Some(lease) = self.current.clone() {
            let lease = Lease {
                spec: Some(spec),
                ..lease
            };
            self.api.replace(self.name, &PostParams::default(), &lease).await
        } else {
            let metadata = ObjectMeta {
                name: Some(self.name.to_owned()),
                ..ObjectMeta::default()
            };
            let lease = Lease {
                metadata,
                spec: Some(spec),
            };
            self.api.create(&PostParams::default(), &lease).await
        };
        let written = written.map_err(|e| self.error(if acquire { "acquire" } else { "renew" }, &e))?;
        self.seen = Some(Seen {
            spec: written.spec.clone(),
            since: self.started.elapsed(),
        });
        self.current = Some(written);
        Ok(())
    }

    /// Gives the Lease back, so that another replica need not wait for it to expire.
    async fn release(&mut self) {
        let Some(mut lease) = self.current.take() else {
            return;
        };
        let spec = lease.spec.get_or_insert_default();
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        spec.renew_time = Some(MicroTime((self.clock)()));
        match self.api.replace(self.name, &PostParams::default(), &lease).await {
            Ok(_) => tracing::info!(lease = self.name, replica = self.me, "lease released"),
            Err(error) => tracing::warn!("{}", self.error("release", &error)),
        }
    }

    fn error(&self, verb: &'static str, error: &kube::Error) -> Error {
        Error::api(verb, format!("Lease {}", self.name), error)
    }

    fn timed_out(&self) -> Error {
        Error::timeout("read or write", format!("Lease {}", self.name))
    }
}

/// Returns what tells one version of the Lease from another; a change of it is a sign of life.
fn version(lease: Option<&Lease>) -> Option<&str> {
    lease.and_then(|lease| lease.metadata.resource_version.as_deref())
}

/// Returns a name for this replica that no other replica, and no earlier process, has.
pub(crate) fn identity(pod: Option<&str>) -> String {
    let pod = pod.unwrap_or("chancery-controller");
    format!("{pod}_{:016x}", crate::context::random_number())
}
