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
//! | a database | [`postgres`], [`mysql`], [`mariadb`]: fresh, dropped at the end |
//! | a database server that it may kill | [`private_postgres`], [`private_mysql`], [`private_mariadb`] |
//! | a program to compare with | [`kubeseal`], [`upstream::Controller::start`] |
//! | a Service that the API server's proxy reaches | [`proxy::expose`] |
//! | to wait for something | [`eventually`] |
//! | to see and cut SQL at a boundary | [`database_proxy()`] |
//! | to apply a manifest and see every complaint | [`Cluster::apply`] |
//! | to know what GitOps tools make of a status | [`status::check`] |
//! | to know what Go makes of a template | [`go_template::Renderer`] |
//! | golden files | [`case::dirs`] |
//! | a repository of SealedSecrets | [`sealed_tree::sealed_tree`] |
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

pub mod apply;
pub mod case;
mod cluster;
mod crash_extent;
mod crd;
mod credentials;
pub mod database_proxy;
mod ddl_record;
mod eventually;
mod fail;
pub mod go_template;
mod mysql;
mod namespace;
mod open_session;
mod port;
mod postgres;
mod private_server;
pub mod proxy;
mod removal;
pub mod sealed_tree;
mod servers;
pub mod status;
mod texts;
mod unique;
pub mod upstream;

pub use cluster::{Cluster, cluster};
pub use crash_extent::{CRASH_ROUNDS, CRASH_SEED, CrashExtent};
pub use database_proxy::{DatabaseProxy, database_proxy};
pub use eventually::{Observation, eventually, eventually_within};
pub use mysql::{MysqlDatabase, mariadb, mysql};
pub use namespace::TestNamespace;
pub use open_session::OpenSession;
pub use port::free_port;
pub use postgres::{POSTGRES_CERTIFICATE_ROLE, PostgresDatabase, postgres};
pub use private_server::{PrivateMysql, PrivatePostgres, private_mariadb, private_mysql, private_postgres};
pub use servers::{
    DatabaseTlsFiles, HANDOVER, KubernetesServer, MysqlServer, PodAddress, PostgresServer, Servers, Tools,
    kubeseal, servers, upstream_controller,
};
pub use texts::{sqlite_execute, sqlite_texts};
pub use unique::unique_name;
