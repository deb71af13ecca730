//! Makes tables of catalog rows.

use std::collections::BTreeMap;

use schema::ir::{
    Attachment, AutoIncrement, Check, Column, Dependent, Expr, ForeignKey, Index, IndexColumn, IndexOrigin,
    ObjectName, PrimaryKey, ReferentialAction, Schema, Table, TableName, Unsupported,
};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{ReadError, TEMPORARY_CHECK};
use crate::lower::TEMPORARY;

/// Tables on their way, by their object identifier.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    tables: BTreeMap<i64, Table>,
}

impl Assembly {
    /// Adds a table. What Postgres knows of it beyond the IR becomes an option, so that a change of it is seen, or,
    /// where a plan could mistreat it, an unsupported part that keeps the whole table from being altered.
    pub(super) fn table(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let name = TableName::new(
            row.try_get::<String, _>("schema")?,
            row.try_get::<String, _>("name")?,
        );
        let kind: String = row.try_get("kind")?;
        let mut table = Table::new(name);
        match kind.as_str() {
            "r" => {}
            "p" => table.whole("it is partitioned"),
            "f" => table.whole("it is a foreign table"),
            "v" | "m" => return Err(ReadError::NoTable(format!("{} is a view", table.name))),
            _ => {
                return Err(ReadError::NoTable(format!(
                    "{} is no table but another relation",
                    table.name
                )));
            }
        }
        if row.try_get("is_partition")? {
            table.whole("it is a partition of another table");
        } else if kind == "r" && row.try_get("inherits")? {
            table.whole("it inherits from another table or has children");
        }
        if row.try_get("is_typed")? {
            table.whole("it is a table of a composite type");
        }
        let mut option = |set: bool, text: String| {
            if set {
                table.options.push(text);
            }
        };
        option(
            row.try_get::<String, _>("persistence")? == "u",
            "unlogged".to_owned(),
        );
        option(row.try_get("row_security")?, "row security".to_owned());
        option(
            row.try_get("forced_row_security")?,
            "forced row security".to_owned(),
        );
        let identity: String = row.try_get("replica_identity")?;
        option(identity != "d", format!("replica identity {identity}"));
        for (field, label) in [("tablespace", "tablespace"), ("access_method", "access method")] {
            let value: Option<String> = row.try_get(field)?;
            option(value.is_some(), format!("{label} {}", value.unwrap_or_default()));
        }
        for parameter in row.try_get::<Vec<String>, _>("options")? {
            option(true, parameter);
        }
        table.bytes = row
            .try_get::<Option<i64>, _>("bytes")?
            .and_then(|bytes| u64::try_from(bytes).ok());
        self.tables.insert(row.try_get("oid")?, table);
        Ok(())
    }

    pub(super) fn relations(&self) -> Vec<i64> {
        self.tables.keys().copied().collect()
    }

    fn of(&mut self, row: &PgRow) -> Result<&mut Table, ReadError> {
        self.tables
            .get_mut(&row.try_get::<i64, _>("relation")?)
            .ok_or(ReadError::Moved)
    }

    pub(super) fn column(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let name: String = row.try_get("name")?;
        let default: Option<String> = row.try_get("default_text")?;
        if row.try_get::<bool, _>("has_default")? && default.is_none() {
            return Err(ReadError::Moved);
        }
        let identity: String = row.try_get("identity")?;
        let generated: String = row.try_get("generated")?;
        let serial = row.try_get::<bool, _>("owns_sequence")? && default.as_deref().is_some_and(is_nextval);
        let mut column = Column {
            name,
            type_: row
                .try_get::<Option<String>, _>("type")?
                .ok_or(ReadError::Moved)?,
            not_null: row.try_get("not_null")?,
            collation: row.try_get("collation")?,
            ..Column::default()
        };
        column.auto_increment = match identity.as_str() {
            "a" => Some(AutoIncrement::IdentityAlways),
            "d" => Some(AutoIncrement::IdentityByDefault),
            _ if serial => Some(AutoIncrement::Serial),
            _ => None,
        };
        let table = self.of(row)?;
        if generated.is_empty() {
            column.default = default.filter(|_| !serial).map(Expr::new);
        } else {
            let kind = if generated == "v" { "VIRTUAL" } else { "STORED" };
            column.generated = Some(format!("({}) {kind}", default.unwrap_or_default()));
            let object = ObjectName::Column(table.name.clone(), column.name.clone());
            let reason =
                "it is a generated column, which the declared form can't say; it is left as it is".to_owned();
            table.unsupported.push(Unsupported { object, reason });
        }
        table.columns.push(column);
        Ok(())
    }

