//! Fingerprints of tables: equal when the catalog says the same, whatever reported it.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::ir::{
    Attachment, AutoIncrement, Check, Column, ForeignKey, Index, PrimaryKey, Schema, Table, TableName,
};

/// The SHA-256 of the canonical encoding of a table or of several, in hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Returns the fingerprint of a table. What is only known or reported of it (bytes, dependents, unsupported
    /// parts) and the order of its columns are no part of it.
    pub fn of_table(table: &Table) -> Self {
        let mut encoder = Encoder::new("table.1");
        encoder.table(table);
        encoder.finish()
    }

    /// Returns the fingerprint of these tables of a schema, those that don't exist included.
    pub fn of_tables<'a>(schema: &Schema, names: impl IntoIterator<Item = &'a TableName>) -> Self {
        let mut encoder = Encoder::new("tables.1");
        for name in names {
            encoder.name(name);
            match schema.table(name) {
                Some(table) => encoder.table(table),
                None => encoder.text("absent"),
            }
        }
        encoder.finish()
    }

    /// Returns the fingerprint of a list of texts; no two different lists have the same.
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut encoder = Encoder::new("texts.1");
        for text in texts {
            encoder.text(text);
        }
        encoder.finish()
    }

    /// Returns the 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.0)
    }
}

/// Writes values with their lengths, so that no two different values have the same bytes.
struct Encoder(Sha256);

impl Encoder {
    fn new(domain: &str) -> Self {
        let mut encoder = Self(Sha256::new());
        encoder.text(domain);
        encoder
    }

    fn finish(self) -> Fingerprint {
        use fmt::Write as _;
        let mut hex = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing to a String can't fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Fingerprint(hex)
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.0.update([u8::from(flag)]);
    }

    fn option(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn list<T>(&mut self, values: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.0.update((values.len() as u64).to_be_bytes());
        for value in values {
            each(self, value);
        }
    }

    fn name(&mut self, name: &TableName) {
        self.option(name.schema.as_deref());
        self.text(&name.name);
    }

    fn table(&mut self, table: &Table) {
        self.name(&table.name);
        let mut columns: Vec<&Column> = table.columns.iter().collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        self.list(&columns, |encoder, column| encoder.column(column));
        self.flag(table.primary_key.is_some());
        if let Some(key) = &table.primary_key {
            self.primary_key(key);
        }
        let table = crate::simulate::normalised(table.clone());
        self.list(&table.indexes, Self::index);
        self.list(&table.foreign_keys, Self::foreign_key);
        self.list(&table.checks, Self::check);
        self.list(&table.options, |encoder, option| encoder.text(option));
        self.list(&table.attachments, Self::attachment);
    }

    fn column(&mut self, column: &Column) {
        self.text(&column.name);
        self.text(&column.type_);
        self.flag(column.not_null);
        self.option(column.default.as_ref().map(|default| default.text.as_str()));
        self.option(column.auto_increment.map(AutoIncrement::as_str));
        self.option(column.collation.as_deref());
        self.option(column.extra.as_deref());
        self.option(column.generated.as_deref());
    }

    fn primary_key(&mut self, key: &PrimaryKey) {
        self.option(key.name.as_deref());
        self.list(&key.columns, |encoder, column| encoder.text(column));
        self.option(key.extra.as_deref());
    }

    fn index(&mut self, index: &Index) {
        self.text(&index.name);
        self.list(&index.columns, |encoder, part| {
            encoder.option(part.column.as_deref());
        });
        self.flag(index.unique);
        self.flag(index.origin == crate::ir::IndexOrigin::UniqueConstraint);
        self.option(index.method.as_deref());
        self.list(&index.with, |encoder, parameter| encoder.text(parameter));
        self.option(index.extra.as_deref());
        self.flag(index.valid);
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        self.option(key.name.as_deref());
        self.list(&key.columns, |encoder, column| encoder.text(column));
        self.name(&key.references);
        self.list(&key.referenced_columns, |encoder, column| encoder.text(column));
        self.text(key.on_delete.as_sql());
        self.text(key.on_update.as_sql());
        self.option(key.extra.as_deref());
        self.flag(key.validated);
    }

    fn check(&mut self, check: &Check) {
        self.option(check.name.as_deref());
        self.text(&check.definition);
        self.flag(check.validated);
    }

    fn attachment(&mut self, attachment: &Attachment) {
        self.text(&attachment.kind);
        self.text(&attachment.name);
        self.text(&attachment.definition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(TableName::new("public", "users"));
        for name in ["id", "email"] {
            table.columns.push(Column {
                name: name.into(),
                type_: "text".into(),
                ..Column::default()
            });
        }
        table
    }

    #[test]
    fn order_of_columns_and_what_is_only_reported_do_not_count() {
        let mut other = table();
        other.columns.reverse();
        other.bytes = Some(8192);
        assert_eq!(Fingerprint::of_table(&table()), Fingerprint::of_table(&other));
    }

    #[test]
    fn any_difference_of_a_column_counts() {
        let base = Fingerprint::of_table(&table());
        let changes: [fn(&mut Column); 6] = [
            |column| column.type_ = "integer".into(),
            |column| column.not_null = true,
            |column| column.default = Some(crate::ir::Expr::new("''")),
            |column| column.collation = Some("C".into()),
            |column| column.extra = Some("COMMENT 'x'".into()),
            |column| column.name = "mail".into(),
        ];
        for change in changes {
            let mut other = table();
            change(&mut other.columns[1]);
            assert_ne!(base, Fingerprint::of_table(&other), "{:?}", other.columns[1]);
        }
    }

    #[test]
    fn texts_are_not_confused_with_their_concatenation() {
        assert_ne!(
            Fingerprint::of_texts(["ab", "c"]),
            Fingerprint::of_texts(["a", "bc"])
        );
    }
}
