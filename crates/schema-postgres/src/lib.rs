//! The Postgres engine: what declared tables mean there, what is live, and the SQL between the two.
//!
//! | for | use |
//! |---|---|
//! | the rules, without a server: lower, hazards, steps | [`ENGINE`], through [`schema::engine::Engine`] |
//! | a connection: inspect, resolve, lock, journal, execute | [`connect`], through [`schema::engine::Session`] |
//! | the settings of a connection | [`Target`], from a URL as libpq reads it |
//!
//! # Names of types
//! A built-in type is written as `format_type` prints it (`character varying(40)`), every other with its schema
//! (`public.mood`), whatever the search path is, so that the SQL of a plan means the same in any session. Expressions
//! are written as the server prints them under the session's pinned search path: the schemas of the connection, or of
//! the role, with `pg_temp` last.
//!
//! # Differences from SchemaHero
//! - `varchar` without a length has none; SchemaHero made it `varchar(1)`.
//! - A default of another type than text that is no literal is an expression: `now()` is the time of each row, and
//!   not of the migration.
//! - Types are those that the server knows; arrays, enums, domains and types of extensions included.
//! - `autoIncrement` has no effect and is reported.
//!
//! # Example
//! ```
//! use schema::declared::TableSpec;
//! use schema::engine::{DeclaredTable, Engine};
//! use schema::ir::TableName;
//! use schema::{EngineKind, ServerFacts};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let facts = ServerFacts {
//!     kind: EngineKind::Postgres,
//!     flavour: "postgres".to_owned(),
//!     version: vec![15, 18],
//!     default_schema: Some("public".to_owned()),
//!     read_only: false,
//!     identity: None,
//!     default_collation: None,
//!     folds_table_names: false,
//! };
//! let spec: TableSpec = serde_json::from_str(
//!     r#"{"database": "app", "name": "users", "schema": {"postgres": {
//!           "primaryKey": ["id"],
//!           "columns": [{"name": "id", "type": "serial"}, {"name": "email", "type": "varchar(40)"}]}}}"#,
//! )?;
//! let declared = [DeclaredTable { place: "users.yaml", spec: &spec }];
//! let desired = schema_postgres::ENGINE.lower(&declared, &facts).map_err(|errors| errors[0].clone())?;
//! let users = &desired.tables[&TableName::new("public", "users")].table;
//! assert_eq!(users.column("email").map(|column| column.type_.as_str()), Some("character varying(40)"));
//! # Ok(())
//! # }
//! ```

mod catalog;
mod engine;
mod error;
mod grants;
mod journal;
mod lexer;
mod lock;
mod lower;
mod merge;
mod open;
mod probe;
mod render;
mod resolve;
mod session;
mod target;
mod version;
mod watch;

use schema::engine::{Session, SessionError};

pub use self::engine::Postgres;
pub use self::target::{Target, TargetError};

/// The rules of Postgres.
pub static ENGINE: Postgres = Postgres;

/// Connects to the database of a target, pins the settings of the session and reads the facts of the server.
///
/// # Errors
/// [`SessionError::Connect`] when the server can't be reached, refuses the role, is too old, has no such database, or
/// the first schema of the target's search path doesn't exist. It names host and port, and never the password.
pub async fn connect(target: &Target) -> Result<Box<dyn Session>, SessionError> {
    Ok(Box::new(session::PostgresSession::connect(target).await?))
}
