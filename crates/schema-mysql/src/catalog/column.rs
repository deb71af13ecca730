//! Makes columns of catalog rows.

use schema::ServerFacts;
use schema::ir::{AutoIncrement, Column};
use sqlx::mysql::MySqlRow;

use super::{ReadError, cell};
use crate::lower::default::{current, from_catalog, moment};
use crate::lower::{charset, types};
use crate::render::quote;
use crate::version;

/// Returns a column, and whether its default must be read from `SHOW CREATE TABLE`.
pub(super) fn column(
    row: &MySqlRow,
    name: String,
    check: Option<&String>,
    facts: &ServerFacts,
) -> Result<(Column, bool), ReadError> {
    let default: Option<String> = cell(row, "default_text")?;
    let extra = cell::<Option<String>>(row, "extra")?.unwrap_or_default();
    let mut type_: String = cell(row, "type")?;
    let mut kept = Vec::new();
    let lower = extra.to_ascii_lowercase();
    if let Some((_, moment)) = lower.split_once("on update ") {
        let moment = moment.split([',', ' ']).next().unwrap_or_default();
        kept.push(format!("ON UPDATE {}", moment_of(moment)));
    }
    if let Some((plain, hidden)) = type_.split_once("/*") {
        // MariaDB's `varchar(9) /*M!100301 COMPRESSED*/`.
        if hidden.contains("COMPRESSED") {
            kept.push("COMPRESSED".to_owned());
        }
        type_ = plain.trim_end().to_owned();
    }
    if lower.contains("invisible") {
        kept.push("INVISIBLE".to_owned());
    }
    if let Some(srid) = cell::<Option<i64>>(row, "srid")? {
        kept.push(format!("SRID {srid}"));
    }
    let comment = cell::<Option<String>>(row, "comment")?.unwrap_or_default();
    if !comment.is_empty() {
        kept.push(format!("COMMENT {}", quote::literal(&comment)));
    }
    let collation: Option<String> = cell(row, "collation")?;
    let mut column = Column {
        type_: types::normalised(&type_),
        not_null: cell::<i64>(row, "nullable")? == 0,
        ..Column::default()
    };
    match check {
        // It is how MariaDB keeps the type.
        Some(check) if is_json(&name, &type_, check) => "json".clone_into(&mut column.type_),
        Some(check) => kept.push(format!("CHECK ({check})")),
        None => {}
    }
    column.name = name;
    if types::kind(&column.type_).has_collation() {
        column.collation = collation.map(|collation| charset::normalised(&collation));
    }
    column.extra = (!kept.is_empty()).then(|| kept.join(" "));
    if lower.contains("auto_increment") {
        column.auto_increment = Some(AutoIncrement::Native);
    }
    let is_generated = ["virtual generated", "stored generated", "persistent"]
        .iter()
        .any(|kind| lower.contains(kind));
    if is_generated {
        let kind = if lower.contains("virtual") {
            "VIRTUAL"
        } else {
            "STORED"
        };
        let expression = cell::<Option<String>>(row, "generation")?.unwrap_or_default();
        column.generated = Some(format!("({expression}) {kind}"));
        return Ok((column, false));
    }
    let unread = needs_show_create(default.as_deref(), &extra, facts);
    if !unread {
        column.default = from_catalog(default.as_deref(), &extra, &column.type_, facts);
    }
    Ok((column, unread))
}

fn is_json(name: &str, type_: &str, check: &str) -> bool {
    type_.eq_ignore_ascii_case("longtext") && check == format!("json_valid({})", quote::identifier(name))
}

/// Returns whether the catalog's text of a default is not enough: an expression on MySQL, other than
/// `CURRENT_TIMESTAMP`. Of some types it has none at all.
fn needs_show_create(default: Option<&str>, extra: &str, facts: &ServerFacts) -> bool {
    let is_moment = default.is_some_and(|text| text.starts_with("CURRENT_TIMESTAMP"));
    !version::is_mariadb(facts) && extra.to_ascii_uppercase().contains("DEFAULT_GENERATED") && !is_moment
}

/// Returns the moment of `ON UPDATE` as MySQL writes it; MariaDB has `current_timestamp()`.
fn moment_of(text: &str) -> String {
    current(moment(text).unwrap_or_default())
}
