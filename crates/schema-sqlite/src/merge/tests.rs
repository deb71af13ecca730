use schema::EngineKind;
use schema::change::ColumnChange;
use schema::ir::{
    Attachment, AutoIncrement, Check, Expr, ForeignKey, Index, IndexColumn, PrimaryKey, TableName,
};

use super::*;

fn facts(version: &[u32]) -> ServerFacts {
    ServerFacts {
        kind: EngineKind::Sqlite,
        flavour: "sqlite".into(),
        version: version.to_vec(),
        default_schema: None,
        read_only: false,
        identity: None,
        default_collation: None,
        folds_table_names: false,
    }
}

fn column(name: &str) -> Column {
    Column {
        name: name.into(),
        type_: "text".into(),
        ..Column::default()
    }
}

fn table(columns: &[&str]) -> Table {
    let mut table = Table::new(TableName::unqualified("t"));
    table.columns = columns.iter().map(|name| column(name)).collect();
    table
}

fn index(columns: &[&str], origin: IndexOrigin) -> Index {
    Index {
        name: "i".into(),
        columns: columns.iter().copied().map(IndexColumn::column).collect(),
        unique: true,
        origin,
        method: None,
        with: Vec::new(),
        extra: None,
        valid: true,
    }
}

fn added(column: Column) -> bool {
    let before = table(&["a"]);
    let mut after = before.clone();
    after.columns.push(column.clone());
    let change = Change::AddColumn(before.name.clone(), column);
    merge(&before, &after, vec![change.clone()], &facts(&[3, 51])) == [change]
}

#[test]
fn a_column_is_added_in_place_when_rows_can_read_as_having_its_default() {
    let with = |not_null: bool, default: Option<&str>| Column {
        not_null,
        default: default.map(Expr::new),
        ..column("b")
    };
    for (column, in_place) in [
        (with(false, None), true),
        (with(true, Some("'x'")), true),
        (with(true, Some("-1")), true),
        (with(true, None), false),
        (with(true, Some("NULL")), false),
        (with(false, Some("CURRENT_TIMESTAMP")), false),
        (with(false, Some("current_date")), false),
        (with(false, Some("1 + 1")), false),
        (
            Column {
                auto_increment: Some(AutoIncrement::Native),
                ..with(true, None)
            },
            false,
        ),
    ] {
        assert_eq!(added(column.clone()), in_place, "{column:?}");
    }
}

fn dropped(before: &Table, version: &[u32]) -> bool {
    let mut after = before.clone();
    after.columns.retain(|column| column.name != "b");
    let change = Change::DropColumn(before.name.clone(), column("b"));
    merge(before, &after, vec![change.clone()], &facts(version)) == [change]
}

#[test]
fn a_column_is_dropped_in_place_when_nothing_names_it() {
    let before = table(&["a", "b"]);
    assert!(dropped(&before, &[3, 51]));
    assert!(!dropped(&before, &[3, 34, 9]), "SQLite could not yet");
    let uses: [fn(&mut Table); 6] = [
        |table| {
            table.primary_key = Some(PrimaryKey {
                columns: vec!["b".into()],
                ..PrimaryKey::default()
            });
        },
        |table| table.indexes.push(index(&["b"], IndexOrigin::UniqueConstraint)),
        |table| {
            table.indexes.push(Index {
                extra: Some("(a) WHERE b > 0".into()),
                ..index(&["a"], IndexOrigin::Index)
            });
        },
        |table| {
            table.checks.push(Check {
                name: None,
                definition: "\"B\" > 0".into(),
                validated: true,
            });
        },
        |table| table.columns[0].generated = Some("(b || 'x') VIRTUAL".into()),
        |table| {
            table.foreign_keys.push(ForeignKey {
                name: None,
                columns: vec!["b".into()],
                references: TableName::unqualified("t"),
                referenced_columns: vec!["a".into()],
                on_delete: schema::ir::ReferentialAction::NoAction,
                on_update: schema::ir::ReferentialAction::NoAction,
                extra: None,
                validated: true,
            });
        },
    ];
    for (at, change) in uses.into_iter().enumerate() {
        let mut table = before.clone();
        change(&mut table);
        assert!(!dropped(&table, &[3, 51]), "use {at}");
    }
}

#[test]
fn one_change_that_needs_a_rebuild_takes_the_others_along() {
    let before = table(&["a", "b"]);
    let mut after = before.clone();
    after.columns[0].not_null = true;
    after.columns.push(column("c"));
    let change = ColumnChange {
        before: before.columns[0].clone(),
        after: after.columns[0].clone(),
    };
    let changes = vec![
        Change::AddColumn(before.name.clone(), column("c")),
        Change::ChangeNull(before.name.clone(), change),
    ];
    let merged = merge(&before, &after, changes.clone(), &facts(&[3, 51]));
    assert_eq!(
        merged,
        [Change::Rebuild(Box::new(Rebuild {
            changes,
            before,
            after
        }))]
    );
}

#[test]
fn what_belongs_to_a_dropped_column_alone_goes_with_it() {
    let mut before = table(&["a", "b"]);
    before.columns[1].not_null = true;
    let check = |definition: &str| Check {
        name: None,
        definition: definition.into(),
        validated: true,
    };
    before.checks = vec![check("a <> ''"), check("length(b) > 1")];
    let (kind, definition) = (NOT_NULL.to_owned(), "NOT NULL ON CONFLICT FAIL".to_owned());
    before.attachments = vec![Attachment {
        kind,
        name: "b".into(),
        definition,
    }];
    let mut after = before.clone();
    after.columns.pop();
    let changes = vec![Change::DropColumn(before.name.clone(), before.columns[1].clone())];
    let merged = merge(&before, &after, changes, &facts(&[3, 51]));
    let [Change::Rebuild(rebuild)] = merged.as_slice() else {
        panic!("no rebuild: {merged:?}")
    };
    assert_eq!(rebuild.after.checks, [check("a <> ''")]);
    assert_eq!(rebuild.after.attachments, []);
}

#[test]
fn indexes_come_and_go_in_place_and_constraints_do_not() {
    let before = table(&["a"]);
    for (origin, in_place) in [(IndexOrigin::Index, true), (IndexOrigin::UniqueConstraint, false)] {
        let change = Change::DropIndex(before.name.clone(), index(&["a"], origin));
        assert_eq!(
            merge(&before, &before, vec![change.clone()], &facts(&[3, 51])) == [change],
            in_place
        );
    }
}
