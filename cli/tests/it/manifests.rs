//! Manifests of a small library on SQLite.

use crate::sandbox::Sandbox;

/// A Database on the file `library.db`.
pub(crate) const DATABASE: &str = "\
apiVersion: databases.schemahero.io/v1alpha4
kind: Database
metadata:
  name: library
spec:
  connection:
    sqlite:
      dsn: library.db
";

/// A Table of that Database with these columns, each on a line as YAML's flow form.
pub(crate) fn table(name: &str, columns: &[&str]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("        - {{{column}}}\n"))
        .collect();
    let columns = columns.concat();
    format!(
        "apiVersion: schemas.schemahero.io/v1alpha4\nkind: Table\nmetadata:\n  name: {name}\nspec:\n  \
         database: library\n  name: {name}\n  schema:\n    sqlite:\n      primaryKey: [id]\n      columns:\n{columns}"
    )
}

/// The columns of the table `book`.
pub(crate) const COLUMNS: [&str; 2] = ["name: id, type: integer", "name: title, type: text"];

/// A folder `schema` with the Database and the table `book`.
pub(crate) fn library() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("schema/database.yaml", DATABASE);
    sandbox.write("schema/book.yaml", &table("book", &COLUMNS));
    sandbox
}
