//! The least rights of a role that plans and applies.

use schema::engine::GrantRequest;

use crate::render::quote;

/// Returns the statements, with comments for what only a person can decide.
///
/// - `CONNECT`: to be let in.
/// - `TEMPORARY`: expressions are compared with temporary tables, which are rolled back.
/// - `CREATE` on the database: for the journal's schema `_chancery`. Without it the journal's tables stand beside the
///   managed ones.
/// - `USAGE, CREATE` on the schema: to see the tables, and to make them.
/// - A table is altered by its owner only (Postgres, "ALTER TABLE": "You must own the table").
/// - `pg_read_all_stats`: to tell what other users' sessions do that are in the way. Not needed.
pub(crate) fn grants(request: &GrantRequest<'_>) -> Vec<String> {
    let role = quote::identifier(request.role);
    let database = quote::identifier(request.database);
    let schema = quote::identifier(request.schema.unwrap_or("public"));
    vec![
        format!("GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {role}"),
        "-- CREATE on the database is for the journal's schema \"_chancery\"; without it, the journal's tables are made in \
         the schema below"
            .to_owned(),
        format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}"),
        format!("-- only its owner may alter a table: for tables that exist, GRANT their owner TO {role}"),
        format!("-- GRANT pg_read_all_stats TO {role}, to be told how long others' transactions have been in the way"),
    ]
}
