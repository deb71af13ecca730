//! The schema half of the tour.

use std::path::Path;

use anyhow::Context as _;

use super::files::{BOOK_FILE, with_more_columns};
use super::tour::Tour;
use crate::atomic_file::{self, Readers};
use crate::error::CommandError;

/// Declares tables, applies them to a SQLite file, changes a table, and applies the change.
///
/// # Errors
/// When a step fails.
pub(super) fn steps(tour: &Tour<'_>) -> Result<(), CommandError> {
    let book = Path::new(BOOK_FILE);
    tour.say("5. Tables are declared as they should be.")?;
    tour.show(book)?;
    tour.say("6. What would be done? Nothing is changed, not even the database file is made.")?;
    tour.chancery(&["plan", "-f", "schema/"])?;
    tour.say(
        "7. Do it. Without `--yes` it asks on a terminal; elsewhere `--approve HASH` runs just this plan.",
    )?;
    tour.chancery(&["apply", "-f", "schema/", "--yes"])?;
    tour.say("8. Change a table in Git: a book gets a year, and each ISBN is there once.")?;
    let text = std::fs::read_to_string(book).with_context(|| format!("cannot read `{BOOK_FILE}`"))?;
    atomic_file::replace(book, with_more_columns(&text).as_bytes(), Readers::Anyone)?;
    tour.show(book)?;
    tour.chancery(&["plan", "-f", "schema/"])?;
    tour.chancery(&["apply", "-f", "schema/", "--yes"])?;
    tour.say("9. Now the database is as declared: a plan is empty, and says so to scripts too.")?;
    tour.chancery(&["plan", "-f", "schema/", "--exit-code"])?;
    Ok(())
}
