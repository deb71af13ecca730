//! The live catalog: five queries, however many tables there are, and the texts that it keeps.

pub(crate) mod assemble;
pub(crate) mod create_index;
pub(crate) mod create_table;
mod cursor;
pub(crate) mod dependents;
mod rows;

use std::fmt::Write as _;

use schema::ir::{Schema, TableName};
use sqlx::SqliteConnection;

/// Reads the tables of these names, whatever the case of their letters, under the names asked for.
///
/// # Errors
/// What SQLite says. All queries must be in one transaction.
pub(crate) async fn inspect(
    connection: &mut SqliteConnection,
    names: &[TableName],
) -> Result<Schema, sqlx::Error> {
    let rows = rows::read(connection, names).await?;
    Ok(names
        .iter()
        .filter_map(|name| assemble::table(name, &rows))
        .collect())
}

/// Returns the names as a JSON array, the one way to bind a list.
fn json(names: &[TableName]) -> String {
    let mut text = String::from("[");
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push('"');
        for character in name.name.chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                control if u32::from(control) < 0x20 => {
                    // Writing to a String can't fail.
                    let _ = write!(text, "\\u{:04x}", u32::from(control));
                }
                plain => text.push(plain),
            }
        }
        text.push('"');
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_bound_as_itself() {
        let names = ["a", "b\"c", "d\\e", "f\ng", "ü'"].map(TableName::unqualified);
        assert_eq!(json(&names), r#"["a","b\"c","d\\e","f\u000ag","ü'"]"#);
    }
}
