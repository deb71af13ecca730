//! Reads the `CREATE TABLE` statements that `sqlite_schema` keeps (<https://sqlite.org/lang_createtable.html>).
//!
//! Checks, generated columns, collations, conflict clauses, AUTOINCREMENT, names of constraints and DEFERRABLE are
//! nowhere else in the catalog.

use schema::ir::ReferentialAction;

use super::cursor::{Cursor, Unexpected, in_parentheses, part, split};
use crate::lexer::{Kind, Token, canonical, tokens, without_parentheses};
use crate::lower::types;

/// A `CREATE TABLE` statement as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CreateTable {
    pub(crate) columns: Vec<ColumnText>,
    pub(crate) primary_key: Option<KeyText>,
    pub(crate) uniques: Vec<KeyText>,
    pub(crate) foreign_keys: Vec<ForeignKeyText>,
    /// Names and conditions.
    pub(crate) checks: Vec<(Option<String>, String)>,
    /// `STRICT`, `WITHOUT ROWID`.
    pub(crate) options: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnText {
    pub(crate) name: String,
    pub(crate) type_: String,
    pub(crate) not_null: bool,
    /// The whole NOT NULL clause, where it has a name or says what to do on conflict.
    pub(crate) not_null_clause: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) collation: Option<String>,
    pub(crate) generated: Option<String>,
    pub(crate) auto_increment: bool,
}

/// A primary key or a unique constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyText {
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    /// What a manifest can't say: order, collations, what to do on conflict.
    pub(crate) extra: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ForeignKeyText {
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    /// Empty when they are the primary key of the table.
    pub(crate) referenced: Vec<String>,
    pub(crate) on_delete: ReferentialAction,
    pub(crate) on_update: ReferentialAction,
    pub(crate) extra: Option<String>,
}

/// Reads a statement.
///
/// # Errors
/// What the reader did not expect. SQLite takes some texts that no one writes on purpose.
pub(crate) fn read(sql: &str) -> Result<CreateTable, Unexpected> {
    let tokens = tokens(sql).map_err(|error| Unexpected(error.to_string()))?;
    let mut cursor = Cursor::new(&tokens);
    cursor.expect(&["CREATE"])?;
    cursor.expect(&["TABLE"])?;
    cursor.takes(&["IF", "NOT", "EXISTS"]);
    cursor.name()?;
    if cursor.takes_symbol(".") {
        cursor.name()?;
    }
    let body = cursor.group()?;
    let mut table = CreateTable::default();
    while !cursor.is_end() {
        if cursor.takes(&["WITHOUT", "ROWID"]) {
            table.options.push("WITHOUT ROWID".to_owned());
        } else if cursor.takes(&["STRICT"]) {
            table.options.push("STRICT".to_owned());
        } else if !cursor.takes_symbol(",") {
            return Err(cursor.unexpected("an option of the table"));
        }
    }
    for item in split(body) {
        let mut cursor = Cursor::new(item);
        if is_table_constraint(&cursor) {
            table.constraints(&mut cursor)?;
        } else {
            table.column(&mut cursor)?;
        }
    }
    Ok(table)
}

fn is_table_constraint(cursor: &Cursor<'_, '_>) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
        .iter()
        .any(|word| cursor.sees(&[word]))
}

fn in_clause(cursor: &Cursor<'_, '_>) -> bool {
    const WORDS: [&str; 11] = [
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "AS",
        "DEFERRABLE",
    ];
    cursor.sees(&["GENERATED", "ALWAYS"]) || WORDS.iter().any(|word| cursor.sees(&[word]))
}

impl CreateTable {
    fn column(&mut self, cursor: &mut Cursor<'_, '_>) -> Result<(), Unexpected> {
        let mut column = ColumnText {
            name: cursor.name()?,
            ..ColumnText::default()
        };
        let mut type_ = Vec::new();
        while !in_clause(cursor) && cursor.peek().is_some_and(|token| token.name().is_some()) {
            type_.extend(cursor.next().copied());
        }
        if cursor.peek().is_some_and(|token| token.is_symbol("(")) && !type_.is_empty() {
            let symbol = |text| Token {
                kind: Kind::Symbol,
                text,
                spaced: false,
            };
            type_.push(symbol("("));
            type_.extend_from_slice(cursor.group()?);
            type_.push(symbol(")"));
        }
        column.type_ = types::joined(&type_);
        let mut name = None;
        while !cursor.is_end() {
            if cursor.takes(&["CONSTRAINT"]) {
                name = Some(cursor.name()?);
                continue;
            }
            self.column_clause(&mut column, name.take(), cursor)?;
        }
        self.columns.push(column);
        Ok(())
    }

