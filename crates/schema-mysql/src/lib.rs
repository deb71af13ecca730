//! The engine of MySQL and MariaDB: what declared tables mean there, what is live, and the SQL between the two.
//!
//! | for | use |
//! |---|---|
//! | the rules, without a server: lower, hazards, steps, grants | [`ENGINE`], through [`schema::engine::Engine`] |
//! | a connection: inspect, resolve, lock, journal, execute | [`connect`], through [`schema::engine::Session`] |
//! | the settings of a connection | [`Target`], from a URL or a DSN as go-sql-driver reads it |
//!
//! One engine serves both products; what they do differently is told by flavour and version, in one file.
//!
//! # One text for one thing
//! A type is written as the catalog has it, without the display width of integers; a default as SQL under the session's
//! pinned `sql_mode`; a collation in full, on every column that has one, and as the option `COLLATE=…` on the table.
//! Tables of the connection's database have no schema in their name, so that a plan means the same in any database.
//! The index that InnoDB makes by itself for a foreign key is an index as any other: it is stated when the key is made.
//!
//! # Every statement commits
//! So a step is one statement, which takes effect whole or not at all. Each `ALTER TABLE` states `ALGORITHM` and `LOCK`,
//! and a server that can't make it so refuses before it does anything.
//!
//! # Differences from SchemaHero
//! - `unsigned` is kept; SchemaHero dropped it in silence.
//! - `char` has the length 1, as for the server; SchemaHero made it `char(11)`. `varchar` without a length is refused;
//!   SchemaHero made it `varchar(1)`.
//! - A default of another type than text that is no literal is an expression; SchemaHero quoted it.
//! - The declared collation of a table is set column by column, and no text becomes a longer type by that, as it does
//!   when a table is converted.
//! - Indexes that its form can't say (a prefix, an order, full text) are kept.
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
//!     kind: EngineKind::Mysql,
//!     flavour: "mysql".to_owned(),
//!     version: vec![8, 0, 15],
//!     default_schema: None,
//!     read_only: false,
//!     identity: None,
//!     default_collation: Some("utf8mb4_0900_ai_ci".to_owned()),
//!     folds_table_names: false,
//! };
//! let spec: TableSpec = serde_json::from_str(
//!     r#"{"database": "app", "name": "users", "schema": {"mysql": {
//!           "primaryKey": ["id"],
//!           "columns": [{"name": "id", "type": "int(11)", "attributes": {"autoIncrement": true}},
//!                       {"name": "active", "type": "bool", "default": "true"}]}}}"#,
//! )?;
//! let declared = [DeclaredTable { place: "users.yaml", spec: &spec }];
//! let desired = schema_mysql::ENGINE.lower(&declared, &facts).map_err(|errors| errors[0].clone())?;
//! let users = &desired.tables[&TableName::unqualified("users")].table;
//! let active = users.column("active").ok_or("there is such a column")?;
//! assert_eq!(active.type_, "tinyint(1)");
//! assert_eq!(active.default.as_ref().map(|default| default.text.as_str()), Some("1"));
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

pub use self::engine::Mysql;
pub use self::open::SCRIPT_PINS;
pub use self::target::{Target, TargetError};

/// The rules of MySQL and MariaDB.
pub static ENGINE: Mysql = Mysql;

/// Connects to the database of a target, pins the settings of the session and reads the facts of the server.
///
/// # Errors
/// [`SessionError::Connect`] when the server can't be reached, refuses the user, is too old or has no such database. It
/// names host and port, and never the password.
pub async fn connect(target: &Target) -> Result<Box<dyn Session>, SessionError> {
    Ok(Box::new(session::MysqlSession::connect(target).await?))
}
