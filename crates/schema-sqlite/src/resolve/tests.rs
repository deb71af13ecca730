use schema::ir::{ForeignKey, Index, IndexColumn, PrimaryKey, ReferentialAction, TableName};

use super::*;

fn column(name: &str) -> Column {
    Column {
        name: name.into(),
        type_: "TEXT".into(),
        ..Column::default()
    }
}

fn index(name: &str, column: &str, origin: IndexOrigin) -> Index {
    Index {
        name: name.into(),
        columns: vec![IndexColumn::column(column)],
        unique: true,
        origin,
        method: None,
        with: Vec::new(),
        extra: None,
        valid: true,
    }
}

fn reference(column: &str, table: &str, to: &str) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: vec![column.into()],
        references: TableName::unqualified(table),
        referenced_columns: vec![to.into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        extra: None,
        validated: true,
    }
}

#[test]
fn every_name_gets_the_spelling_of_the_live_table() {
    let name = TableName::unqualified("t");
    let mut live = Table::new(name.clone());
    live.columns = vec![column("Id"), column("Mail")];
    live.indexes = vec![index("By_Mail", "Mail", IndexOrigin::Index)];
    live.foreign_keys = vec![reference("Mail", "Others", "Mail")];
    let mut table = Table::new(name);
    table.columns = vec![column("ID"), column("mail"), column("New")];
    table.primary_key = Some(PrimaryKey {
        columns: vec!["ID".into()],
        ..PrimaryKey::default()
    });
    table.indexes = vec![index("by_mail", "mail", IndexOrigin::Index)];
    table.foreign_keys = vec![reference("mail", "others", "MAIL"), reference("ID", "t", "mail")];
    let mut desired = DesiredTable {
        table,
        ..DesiredTable::default()
    };
    desired.managed.insert(Facet::IndexName("by_mail".into()));
    spell(&mut desired, &live);
    let names: Vec<&str> = desired
        .table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["Id", "Mail", "New"]);
    assert_eq!(
        desired.table.primary_key.as_ref().map(|key| key.columns.clone()),
        Some(vec!["Id".to_owned()])
    );
    assert_eq!(desired.table.indexes, live.indexes);
    assert!(desired.managed.contains(&Facet::IndexName("By_Mail".into())));
    assert_eq!(
        desired.table.foreign_keys,
        [reference("Mail", "Others", "Mail"), reference("Id", "t", "Mail")]
    );
}

#[test]
fn the_name_of_an_index_is_not_asked_of_a_constraint() {
    let mut live = Table::new(TableName::unqualified("t"));
    live.indexes = vec![index("", "a", IndexOrigin::UniqueConstraint)];
    let mut table = Table::new(TableName::unqualified("t"));
    table.indexes = vec![index("named", "a", IndexOrigin::Index)];
    let mut desired = DesiredTable {
        table,
        ..DesiredTable::default()
    };
    desired.managed.insert(Facet::IndexName("named".into()));
    settle_unique_names(&mut desired, &live);
    assert!(desired.managed.is_empty());
}

#[test]
fn defaults_are_the_same_by_meaning_and_never_by_chance() {
    for (declared, live, type_, same) in [
        ("'a'", "'a'", "text", true),
        ("'a'", "'A'", "text", false),
        ("'5'", "5", "text", true),
        ("'05'", "05", "text", false),
        ("5", "'5'", "int", true),
        ("5", "'5'", "text", false),
        ("'lower(x)'", "lower(x)", "text", true),
        ("CURRENT_TIMESTAMP", "current_timestamp", "text", true),
        ("1 + 1", "2", "int", false),
        ("'x'", "\"x\"", "text", false),
    ] {
        assert_eq!(
            same_default(declared, live, type_),
            same,
            "{declared} {live} {type_}"
        );
    }
}
