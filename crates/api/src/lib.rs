//! The custom resources: types, conditions, and the names of labels and annotations. Data only.
//!
//! - [`sealed_secret`]: Bitnami's `SealedSecret`, `bitnami.com/v1alpha1`.
//! - [`database`], [`table`]: SchemaHero's `Database` and `Table`, `v1alpha4`.
//! - [`conditions`]: the status contract that all kinds follow.
//! - [`endpoints`]: what the controller of SealedSecrets serves itself.
//! - [`crds`]: the definitions as the API server takes them.
//!
//! Each type is a superset of the one whose name it bears: inherited fields keep their meaning and get no bound that
//! they did not have, and only optional fields are added.
//!
//! ```
//! use api::table::Table;
//!
//! let table: Table = serde_json::from_value(serde_json::json!({
//!     "apiVersion": "schemas.schemahero.io/v1alpha4",
//!     "kind": "Table",
//!     "metadata": { "name": "airport", "namespace": "airline" },
//!     "spec": {
//!         "database": "airlinedb",
//!         "name": "airport",
//!         "schema": { "postgres": { "primaryKey": ["code"], "columns": [{ "name": "code", "type": "char(4)" }] } },
//!     },
//! }))?;
//! assert_eq!(table.spec.0.schema.unwrap().engines(), ["postgres"]);
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod conditions;
pub mod crds;
pub mod database;
pub mod endpoints;
pub mod migration;
pub mod names;
pub mod sealed_secret;
pub mod table;
