//! The least rights that plan and apply need.

use schema::engine::GrantRequest;

use crate::render::quote;

/// The rights on the database: what plan reads, then what steps do. An `ALTER TABLE` needs `ALTER`, `CREATE` and
/// `INSERT`; without `TRIGGER` the catalog does not show what a table's triggers are.
const DATABASE: [&str; 12] = [
    "SELECT",
    "SHOW VIEW",
    "TRIGGER",
    "CREATE TEMPORARY TABLES",
    "CREATE",
    "ALTER",
    "DROP",
    "INDEX",
    "REFERENCES",
    "INSERT",
    "UPDATE",
    "DELETE",
];

/// Returns the statements that give a user those rights.
///
/// # Errors
/// A name is empty, or a schema is asked for: there is none below a database.
pub(crate) fn grants(request: &GrantRequest<'_>) -> Result<Vec<String>, String> {
    if request.role.is_empty() || request.database.is_empty() {
        return Err("name the user and the database".to_owned());
    }
    if let Some(schema) = request.schema {
        return Err(format!(
            "MySQL and MariaDB have no schemas below a database; leave `{schema}` out"
        ));
    }
    let account = quote::account(request.role, request.host.unwrap_or("%"));
    let database = quote::granted_database(request.database);
    Ok(vec![
        "-- INSERT, UPDATE and DELETE are for the journal's tables `_chancery_…`, and ALTER TABLE needs INSERT".to_owned(),
        format!("GRANT {} ON {database}.* TO {account}", DATABASE.join(", ")),
        "-- optional: with these, a message names the session that a step waits for, whoever's it is; the last two on \
         MySQL only"
            .to_owned(),
        format!("-- GRANT PROCESS ON *.* TO {account}"),
        format!("-- GRANT SELECT ON performance_schema.metadata_locks TO {account}"),
        format!("-- GRANT SELECT ON performance_schema.threads TO {account}"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> GrantRequest<'static> {
        GrantRequest {
            role: "migrator",
            host: None,
            database: "my_app",
            schema: None,
        }
    }

    #[test]
    fn the_database_is_named_and_not_a_pattern() {
        let statements = grants(&request()).unwrap();
        let grant = statements.iter().find(|sql| sql.starts_with("GRANT")).unwrap();
        assert!(grant.ends_with("ON `my\\_app`.* TO 'migrator'@'%'"), "{grant}");
        assert!(!statements.iter().any(|sql| sql.ends_with(';')));
    }

    #[test]
    fn what_can_not_be_granted_is_refused() {
        assert!(
            grants(&GrantRequest {
                role: "",
                ..request()
            })
            .is_err()
        );
        let schema = Some("public");
        assert!(
            grants(&GrantRequest { schema, ..request() })
                .unwrap_err()
                .contains("public")
        );
    }
}
