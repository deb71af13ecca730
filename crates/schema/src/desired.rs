//! What the manifests ask for: the IR that `lower` makes of them, and how much of it they manage.

mod collect;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{ForeignKey, Index, Table, TableName, Unsupported};

/// The declared tables of one database, lowered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// The tables by name.
    pub tables: BTreeMap<TableName, DesiredTable>,
    /// What was declared and is not handled: reported, and nothing is done about it.
    pub unsupported: Vec<Unsupported>,
}

/// One declared table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesiredTable {
    /// The file, document and line, or the object, that declares it: for errors.
    pub place: String,
    /// The table as the catalog would report it, its columns in the order of the declaration.
    pub table: Table,
    /// Whether it is to be dropped (`isDeleted`). Then only the name of `table` counts.
    pub deleted: bool,
    /// The fields beyond SchemaHero's own complete ones that the manifest sets. What is not named here keeps what
    /// is live (design, Ownership).
    pub managed: BTreeSet<Facet>,
}

/// A field that a manifest manages only when it sets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// The collation of the column of this name.
    ColumnCollation(String),
    /// The name of the index on these columns.
    IndexName(String),
    /// The method of the index of this name.
    IndexMethod(String),
    /// The storage parameters of the index of this name.
    IndexWith(String),
    /// The name of the foreign key.
    ForeignKeyName(String),
    /// The option of the table of this name, such as `STRICT`, or `COLLATE` for `COLLATE=utf8mb4_bin`: it is set as
    /// declared.
    Option(String),
}

impl DesiredTable {
    /// Returns the table as it should be: as declared, with what the manifest leaves open taken from the live
    /// table. Columns keep the order of the live table, new ones last.
    ///
    /// An index is matched by its columns and uniqueness, by name among several such, and keeps its live
    /// predicate, method, parameters and origin where the manifest is silent. A foreign key is matched by what it
    /// connects. An index that SchemaHero's form could not say stays.
    pub fn over(&self, live: &Table) -> Table {
        let mut table = self.table.clone();
        table.dependents.clone_from(&live.dependents);
        table.unsupported.clone_from(&live.unsupported);
        table.bytes = live.bytes;
        table.checks = live
            .checks
            .iter()
            .filter(|check| !is_temporary(check))
            .cloned()
            .collect();
        table.attachments.clone_from(&live.attachments);
        self.columns_over(live, &mut table);
        Self::primary_key_over(live, &mut table);
        self.indexes_over(live, &mut table);
        self.foreign_keys_over(live, &mut table);
        let declared = |option: &String| {
            self.managed
                .contains(&Facet::Option(option_name(option).to_owned()))
        };
        table.options.retain(declared);
        table
            .options
            .extend(live.options.iter().filter(|option| !declared(option)).cloned());
        table.options.sort();
        table.options.dedup();
        table
    }

    fn columns_over(&self, live: &Table, table: &mut Table) {
        for column in &mut table.columns {
            let Some(old) = live.column(&column.name) else {
                continue;
            };
            if !self
                .managed
                .contains(&Facet::ColumnCollation(column.name.clone()))
            {
                column.collation.clone_from(&old.collation);
            }
            column.extra.clone_from(&old.extra);
            if old.generated.is_some() {
                // Reported as unsupported by inspect; never altered.
                *column = old.clone();
            } else if old.auto_increment.is_some() && column.default.is_none() {
                // SchemaHero's `serial` is a type of creation only, and identity can't be said in its form.
                column.auto_increment = old.auto_increment;
            }
        }
        let position = |name: &str| {
            live.columns
                .iter()
                .position(|old| old.name == name)
                .unwrap_or(usize::MAX)
        };
        table.columns.sort_by_key(|column| position(&column.name));
    }

    fn primary_key_over(live: &Table, table: &mut Table) {
        if let (Some(key), Some(old)) = (&mut table.primary_key, &live.primary_key) {
            key.name.clone_from(&old.name);
            key.extra.clone_from(&old.extra);
        }
    }