    fn column_clause(
        &mut self,
        column: &mut ColumnText,
        name: Option<String>,
        cursor: &mut Cursor<'_, '_>,
    ) -> Result<(), Unexpected> {
        if cursor.takes(&["PRIMARY", "KEY"]) {
            let descends = cursor.takes(&["DESC"]);
            cursor.takes(&["ASC"]);
            let conflict = cursor.conflict()?;
            column.auto_increment = cursor.takes(&["AUTOINCREMENT"]);
            let columns = vec![column.name.clone()];
            let extra = match (descends, conflict) {
                (false, conflict) => conflict,
                (true, None) => Some(INLINE_DESC.to_owned()),
                (true, Some(conflict)) => Some(format!("{INLINE_DESC} {conflict}")),
            };
            self.primary_key = Some(KeyText { name, columns, extra });
        } else if cursor.takes(&["NOT", "NULL"]) {
            column.not_null = true;
            let conflict = cursor.conflict()?;
            if name.is_some() || conflict.is_some() {
                let named =
                    name.map(|name| format!("CONSTRAINT {} ", crate::render::quote::identifier(&name)));
                let conflict = conflict
                    .map(|conflict| format!(" {conflict}"))
                    .unwrap_or_default();
                column.not_null_clause = Some(format!("{}NOT NULL{conflict}", named.unwrap_or_default()));
            }
        } else if cursor.takes(&["NULL"]) {
            cursor.conflict()?;
        } else if cursor.takes(&["UNIQUE"]) {
            let extra = cursor.conflict()?;
            self.uniques.push(KeyText {
                name,
                columns: vec![column.name.clone()],
                extra,
            });
        } else if cursor.takes(&["CHECK"]) {
            self.checks.push((name, canonical(cursor.group()?)));
            cursor.conflict()?;
        } else if cursor.takes(&["DEFAULT"]) {
            column.default = Some(default(cursor)?);
        } else if cursor.takes(&["COLLATE"]) {
            column.collation = Some(cursor.name()?);
        } else if cursor.takes(&["REFERENCES"]) {
            let key = references(name, vec![column.name.clone()], cursor)?;
            self.foreign_keys.push(key);
        } else if cursor.takes(&["GENERATED", "ALWAYS", "AS"]) || cursor.takes(&["AS"]) {
            let expression = in_parentheses(cursor.group()?);
            let kind = if cursor.takes(&["STORED"]) {
                "STORED"
            } else {
                "VIRTUAL"
            };
            cursor.takes(&["VIRTUAL"]);
            column.generated = Some(format!("{expression} {kind}"));
        } else {
            return Err(cursor.unexpected("a clause of a column"));
        }
        Ok(())
    }

    /// Reads the constraints of one item: SQLite needs no comma between them.
    fn constraints(&mut self, cursor: &mut Cursor<'_, '_>) -> Result<(), Unexpected> {
        let mut name = None;
        while !cursor.is_end() {
            if cursor.takes(&["CONSTRAINT"]) {
                name = Some(cursor.name()?);
            } else if cursor.takes(&["PRIMARY", "KEY"]) {
                let key = self.key(name.take(), cursor)?;
                self.primary_key = Some(key);
            } else if cursor.takes(&["UNIQUE"]) {
                let key = self.key(name.take(), cursor)?;
                self.uniques.push(key);
            } else if cursor.takes(&["CHECK"]) {
                self.checks.push((name.take(), canonical(cursor.group()?)));
                cursor.conflict()?;
            } else if cursor.takes(&["FOREIGN", "KEY"]) {
                let columns = names(cursor.group()?)?;
                cursor.expect(&["REFERENCES"])?;
                self.foreign_keys.push(references(name.take(), columns, cursor)?);
            } else {
                return Err(cursor.unexpected("a constraint of the table"));
            }
        }
        Ok(())
    }

