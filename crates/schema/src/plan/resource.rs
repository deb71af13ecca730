//! What each change makes, takes away, needs and lets go of: the edges of the dependency graph come from here.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::ir::{ForeignKey, Index, PrimaryKey, Table, TableName};

/// Something that one change makes or takes away and another depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    /// A table.
    Table(TableName),
    /// A column.
    Column(TableName, String),
    /// A primary key or a unique index over exactly these columns: what a foreign key may refer to.
    Key(TableName, BTreeSet<String>),
    /// The place of a table's primary key.
    PrimaryKey(TableName),
    /// The name of an index in a schema, which no two may have at a time.
    IndexName(Option<String>, String),
    /// The name of an index of a table, on engines where another table may have one of the same name.
    TableIndexName(TableName, String),
    /// A foreign key, by what it connects.
    ForeignKey(TableName, Vec<String>, TableName),
    /// The name of a foreign key of a table, which no two may have at a time.
    ForeignKeyName(TableName, String),
}

/// The resources of one change.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// What exists once it is made.
    pub(super) makes: Vec<Resource>,
    /// What is gone once it is made.
    pub(super) removes: Vec<Resource>,
    /// What must exist before.
    pub(super) needs: Vec<Resource>,
    /// What it needs no longer once it is made, so that it can be removed or altered.
    pub(super) frees: Vec<Resource>,
    /// What it alters: after those that let it go, before those that need it.
    pub(super) alters: Vec<Resource>,
}

impl Uses {
    /// Returns the resources of a change. `targets` says whether a foreign key needs what it refers to.
    pub(super) fn of(change: &Change, targets: bool) -> Self {
        let mut uses = Self::default();
        uses.add(change, targets);
        uses
    }

    /// Makes the names of indexes those of a table, where no other table's are in their way.
    pub(super) fn name_indexes_in(&mut self, table: &TableName) {
        for resource in self.makes.iter_mut().chain(&mut self.removes) {
            if let Resource::IndexName(_, name) = resource {
                *resource = Resource::TableIndexName(table.clone(), std::mem::take(name));
            }
        }
    }

    fn add(&mut self, change: &Change, targets: bool) {
        let table = change.table();
        let column = |name: &String| Resource::Column(table.clone(), name.clone());
        match change {
            Change::CreateTable(table) => self.create_table(table, targets),
            Change::DropTable(table) => self.drop_table(table, targets),
            Change::AddColumn(_, new) => {
                self.makes.push(column(&new.name));
                self.needs.push(Resource::Table(table.clone()));
            }
            Change::DropColumn(_, old) => self.removes.push(column(&old.name)),
            Change::ChangeType(_, change)
            | Change::ChangeNull(_, change)
            | Change::ChangeDefault(_, change) => {
                self.alters.push(column(&change.after.name));
            }
            Change::AddPrimaryKey(_, key) => self.add_primary_key(table, key),
            Change::DropPrimaryKey(_, key) => self.drop_primary_key(table, key),
            Change::ReplacePrimaryKey(_, key) => {
                self.drop_primary_key(table, &key.before);
                self.add_primary_key(table, &key.after);
            }
            Change::AddIndex(_, index) => self.add_index(table, index),
            Change::DropIndex(_, index) => self.drop_index(table, index),
            Change::ReplaceIndex(_, index) | Change::RenameIndex(_, index) => {
                self.drop_index(table, &index.before);
                self.add_index(table, &index.after);
            }
            Change::AddForeignKey(_, key) => self.add_foreign_key(table, key, targets),
            Change::DropForeignKey(_, key) => self.drop_foreign_key(table, key, targets),
            Change::ReplaceForeignKey(_, key) => {
                self.drop_foreign_key(table, &key.before, targets);
                self.add_foreign_key(table, &key.after, targets);
            }
            Change::ValidateForeignKey(_, key) => {
                self.needs.push(Resource::ForeignKey(
                    table.clone(),
                    key.columns.clone(),
                    key.references.clone(),
                ));
            }
            Change::AddCheck(..)
            | Change::ValidateCheck(..)
            | Change::DropCheck(..)
            | Change::SetOptions(..) => {
                self.needs.push(Resource::Table(table.clone()));
            }
            Change::Rebuild(rebuild) => {
                for change in &rebuild.changes {
                    self.add(change, targets);
                }
            }
        }
    }