    pub(super) fn index(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let behind: Option<String> = row.try_get("behind")?;
        let columns: Vec<Option<String>> = row.try_get::<Option<_>, _>("columns")?.ok_or(ReadError::Moved)?;
        let mut with: Vec<String> = row.try_get("parameters")?;
        with.sort();
        let extra = index_extra(row)?;
        let valid: bool = row.try_get("valid")?;
        let name: String = row.try_get("name")?;
        let method: String = row.try_get("method")?;
        let unique: bool = row.try_get("is_unique")?;
        let table = self.of(row)?;
        match behind.as_deref() {
            Some("p") => {
                let parameters = (!with.is_empty()).then(|| format!("WITH ({})", with.join(", ")));
                let extra: Vec<String> = extra.into_iter().chain(parameters).collect();
                table.primary_key = Some(PrimaryKey {
                    name: Some(name),
                    columns: columns.into_iter().flatten().collect(),
                    extra: (!extra.is_empty()).then(|| extra.join(" ")),
                });
            }
            // It is read as the exclusion constraint that it is.
            Some("x") => {}
            _ => table.indexes.push(Index {
                name,
                columns: columns.into_iter().map(|column| IndexColumn { column }).collect(),
                unique,
                origin: if behind.is_some() {
                    IndexOrigin::UniqueConstraint
                } else {
                    IndexOrigin::Index
                },
                method: Some(method),
                with,
                extra,
                valid,
            }),
        }
        Ok(())
    }

    pub(super) fn constraint(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let kind: String = row.try_get("kind")?;
        let name: String = row.try_get("name")?;
        let definition: Option<String> = row.try_get("definition")?;
        let validated: bool = row.try_get("validated")?;
        match kind.as_str() {
            "f" => {
                let key = foreign_key(row, name, validated)?;
                self.of(row)?.foreign_keys.push(key);
            }
            "c" => {
                let definition = match definition {
                    Some(_) if name.starts_with(TEMPORARY) => TEMPORARY_CHECK.to_owned(),
                    other => other.ok_or(ReadError::Moved)?,
                };
                self.of(row)?.checks.push(Check {
                    name: Some(name),
                    definition,
                    validated,
                });
            }
            "x" => {
                let definition = definition.ok_or(ReadError::Moved)?;
                let table = self.of(row)?;
                let object = ObjectName::Index(table.name.clone(), name.clone());
                let reason = "it is an exclusion constraint; it is left as it is".to_owned();
                table.unsupported.push(Unsupported { object, reason });
                table.attachments.push(Attachment {
                    kind: "exclusion constraint".to_owned(),
                    name,
                    definition,
                });
            }
            // Primary keys and unique constraints are read from their indexes.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn attachment(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let attachment = Attachment {
            kind: row.try_get("kind")?,
            name: row.try_get("name")?,
            definition: row
                .try_get::<Option<String>, _>("definition")?
                .ok_or(ReadError::Moved)?,
        };
        self.of(row)?.attachments.push(attachment);
        Ok(())
    }

