//! SQLite for Chancery: declared tables to what the catalog would say, the catalog itself, and the SQL in between.
//!
//! The rules are [`ENGINE`], which is pure; [`connect`] opens the file that a [`Target`] names. `schema::plan` makes
//! a plan of the two, and the steps of a plan run on the session that has the lock.
//!
//! What is particular to SQLite:
//! - The whole plan is one transaction, and foreign keys and views are checked before it ends. A run that is killed
//!   leaves the file as it was.
//! - `ALTER TABLE` does little. What it can't do makes the table anew and copies the rows, their numbers (`rowid`)
//!   included, in the order that SQLite's documentation gives. Clauses that a manifest can't say (checks, collations,
//!   conflict clauses, generated columns, names of constraints, DEFERRABLE, WITHOUT ROWID, triggers) are carried over;
//!   comments are not, which the hazard of the step says.
//! - Names and types are compared without case, defaults by their tokens: the catalog keeps what someone wrote.
//! - A file that does not exist is an empty database until something is applied to it.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use schema::desired::Desired;
//! use schema::declared::{Column, EngineSchema, SqliteTable, TableSpec};
//! use schema::engine::{DeclaredTable, Engine, Timeouts};
//! use schema::ir::TableName;
//! use schema::plan::{PlanInput, Policy};
//! use schema_sqlite::{ENGINE, Target};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("app.db");
//! let target: Target = path.to_str().ok_or("no UTF-8")?.parse()?;
//! let mut session = schema_sqlite::connect(&target).await?;
//!
//! let columns = vec![Column { name: "id".into(), type_: "integer".into(), ..Column::default() }];
//! let table = SqliteTable { columns, primary_key: vec!["id".into()], ..SqliteTable::default() };
//! let spec = TableSpec {
//!     database: "app".into(),
//!     name: "users".into(),
//!     schema: Some(EngineSchema { sqlite: Some(table), ..EngineSchema::default() }),
//!     ..TableSpec::default()
//! };
//! let declared = [DeclaredTable { place: "users.yaml", spec: &spec }];
//! let mut desired: Desired = ENGINE.lower(&declared, session.facts()).map_err(|errors| errors[0].clone())?;
//! let live = session.inspect(&[TableName::unqualified("users")]).await?;
//! session.resolve(&mut desired, &live).await?;
//! let plan = schema::plan::plan(PlanInput {
//!     engine: &ENGINE,
//!     facts: session.facts(),
//!     desired: &desired,
//!     live: &live,
//!     unproven: &[],
//!     policy: &Policy::default(),
//!     last_run: 0,
//! })?;
//!
//! session.lock(Duration::from_secs(1)).await?;
//! session.begin().await?;
//! for sql in plan.steps.iter().flat_map(|step| &step.draft.sql) {
//!     session.execute(sql, Timeouts::default(), "creating users").await?;
//! }
//! session.commit().await?;
//! session.unlock().await?;
//! assert!(session.inspect(&[TableName::unqualified("users")]).await?.tables.len() == 1);
//! # session.close().await?;
//! # Ok(())
//! # }
//! ```

mod catalog;
mod engine;
mod error;
mod grants;
mod integrity;
mod journal;
mod lexer;
mod lock;
mod lower;
mod merge;
mod open;
mod render;
mod resolve;
mod session;
mod target;
mod version;
mod watch;

pub use self::engine::{ENGINE, Sqlite};
pub use self::error::TargetError;
pub use self::open::connect;
pub use self::target::Target;