    fn create_table(&mut self, table: &Table, targets: bool) {
        let name = &table.name;
        self.makes.push(Resource::Table(name.clone()));
        self.makes.extend(
            table
                .columns
                .iter()
                .map(|column| Resource::Column(name.clone(), column.name.clone())),
        );
        if let Some(key) = &table.primary_key {
            self.makes.push(key_over(name, &key.columns));
        }
        for index in &table.indexes {
            self.makes.extend(index_resources(name, index));
        }
        for key in &table.foreign_keys {
            self.makes.push(foreign_key(name, key));
            if targets && key.references != *name {
                self.needs.extend(target_resources(key));
            }
        }
    }

    fn drop_table(&mut self, table: &Table, targets: bool) {
        let name = &table.name;
        self.removes.push(Resource::Table(name.clone()));
        self.removes.extend(
            table
                .columns
                .iter()
                .map(|column| Resource::Column(name.clone(), column.name.clone())),
        );
        if let Some(key) = &table.primary_key {
            self.removes.push(key_over(name, &key.columns));
        }
        for index in &table.indexes {
            self.removes.extend(index_resources(name, index));
        }
        for key in &table.foreign_keys {
            if targets && key.references != *name {
                self.frees.extend(target_resources(key));
            }
        }
    }

    fn add_primary_key(&mut self, table: &TableName, key: &PrimaryKey) {
        self.makes.push(key_over(table, &key.columns));
        self.makes.push(Resource::PrimaryKey(table.clone()));
        self.needs.extend(columns(table, &key.columns));
    }

    fn drop_primary_key(&mut self, table: &TableName, key: &PrimaryKey) {
        self.removes.push(key_over(table, &key.columns));
        self.removes.push(Resource::PrimaryKey(table.clone()));
        self.frees.extend(columns(table, &key.columns));
    }

    fn add_index(&mut self, table: &TableName, index: &Index) {
        self.makes.extend(index_resources(table, index));
        self.needs.extend(index_columns(table, index));
    }

    fn drop_index(&mut self, table: &TableName, index: &Index) {
        self.removes.extend(index_resources(table, index));
        self.frees.extend(index_columns(table, index));
    }

    fn add_foreign_key(&mut self, table: &TableName, key: &ForeignKey, targets: bool) {
        self.makes.push(foreign_key(table, key));
        self.makes.extend(foreign_key_name(table, key));
        self.needs.extend(columns(table, &key.columns));
        if targets {
            self.needs.extend(target_resources(key));
        }
    }

    fn drop_foreign_key(&mut self, table: &TableName, key: &ForeignKey, targets: bool) {
        self.removes.push(foreign_key(table, key));
        self.removes.extend(foreign_key_name(table, key));
        self.frees.extend(columns(table, &key.columns));
        if targets {
            self.frees.extend(target_resources(key));
        }
    }
}

fn columns<'a>(table: &'a TableName, names: &'a [String]) -> impl Iterator<Item = Resource> + 'a {
    names
        .iter()
        .map(|name| Resource::Column(table.clone(), name.clone()))
}

fn index_columns<'a>(table: &'a TableName, index: &'a Index) -> impl Iterator<Item = Resource> + 'a {
    index
        .columns
        .iter()
        .filter_map(|part| part.column.clone())
        .map(|name| Resource::Column(table.clone(), name))
}

fn key_over(table: &TableName, columns: &[String]) -> Resource {
    Resource::Key(table.clone(), columns.iter().cloned().collect())
}

fn index_resources(table: &TableName, index: &Index) -> Vec<Resource> {
    let mut resources = Vec::new();
    if !index.name.is_empty() {
        resources.push(Resource::IndexName(table.schema.clone(), index.name.clone()));
    }
    if let (true, Some(columns)) = (index.unique, index.column_names()) {
        resources.push(Resource::Key(
            table.clone(),
            columns.into_iter().map(str::to_owned).collect(),
        ));
    }
    resources
}

fn foreign_key(table: &TableName, key: &ForeignKey) -> Resource {
    Resource::ForeignKey(table.clone(), key.columns.clone(), key.references.clone())
}

fn foreign_key_name(table: &TableName, key: &ForeignKey) -> Option<Resource> {
    let name = key.name.clone()?;
    Some(Resource::ForeignKeyName(table.clone(), name))
}

fn target_resources(key: &ForeignKey) -> Vec<Resource> {
    let mut resources = vec![
        Resource::Table(key.references.clone()),
        key_over(&key.references, &key.referenced_columns),
    ];
    resources.extend(columns(&key.references, &key.referenced_columns));
    resources
}