    fn indexes_over(&self, live: &Table, table: &mut Table) {
        let mut taken = BTreeSet::new();
        for index in &mut table.indexes {
            let Some(at) = self.matching_index(index, live, &taken) else {
                continue;
            };
            taken.insert(at);
            let old = &live.indexes[at];
            let declared = index.clone();
            *index = old.clone();
            index.valid = true;
            if self.managed.contains(&Facet::IndexName(declared.name.clone())) {
                index.name.clone_from(&declared.name);
            }
            if self.managed.contains(&Facet::IndexMethod(declared.name.clone())) {
                index.method.clone_from(&declared.method);
            }
            if self.managed.contains(&Facet::IndexWith(declared.name.clone())) {
                index.with.clone_from(&declared.with);
            }
        }
        let kept = live
            .indexes
            .iter()
            .enumerate()
            .filter(|(at, old)| !taken.contains(at) && !old.is_plain());
        table.indexes.extend(kept.map(|(_, old)| old.clone()));
        table
            .indexes
            .sort_by(|a, b| (&a.name, &a.columns_key()).cmp(&(&b.name, &b.columns_key())));
    }

    /// Returns the position of the live index that stands for a declared one: of equal columns and uniqueness,
    /// rather the one of that name, rather a plain one.
    fn matching_index(&self, declared: &Index, live: &Table, taken: &BTreeSet<usize>) -> Option<usize> {
        let columns = declared.column_names();
        // A name that another declared index sets is not for this one to keep: no two can have it.
        let claimed =
            |name: &String| *name != declared.name && self.managed.contains(&Facet::IndexName(name.clone()));
        live.indexes
            .iter()
            .enumerate()
            .filter(|(at, old)| {
                !taken.contains(at)
                    && !claimed(&old.name)
                    && old.unique == declared.unique
                    && old.column_names() == columns
            })
            .min_by_key(|(at, old)| (old.name != declared.name, !old.is_plain(), *at))
            .map(|(at, _)| at)
    }

    fn foreign_keys_over(&self, live: &Table, table: &mut Table) {
        let mut taken = BTreeSet::new();
        for key in &mut table.foreign_keys {
            let matching = live
                .foreign_keys
                .iter()
                .enumerate()
                .filter(|(at, old)| !taken.contains(at) && old.connects_same(key))
                .min_by_key(|(at, old)| (old.name != key.name, *at));
            let Some((at, old)) = matching else { continue };
            taken.insert(at);
            if !key
                .name
                .as_ref()
                .is_some_and(|name| self.managed.contains(&Facet::ForeignKeyName(name.clone())))
            {
                key.name.clone_from(&old.name);
            }
            key.on_update = old.on_update;
            key.extra.clone_from(&old.extra);
        }
        table
            .foreign_keys
            .sort_by(|a, b| ForeignKey::sort_key(a).cmp(&ForeignKey::sort_key(b)));
    }
}

/// Returns what an option is called: what stands before its `=`, or all of it.
fn option_name(option: &str) -> &str {
    option.split_once('=').map_or(option, |(name, _)| name)
}

/// The beginning of the names of checks that exist only while a plan runs. One that is there before a plan was left by
/// a run that was killed, and goes.
pub const TEMPORARY_CHECKS: &str = "chancery_tmp_";

/// Returns whether a check is one that exists only while a plan runs.
pub(crate) fn is_temporary(check: &crate::ir::Check) -> bool {
    check
        .name
        .as_ref()
        .is_some_and(|name| name.starts_with(TEMPORARY_CHECKS))
}

impl Index {
    /// Returns what orders indexes that have no name.
    pub(crate) fn columns_key(&self) -> Vec<Option<&str>> {
        self.columns.iter().map(|part| part.column.as_deref()).collect()
    }
}

impl ForeignKey {
    /// Returns what orders foreign keys.
    pub(crate) fn sort_key(&self) -> (&Option<String>, &[String], &TableName, &[String]) {
        (
            &self.name,
            &self.columns,
            &self.references,
            &self.referenced_columns,
        )
    }
}
