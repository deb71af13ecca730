//! The rights of a role: SQLite has none.

/// Says why there are no statements.
///
/// # Errors
/// Always: SQLite has no roles (<https://www.sqlite.org/omitted.html>).
pub(crate) fn grants() -> Result<Vec<String>, String> {
    let reason = "SQLite has no roles and no rights; who may write the file and its folder may do everything, so set \
                  their owner and mode";
    Err(reason.to_owned())
}
