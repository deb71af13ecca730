//! Declared indexes and foreign keys to the IR.

use std::collections::BTreeSet;

use schema::declared::{ForeignKey as DeclaredKey, Index as DeclaredIndex, SqliteTable};
use schema::desired::{Desired, DesiredTable, Facet};
use schema::engine::LowerError;
use schema::ir::{
    ForeignKey, Index, IndexColumn, IndexOrigin, ObjectName, ReferentialAction, TableName, Unsupported,
};

use super::{ROOT, Reader};

/// Returns the foreign keys that refer to a declared table without a key over the columns: SQLite would make them,
/// and then refuse every change of a row ("foreign key mismatch").
pub(super) fn unmatched(desired: &Desired) -> Vec<LowerError> {
    let mut errors = Vec::new();
    for child in desired.tables.values().filter(|table| !table.deleted) {
        for key in &child.table.foreign_keys {
            let same =
                |parent: &&DesiredTable| parent.table.name.name.eq_ignore_ascii_case(&key.references.name);
            let Some(parent) = desired.tables.values().find(same) else {
                continue;
            };
            if parent.deleted || has_key(parent, &key.referenced_columns) {
                continue;
            }
            let (table, columns) = (&key.references, key.referenced_columns.join(", "));
            errors.push(LowerError {
                place: child.place.clone(),
                field: format!("{ROOT}.foreignKeys"),
                problem: format!(
                    "foreign key `{}` refers to {table} ({columns}), which is neither its primary key nor a unique index of it",
                    key.label()
                ),
            });
        }
    }
    errors
}

fn has_key(parent: &DesiredTable, columns: &[String]) -> bool {
    let folded =
        |names: &mut dyn Iterator<Item = &str>| names.map(str::to_ascii_lowercase).collect::<BTreeSet<_>>();
    let wanted = folded(&mut columns.iter().map(String::as_str));
    let primary = parent
        .table
        .primary_key
        .iter()
        .map(|key| folded(&mut key.columns.iter().map(String::as_str)));
    let unique = parent.table.indexes.iter().filter(|index| index.unique);
    let unique = unique
        .filter_map(Index::column_names)
        .map(|names| folded(&mut names.into_iter()));
    primary.chain(unique).any(|key| key == wanted)
}

impl Reader<'_> {
    pub(super) fn indexes(&mut self, section: &SqliteTable, desired: &mut DesiredTable) {
        for (at, declared) in section.indexes.iter().enumerate() {
            let field = format!("{ROOT}.indexes[{at}]");
            let index = self.index(declared, &field, desired);
            if desired
                .table
                .indexes
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(&index.name))
            {
                self.error(
                    field,
                    format!(
                        "index `{}` is declared twice; SQLite's names ignore case",
                        index.name
                    ),
                );
                continue;
            }
            if declared.name.is_some() {
                desired.managed.insert(Facet::IndexName(index.name.clone()));
            }
            if let Some(method) = &declared.type_ {
                let object = ObjectName::Index(desired.table.name.clone(), index.name.clone());
                let reason = format!("SQLite has one kind of index only; type `{method}` has no effect");
                self.unsupported.push(Unsupported { object, reason });
            }
            desired.table.indexes.push(index);
        }
    }

    fn index(&mut self, declared: &DeclaredIndex, field: &str, desired: &DesiredTable) -> Index {
        if declared.columns.is_empty() {
            self.error(format!("{field}.columns"), "the index has no columns");
        }
        let columns = self.known_columns(&format!("{field}.columns"), &declared.columns, &desired.table);
        // The name that `SchemaHero` gives; SQLite has no limit to cut it at.
        let generated = || format!("idx_{}_{}", desired.table.name.name, declared.columns.join("_"));
        let name = declared.name.clone().unwrap_or_else(generated);
        self.check_name(&format!("{field}.name"), &name);
        Index {
            name,
            columns: columns.into_iter().map(IndexColumn::column).collect(),
            unique: declared.is_unique == Some(true),
            origin: IndexOrigin::Index,
            method: None,
            with: Vec::new(),
            extra: None,
            valid: true,
        }
    }

    pub(super) fn foreign_keys(&mut self, section: &SqliteTable, desired: &mut DesiredTable) {
        for (at, declared) in section.foreign_keys.iter().enumerate() {
            let field = format!("{ROOT}.foreignKeys[{at}]");
            let key = self.foreign_key(declared, &field, desired);
            if desired
                .table
                .foreign_keys
                .iter()
                .any(|other| other.connects_same(&key))
            {
                self.error(
                    field,
                    format!(
                        "foreign key `{}` connects the same columns as another",
                        key.label()
                    ),
                );
                continue;
            }
            if let (Some(_), Some(name)) = (&declared.name, &key.name) {
                desired.managed.insert(Facet::ForeignKeyName(name.clone()));
            }
            desired.table.foreign_keys.push(key);
        }
    }

    fn foreign_key(&mut self, declared: &DeclaredKey, field: &str, desired: &DesiredTable) -> ForeignKey {
        let columns = self.known_columns(&format!("{field}.columns"), &declared.columns, &desired.table);
        let references = &declared.references;
        if declared.columns.is_empty() {
            self.error(format!("{field}.columns"), "the foreign key has no columns");
        }
        if references.table.is_empty() || references.table.contains('\0') {
            self.error(
                format!("{field}.references.table"),
                "the name of the table is empty or has a NUL character",
            );
        }
        if references.columns.len() != declared.columns.len() {
            let (here, there) = (declared.columns.len(), references.columns.len());
            self.error(
                format!("{field}.references.columns"),
                format!("{here} columns refer to {there}; write as many as in `columns`"),
            );
        }
        for (at, name) in references.columns.iter().enumerate() {
            if name.is_empty() || name.contains('\0') {
                let path = format!("{field}.references.columns[{at}]");
                self.error(path, "the name of the column is empty or has a NUL character");
            }
        }
        let own = references.table.eq_ignore_ascii_case(&desired.table.name.name);
        if own {
            let own_columns = self.known_columns(
                &format!("{field}.references.columns"),
                &references.columns,
                &desired.table,
            );
            debug_assert!(
                own_columns.len() <= references.columns.len(),
                "names are looked up one by one"
            );
        }
        let on_delete = match declared.on_delete.as_deref() {
            None => ReferentialAction::NoAction,
            Some(text) => ReferentialAction::parse(text).unwrap_or_else(|| {
                self.error(
                    format!("{field}.onDelete"),
                    format!("`{text}` is none of CASCADE, SET NULL, SET DEFAULT, RESTRICT, NO ACTION"),
                );
                ReferentialAction::NoAction
            }),
        };
        let generated = || format!("{}_{}_fkey", desired.table.name.name, declared.columns.join("_"));
        let name = declared.name.clone().unwrap_or_else(generated);
        if name.is_empty() || name.contains('\0') {
            self.error(
                format!("{field}.name"),
                "the name is empty or has a NUL character",
            );
        }
        ForeignKey {
            name: Some(name),
            columns,
            references: if own {
                desired.table.name.clone()
            } else {
                TableName::unqualified(&references.table)
            },
            referenced_columns: references.columns.clone(),
            on_delete,
            on_update: ReferentialAction::NoAction,
            extra: None,
            validated: true,
        }
    }
}
