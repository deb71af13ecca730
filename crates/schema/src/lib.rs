//! The schema core: from declared tables to a plan, with nothing that touches a database.
//!
//! ```text
//! Table YAML -> declared -> Engine::lower -> Session::resolve -> Desired --+
//!                                                                          +-> diff -> changes -> plan -> steps | held
//! live catalog -> Session::inspect --------------------------> ir::Schema -+
//! ```
//!
//! - [`declared`] is what people write, [`ir`] what a catalog reports, [`desired`] the first lowered to the second.
//! - [`diff`] finds the changes, [`plan`] orders them, holds back what is not allowed, and asks the engine for the steps.
//! - [`engine`] has the two traits that an engine implements: [`engine::Engine`], which is pure, and
//!   [`engine::Session`], one connection.
//! - [`address`] reads the parts of a database URL that engines have in common.
//! - [`simulate`] applies changes in memory. It is how a plan is checked before anyone sees it, and how each step knows
//!   the [`fingerprint`] that its tables must have before it runs and have after it.
//!
//! Two schemas and what lies between them:
//!
//! ```
//! use schema::diff::diff;
//! use schema::ir::{Column, Schema, Table, TableName};
//! use schema::simulate;
//!
//! let column = |name: &str| Column { name: name.into(), type_: "text".into(), ..Column::default() };
//! let users = TableName::new("public", "users");
//! let table = |columns: &[&str]| Table {
//!     columns: columns.iter().map(|name| column(name)).collect(),
//!     ..Table::new(users.clone())
//! };
//!
//! let mut live = Schema::from_iter([table(&["id"])]);
//! let target = Schema::from_iter([table(&["id", "email"])]);
//! let changes = diff(&live, &target);
//! assert_eq!(changes[0].object().to_string(), "column public.users.email");
//!
//! simulate::apply(&mut live, &changes[0])?;
//! assert_eq!(live, target);
//! # Ok::<(), simulate::SimulateError>(())
//! ```

pub mod address;
pub mod change;
pub mod declared;
pub mod desired;
pub mod diff;
pub mod engine;
mod facts;
pub mod fingerprint;
pub mod ir;
pub mod journal;
pub mod plan;
pub mod report;
pub mod simulate;

pub use self::facts::{EngineKind, ServerFacts};