    fn key(&mut self, name: Option<String>, cursor: &mut Cursor<'_, '_>) -> Result<KeyText, Unexpected> {
        let mut list = cursor.group()?;
        if let Some((last, rest)) = list.split_last()
            && last.is_word("AUTOINCREMENT")
            && rest.len() == 1
        {
            list = rest;
            let numbered = list[0].name();
            let found = self.columns.iter_mut().find(|column| {
                numbered
                    .as_ref()
                    .is_some_and(|name| name.eq_ignore_ascii_case(&column.name))
            });
            if let Some(column) = found {
                column.auto_increment = true;
            }
        }
        let parts: Vec<_> = split(list).into_iter().map(part).collect();
        let plain = parts.iter().all(|part| part.plain);
        let columns = parts
            .into_iter()
            .map(|part| part.column)
            .collect::<Option<Vec<_>>>();
        let columns = columns.ok_or_else(|| Unexpected("a key over an expression".to_owned()))?;
        let conflict = cursor.conflict()?;
        let extra = match (plain, conflict) {
            (true, conflict) => conflict,
            (false, None) => Some(in_parentheses(list)),
            (false, Some(conflict)) => Some(format!("{} {conflict}", in_parentheses(list))),
        };
        Ok(KeyText { name, columns, extra })
    }
}

/// What the extra of a primary key starts with that must be written with its column: `INTEGER PRIMARY KEY DESC` is no
/// row number, while `PRIMARY KEY (id DESC)` is (<https://sqlite.org/lang_createtable.html>, 5).
pub(crate) const INLINE_DESC: &str = "inline DESC";

fn default(cursor: &mut Cursor<'_, '_>) -> Result<String, Unexpected> {
    if cursor.peek().is_some_and(|token| token.is_symbol("(")) {
        return Ok(canonical(without_parentheses(cursor.group()?)));
    }
    let mut tokens = Vec::new();
    if cursor
        .peek()
        .is_some_and(|token| token.is_symbol("+") || token.is_symbol("-"))
    {
        tokens.extend(cursor.next().copied());
    }
    match cursor.next() {
        Some(token) if !matches!(token.kind, Kind::Symbol | Kind::Parameter) => {
            tokens.push(Token {
                spaced: false,
                ..*token
            });
            Ok(canonical(&tokens))
        }
        _ => Err(Unexpected("DEFAULT without a value".to_owned())),
    }
}

fn names(tokens: &[Token<'_>]) -> Result<Vec<String>, Unexpected> {
    let one = |tokens: &[Token<'_>]| match tokens {
        [token] => token.name(),
        _ => None,
    };
    split(tokens)
        .into_iter()
        .map(one)
        .collect::<Option<_>>()
        .ok_or_else(|| Unexpected("no list of names".to_owned()))
}

fn references(
    name: Option<String>,
    columns: Vec<String>,
    cursor: &mut Cursor<'_, '_>,
) -> Result<ForeignKeyText, Unexpected> {
    let mut key = ForeignKeyText {
        name,
        columns,
        table: cursor.name()?,
        ..ForeignKeyText::default()
    };
    if cursor.peek().is_some_and(|token| token.is_symbol("(")) {
        key.referenced = names(cursor.group()?)?;
    }
    let mut extra: Vec<String> = Vec::new();
    loop {
        if cursor.takes(&["ON", "DELETE"]) {
            key.on_delete = action(cursor)?;
        } else if cursor.takes(&["ON", "UPDATE"]) {
            key.on_update = action(cursor)?;
        } else if cursor.takes(&["ON", "INSERT"]) {
            // SQLite reads it and does nothing with it.
            action(cursor)?;
        } else if cursor.takes(&["MATCH"]) {
            extra.push(format!(
                "MATCH {}",
                crate::render::quote::identifier(&cursor.name()?)
            ));
        } else if cursor.takes(&["NOT", "DEFERRABLE"]) {
            extra.push("NOT DEFERRABLE".to_owned());
        } else if cursor.takes(&["DEFERRABLE"]) {
            extra.push("DEFERRABLE".to_owned());
        } else if cursor.takes(&["INITIALLY", "DEFERRED"]) {
            extra.push("INITIALLY DEFERRED".to_owned());
        } else if cursor.takes(&["INITIALLY", "IMMEDIATE"]) {
            extra.push("INITIALLY IMMEDIATE".to_owned());
        } else {
            break;
        }
    }
    key.extra = (!extra.is_empty()).then(|| extra.join(" "));
    Ok(key)
}

fn action(cursor: &mut Cursor<'_, '_>) -> Result<ReferentialAction, Unexpected> {
    for (words, action) in [
        (["NO", "ACTION"].as_slice(), ReferentialAction::NoAction),
        (&["SET", "NULL"], ReferentialAction::SetNull),
        (&["SET", "DEFAULT"], ReferentialAction::SetDefault),
        (&["CASCADE"], ReferentialAction::Cascade),
        (&["RESTRICT"], ReferentialAction::Restrict),
    ] {
        if cursor.takes(words) {
            return Ok(action);
        }
    }
    Err(cursor.unexpected("an action of a foreign key"))
}

#[cfg(test)]
mod tests;
