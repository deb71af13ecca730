//! Where the journal's tables are.

use schema::engine::SessionError;
use sqlx::Row;

use crate::render::quote;
use crate::session::PostgresSession;

/// The schema of the journal.
pub(crate) const SCHEMA: &str = "_chancery";

/// Where the journal's tables are: what stands before their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    prefix: String,
    suffix: &'static str,
}

impl Place {
    pub(super) fn schema() -> Self {
        Self {
            prefix: format!("{}.\"", quote::identifier(SCHEMA)),
            suffix: "\"",
        }
    }

    pub(super) fn tables(schema: &str) -> Self {
        Self {
            prefix: format!("{}.\"{SCHEMA}_", quote::identifier(schema)),
            suffix: "\"",
        }
    }

    fn table(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }

    /// Writes the tables' names in the place of `{run}` and the like.
    pub(super) fn sql(&self, template: &str) -> String {
        ["format", "owner", "run", "step"]
            .into_iter()
            .fold(template.to_owned(), |sql, name| {
                sql.replace(&format!("{{{name}}}"), &self.table(name))
            })
    }
}

/// Finds the journal, and remembers where it is.
pub(super) async fn find(session: &mut PostgresSession) -> Result<Option<Place>, SessionError> {
    if session.place.is_some() {
        return Ok(session.place.clone());
    }
    let mut places = vec![Place::schema()];
    places.extend(session.facts.default_schema.as_deref().map(Place::tables));
    for place in places {
        let query =
            sqlx::query("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there").bind(place.table("format"));
        let rows = session.own("looking for the journal", query).await?;
        if rows
            .first()
            .is_some_and(|row| row.try_get("there").unwrap_or_default())
        {
            session.place = Some(place.clone());
            return Ok(Some(place));
        }
    }
    Ok(None)
}