    /// Adds what depends on a table and is not read as a part of it in a form that a plan can drop.
    pub(super) fn dependent(&mut self, row: &PgRow) -> Result<(), ReadError> {
        let kind: String = row.try_get("kind")?;
        let name: String = row.try_get::<Option<_>, _>("name")?.ok_or(ReadError::Moved)?;
        let own: bool = row.try_get("is_own")?;
        let of: Option<(String, String)> = Option::zip(
            row.try_get::<Option<String>, _>("of_schema")?,
            row.try_get::<Option<String>, _>("of_table")?,
        );
        let mut columns: Vec<String> = row.try_get("columns")?;
        columns.sort();
        let table = self.of(row)?;
        let is_part = match kind.as_str() {
            "key" => true,
            "foreign key" => own,
            "index" => table.index(&name).is_some_and(Index::is_plain),
            _ => false,
        };
        if !is_part {
            let name = match of {
                Some((schema, of)) if !own => format!("{name} on {schema}.{of}"),
                _ => name,
            };
            table.dependents.push(Dependent { kind, name, columns });
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Schema {
        self.tables
            .into_values()
            .map(|mut table| {
                table.dependents.sort();
                schema::simulate::normalised(table)
            })
            .collect()
    }
}

/// Marks a table as one that no plan alters.
trait Whole {
    fn whole(&mut self, reason: &str);
}

impl Whole for Table {
    fn whole(&mut self, reason: &str) {
        let object = ObjectName::Table(self.name.clone());
        let reason = format!("{reason}, which this version does not alter");
        self.unsupported.push(Unsupported { object, reason });
    }
}

/// Returns whether a default is the call of `nextval` that `serial` makes, and nothing around it.
fn is_nextval(default: &str) -> bool {
    let sequence = default
        .strip_prefix("nextval('")
        .and_then(|rest| rest.strip_suffix("'::regclass)"));
    sequence.is_some_and(|name| !name.replace("''", "").contains('\''))
}

/// Returns what a plain list of columns doesn't say of an index, in a form that `CREATE INDEX` takes after the method.
fn index_extra(row: &PgRow) -> Result<Option<String>, ReadError> {
    let predicate: Option<String> = row.try_get("predicate")?;
    if row.try_get::<bool, _>("has_predicate")? && predicate.is_none() {
        return Err(ReadError::Moved);
    }
    let flag =
        |field: &str| Ok::<bool, sqlx::Error>(row.try_get::<Option<bool>, _>(field)?.unwrap_or_default());
    let mut parts = Vec::new();
    if !flag("plain")? {
        let definitions: Option<String> = row.try_get("definitions")?;
        parts.push(format!("({})", definitions.ok_or(ReadError::Moved)?));
    }
    if let Some(included) = row.try_get::<Option<String>, _>("included")? {
        parts.push(format!("INCLUDE ({included})"));
    }
    if flag("nulls_not_distinct")? {
        parts.push("NULLS NOT DISTINCT".to_owned());
    }
    if let Some(tablespace) = row.try_get::<Option<String>, _>("tablespace")? {
        parts.push(format!("TABLESPACE {tablespace}"));
    }
    parts.extend(predicate.map(|predicate| format!("WHERE {predicate}")));
    if flag("deferrable")? {
        parts.push(deferral(flag("deferred")?).to_owned());
    }
    Ok((!parts.is_empty()).then(|| parts.join(" ")))
}

fn deferral(deferred: bool) -> &'static str {
    if deferred {
        "DEFERRABLE INITIALLY DEFERRED"
    } else {
        "DEFERRABLE"
    }
}

fn foreign_key(row: &PgRow, name: String, validated: bool) -> Result<ForeignKey, ReadError> {
    let mut extra = Vec::new();
    match row.try_get::<String, _>("match")?.as_str() {
        "f" => extra.push("MATCH FULL".to_owned()),
        "p" => extra.push("MATCH PARTIAL".to_owned()),
        _ => {}
    }
    if row.try_get("deferrable")? {
        extra.push(deferral(row.try_get("deferred")?).to_owned());
    }
    if let Some(columns) = row.try_get::<Option<String>, _>("set_columns")? {
        extra.push(format!("ON DELETE SET of ({columns}) only"));
    }
    for (field, word) in [("not_enforced", "NOT ENFORCED"), ("period", "PERIOD")] {
        if row.try_get::<Option<bool>, _>(field)?.unwrap_or_default() {
            extra.push(word.to_owned());
        }
    }
    let references = TableName::new(
        row.try_get::<Option<String>, _>("referenced_schema")?
            .ok_or(ReadError::Moved)?,
        row.try_get::<Option<String>, _>("referenced_table")?
            .ok_or(ReadError::Moved)?,
    );
    Ok(ForeignKey {
        name: Some(name),
        columns: row.try_get("columns")?,
        references,
        referenced_columns: row.try_get("referenced_columns")?,
        on_delete: action(&row.try_get::<String, _>("on_delete")?),
        on_update: action(&row.try_get::<String, _>("on_update")?),
        extra: (!extra.is_empty()).then(|| extra.join(" ")),
        validated,
    })
}

fn action(code: &str) -> ReferentialAction {
    match code {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
