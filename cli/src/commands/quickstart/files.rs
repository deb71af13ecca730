//! The files that the tour begins with.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::atomic_file::{self, Readers};
use crate::error::CommandError;

const IGNORED: &str = "\
# Plain Secrets and the local database stay here; sealed Secrets and tables go to Git.
/plain/
/library.db*
";

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: payments
  namespace: library
type: Opaque
stringData:
  user: library
  token: correct-horse-battery-staple
";

const DATABASE: &str = "\
apiVersion: databases.schemahero.io/v1alpha4
kind: Database
metadata:
  name: library
  namespace: library
spec:
  connection:
    sqlite:
      dsn: library.db
";

const AUTHOR: &str = "\
apiVersion: schemas.schemahero.io/v1alpha4
kind: Table
metadata:
  name: author
  namespace: library
spec:
  database: library
  name: author
  schema:
    sqlite:
      primaryKey: [id]
      columns:
        - name: id
          type: integer
        - name: name
          type: text
          constraints:
            notNull: true
";

const BOOK: &str = "\
apiVersion: schemas.schemahero.io/v1alpha4
kind: Table
metadata:
  name: book
  namespace: library
spec:
  database: library
  name: book
  schema:
    sqlite:
      primaryKey: [id]
      foreignKeys:
        - columns: [author_id]
          references:
            table: author
            columns: [id]
      columns:
        - name: id
          type: integer
        - name: author_id
          type: integer
          constraints:
            notNull: true
        - name: title
          type: text
          constraints:
            notNull: true
";

/// What the tour adds to the second table.
const MORE: &str = "        - name: year
          type: integer
        - name: isbn
          type: text
      indexes:
        - columns: [isbn]
          isUnique: true
";

/// Returns the declaration of the second table with two more columns and an index.
pub(super) fn with_more_columns(book: &str) -> String {
    format!("{book}{MORE}")
}

/// The file that declares the second table.
pub(super) const BOOK_FILE: &str = "schema/book.yaml";

/// Writes the files into the current folder and returns their paths.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write() -> Result<Vec<PathBuf>, CommandError> {
    for folder in ["plain", "schema"] {
        fs::create_dir(folder).with_context(|| format!("cannot make the folder `{folder}`"))?;
    }
    let files = [
        (".gitignore", IGNORED, Readers::Anyone),
        ("plain/payments.yaml", SECRET, Readers::Owner),
        ("schema/author.yaml", AUTHOR, Readers::Anyone),
        (BOOK_FILE, BOOK, Readers::Anyone),
        ("schema/database.yaml", DATABASE, Readers::Anyone),
    ];
    for (path, text, readers) in files {
        atomic_file::replace(path.as_ref(), text.as_bytes(), readers)?;
    }
    Ok(files.map(|(path, ..)| PathBuf::from(path)).to_vec())
}

#[cfg(test)]
mod tests {
    use api::database::Database;
    use api::table::Table;
    use k8s_openapi::api::core::v1::Secret;
    use manifests::documents;
    use serde::de::DeserializeOwned;

    use super::*;

    fn reads_as<T: DeserializeOwned>(text: &str) -> bool {
        documents::read("sample", text.as_bytes()).unwrap()[0]
            .to::<T>()
            .is_ok()
    }

    #[test]
    fn each_sample_is_of_its_kind() {
        assert!(reads_as::<Secret>(SECRET));
        assert!(reads_as::<Database>(DATABASE));
        assert!(reads_as::<Table>(AUTHOR));
        assert!(reads_as::<Table>(BOOK));
        assert!(reads_as::<Table>(&with_more_columns(BOOK)));
    }
}
