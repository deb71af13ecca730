//! Plan and apply: the use case that the command line and the controller share.
//!
//! 1. [`DatabaseUrl::parse`] reads where the database is, [`DatabaseUrl::from_fields`] does so from what a manifest
//!    says; [`connect`] opens a session and says which engine it is.
//! 2. [`plan()`] compares what is declared with what is live and returns a [`Planned`]; nothing changes.
//! 3. [`report`] turns it into JSON, text or SQL.
//! 4. [`apply()`] takes the database's lock, plans again, checks that this is still the plan that was approved, and
//!    runs its steps. Each step is checked against the catalog before and after, and is in the journal in the
//!    database; a run that was killed is continued by the next one.
//!
//! Nothing outside [`connect`]'s module knows which engines there are.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use migrate::{ApplyOptions, DatabaseUrl, PlanRequest, Stop};
//! use schema::declared::{Column, EngineSchema, SqliteTable, TableSpec};
//! use schema::engine::DeclaredTable;
//! use schema::plan::Policy;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let file = folder.path().join("app.db");
//! let table = SqliteTable {
//!     columns: vec![Column { name: "email".into(), type_: "text".into(), ..Column::default() }],
//!     ..SqliteTable::default()
//! };
//! let schema = EngineSchema { sqlite: Some(table), ..EngineSchema::default() };
//! let spec = TableSpec { database: "app".into(), name: "users".into(), schema: Some(schema), ..TableSpec::default() };
//! let tables = [DeclaredTable { place: "users.yaml", spec: &spec }];
//!
//! let url = DatabaseUrl::parse(&format!("sqlite:{}", file.display())).unwrap();
//! let (engine, mut session) = migrate::connect(&url).await.unwrap();
//! let request = PlanRequest { engine, tables: &tables, policy: &Policy::default() };
//! let planned = migrate::plan(session.as_mut(), request).await.unwrap();
//! assert_eq!(planned.plan.steps.len(), 1);
//!
//! let options = ApplyOptions::approved_by("the example");
//! migrate::apply(session.as_mut(), request, &options, &mut (), &Stop::default()).await.unwrap();
//! assert!(migrate::plan(session.as_mut(), request).await.unwrap().plan.is_empty());
//! # });
//! ```

mod apply;
mod continuation;
mod database_url;
mod engines;
mod fields;
mod ownership;
mod plan;
mod progress;
pub mod report;
mod server_parts;
mod stop;

pub use self::apply::{Applied, ApplyError, ApplyOptions, Approval, StepError, apply};
pub use self::continuation::Continuation;
pub use self::database_url::{DatabaseUrl, DatabaseUrlError};
pub use self::engines::{connect, engine, engine_named, served_engines};
pub use self::fields::FieldsError;
pub use self::ownership::{Ownership, ownership};
pub use self::plan::{PlanFailure, PlanRequest, Planned, plan, run_of};
pub use self::progress::{Event, Progress, StepAt};
pub use self::stop::Stop;
