//! Declared columns.

use std::collections::BTreeSet;

use schema::declared::{MysqlColumn, MysqlTable};
use schema::desired::Facet;
use schema::ir::{AutoIncrement, Column, Table, TableName};

use super::types::Kind;
use super::{Lowering, charset, default, types};

impl Lowering<'_> {
    pub(super) fn columns(
        &mut self,
        declared: &MysqlTable,
        table: &TableName,
        managed: &mut BTreeSet<Facet>,
    ) -> Vec<Column> {
        if declared.columns.is_empty() {
            self.error(
                "spec.schema.mysql.columns",
                format!("table {table} has no columns; to drop it, write isDeleted: true"),
            );
        }
        let whole = self.table_collation(declared);
        let mut seen = BTreeSet::new();
        let mut columns = Vec::with_capacity(declared.columns.len());
        for (at, column) in declared.columns.iter().enumerate() {
            let field = format!("spec.schema.mysql.columns[{at}]");
            self.name(&format!("{field}.name"), &column.name);
            // The server compares names of columns without regard to case, always.
            if !seen.insert(column.name.to_lowercase()) {
                self.error(
                    format!("{field}.name"),
                    format!("column `{}` is declared twice", column.name),
                );
            }
            let in_key = declared
                .primary_key
                .iter()
                .any(|key| key.to_lowercase() == column.name.to_lowercase());
            let Some((lowered, is_managed)) = self.column(&field, column, in_key, whole.as_deref()) else {
                continue;
            };
            if is_managed {
                managed.insert(Facet::ColumnCollation(lowered.name.clone()));
            }
            columns.push(lowered);
        }
        columns
    }

    /// The collation that the table declares for all of its columns. What is wrong with it was said of the table.
    fn table_collation(&mut self, declared: &MysqlTable) -> Option<String> {
        let errors = self.errors.len();
        let charset = ("defaultCharset", declared.default_charset.as_deref());
        let collation = self.collation("spec.schema.mysql", charset, declared.collation.as_deref());
        self.errors.truncate(errors);
        collation
    }

    /// Returns a column, and whether its collation is managed.
    fn column(
        &mut self,
        field: &str,
        column: &MysqlColumn,
        in_key: bool,
        whole: Option<&str>,
    ) -> Option<(Column, bool)> {
        let type_ = match types::canonical(&column.type_, self.facts) {
            Ok(type_) => type_,
            Err(problem) => {
                self.error(format!("{field}.type"), problem);
                return None;
            }
        };
        let kind = types::kind(&type_.text);
        let charset = ("charset", column.charset.as_deref());
        let own = self.collation(field, charset, column.collation.as_deref());
        if own.is_some() && !kind.has_collation() {
            let name = if column.charset.is_some() {
                "charset"
            } else {
                "collation"
            };
            let problem = format!("a column of type {} has no {name}", type_.text);
            self.error(format!("{field}.{name}"), problem);
        }
        let implied = type_
            .charset
            .map(|charset| format!("{}{charset}", charset::PLACEHOLDER));
        let declared = own.or(implied).or_else(|| whole.map(str::to_owned));
        let is_managed = declared.is_some() && kind.has_collation();
        let collation = kind
            .has_collation()
            .then(|| declared.unwrap_or_else(|| self.default_collation()));
        let numbered = column
            .attributes
            .is_some_and(|attributes| attributes.auto_increment == Some(true));
        if numbered && !matches!(kind, Kind::Integer | Kind::Float) {
            let problem = format!(
                "a column of type {} can't be numbered; give it an integer type",
                type_.text
            );
            self.error(format!("{field}.attributes.autoIncrement"), problem);
        }
        let default = self.default(field, column, &type_.text, numbered);
        let not_null = column
            .constraints
            .is_some_and(|constraints| constraints.not_null == Some(true));
        let column = Column {
            name: column.name.clone(),
            type_: type_.text,
            // Numbering makes the column NOT NULL, as a primary key does.
            not_null: not_null || in_key || numbered,
            default,
            auto_increment: numbered.then_some(AutoIncrement::Native),
            collation,
            ..Column::default()
        };
        Some((column, is_managed))
    }

    fn default(
        &mut self,
        field: &str,
        column: &MysqlColumn,
        type_: &str,
        numbered: bool,
    ) -> Option<schema::ir::Expr> {
        let declared = column.default.as_ref()?;
        let field = format!("{field}.default");
        if numbered {
            self.error(field, "a numbered column has no default; remove one");
            return None;
        }
        match default::lower(type_, declared, self.facts) {
            Ok(default) => default,
            Err(problem) => {
                self.error(field, problem);
                None
            }
        }
    }

    /// A numbered column is alone in that, and a key begins with it; the server refuses all else.
    pub(super) fn check_numbered(&mut self, declared: &MysqlTable, table: &Table) {
        let mut numbered = table
            .columns
            .iter()
            .filter(|column| column.auto_increment.is_some());
        let Some(first) = numbered.next() else { return };
        let at = |name: &str| {
            declared
                .columns
                .iter()
                .position(|column| column.name == name)
                .unwrap_or_default()
        };
        let field = |name: &str| format!("spec.schema.mysql.columns[{}].attributes.autoIncrement", at(name));
        if let Some(second) = numbered.next() {
            let problem = format!(
                "column `{}` is numbered too; a table has one such column",
                first.name
            );
            self.error(field(&second.name), problem);
        }
        if !super::keys::begins_a_key(table, &[first.name.as_str()]) {
            let problem = "no key begins with the column; add it to the primary key or to an index";
            self.error(field(&first.name), problem);
        }
    }
}
