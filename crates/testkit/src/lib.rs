//! Development only: what live tests share. Private servers, fresh databases and namespaces in them,
//! the real kubeseal and the real Sealed Secrets controller, case folders, and waiting with a deadline.
//!
//! The servers are started once a run by `cargo xtask test`, or by `cargo xtask servers` in another
//! terminal; test processes find them through one environment variable, [`HANDOVER`]. A test that needs a
//! server and finds none fails; it is never skipped. Everything here panics with a message that names
//! what was being done, because its only callers are tests.
//!
//! | a test needs | it calls |
//! |---|---|
//! | a Kubernetes API | [`cluster`], then [`Cluster::namespace`] for a namespace of its own |
//! | a database | [`postgres`]: fresh, dropped at the end |
//! | a program to compare with | [`kubeseal`], [`upstream::Controller::start`] |
//! | a Service that the API server's proxy reaches | [`proxy::expose`] |
//! | to wait for something | [`eventually`] |
//! | golden files | [`case::dirs`] |
//!
//! ```
//! // Waiting ends with the value as soon as there is one, and fails after 30 seconds.
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let mut asked = 0;
//! let answer = testkit::eventually("the third question is answered", async || {
//!     asked += 1;
//!     (asked == 3).then_some("yes")
//! })
//! .await;
//! assert_eq!(answer, "yes");
//! # });
//! ```

pub mod case;
mod cluster;
mod crd;
mod credentials;
mod eventually;
mod fail;
mod namespace;
mod port;
mod postgres;
pub mod proxy;
mod servers;
mod texts;
mod unique;
pub mod upstream;

pub use cluster::{Cluster, cluster};
pub use eventually::{Observation, eventually, eventually_within};
pub use namespace::TestNamespace;
pub use port::free_port;
pub use postgres::{PostgresDatabase, postgres};
pub use servers::{
    HANDOVER, KubernetesServer, PodAddress, PostgresServer, Servers, Tools, kubeseal, servers,
    upstream_controller,
};
pub use texts::{sqlite_execute, sqlite_texts};
pub use unique::unique_name;
