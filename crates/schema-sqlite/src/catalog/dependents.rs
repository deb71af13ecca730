//! What belongs to a table, and what else in the schema needs it.

use schema::ir::{Attachment, Dependent, Table};

use super::rows::{Rows, lower};
use crate::lexer::{has_comments, mentions, tokens};

/// The kind of an attachment that is a trigger.
pub(crate) const TRIGGER: &str = "trigger";
/// The kind of a dependent that is another table's foreign key; its name is that of the other table.
pub(crate) const CHILD: &str = "foreign key of table";
/// The kind of a dependent that stands for comments in the statement of the table.
pub(crate) const COMMENTS: &str = "comments in";

/// Adds the triggers of a table, the views, triggers and foreign keys that need it, and a sign of comments.
pub(super) fn attach(table: &mut Table, sql: &str, rows: &Rows) {
    let name = lower(&table.name.name);
    for trigger in rows.triggers.get(&name).into_iter().flatten() {
        let (name, definition) = (trigger.name.clone(), trigger.sql.clone());
        table.attachments.push(Attachment {
            kind: TRIGGER.to_owned(),
            name,
            definition,
        });
    }
    let mut dependents = Vec::new();
    for user in rows.users.get(&name).into_iter().flatten() {
        let Ok(tokens) = tokens(&user.sql) else { continue };
        let names = table.columns.iter().map(|column| &column.name);
        let columns = names
            .filter(|column| mentions(&tokens, column))
            .cloned()
            .collect();
        dependents.push(Dependent {
            kind: user.kind.clone(),
            name: user.name.clone(),
            columns,
        });
    }
    for row in rows.references.get(&name).into_iter().flatten() {
        if lower(&row.table) == name {
            continue;
        }
        let key = || {
            table
                .primary_key
                .as_ref()
                .map(|key| key.columns.clone())
                .unwrap_or_default()
        };
        let columns = row
            .column
            .as_ref()
            .map_or_else(key, |column| vec![column.clone()]);
        dependents.push(Dependent {
            kind: CHILD.to_owned(),
            name: row.table.clone(),
            columns,
        });
    }
    if has_comments(sql) {
        let name = "its CREATE TABLE statement".to_owned();
        dependents.push(Dependent {
            kind: COMMENTS.to_owned(),
            name,
            columns: Vec::new(),
        });
    }
    dependents.sort();
    dependents.dedup();
    table.dependents = dependents;
}
