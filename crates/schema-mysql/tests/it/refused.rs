//! Declarations that are refused, each at its field.

use schema::declared::{EngineSchema, PostgresTable, TableSpec};
use serde_json::{Value, json};

use crate::declared::{lower, lower_on, mariadb, table};

const BASE: &str = "spec.schema.mysql";

/// Checks that a table, with one good column `a` unless it says otherwise, is refused at this field alone.
fn refused(mysql: Value, field: &str, word: &str) {
    let mut whole = json!({"columns": [{"name": "a", "type": "int"}]});
    whole
        .as_object_mut()
        .unwrap()
        .extend(mysql.as_object().unwrap().clone());
    let errors = lower(&[table("t", whole)]).unwrap_err();
    let found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 1, "{found:?}");
    assert_eq!(errors[0].field, field, "{found:?}");
    assert!(errors[0].problem.contains(word), "{found:?}");
}

#[test]
fn columns_with_a_mistake_are_refused_at_their_field() {
    let long = "x".repeat(65);
    for (column, field, word) in [
        (json!({"name": "A", "type": "int"}), "name", "twice"),
        (json!({"name": "", "type": "int"}), "name", "empty"),
        (json!({"name": "b\u{0}", "type": "int"}), "name", "NUL"),
        (json!({"name": "b ", "type": "int"}), "name", "blank"),
        (json!({"name": "b\u{1f600}", "type": "int"}), "name", "U+FFFF"),
        (json!({"name": long, "type": "int"}), "name", "64"),
        (json!({"name": "b", "type": "varchar"}), "type", "length"),
        (json!({"name": "b", "type": "int; DROP TABLE t"}), "type", ";"),
        (
            json!({"name": "b", "type": "int", "default": "0); DROP TABLE x; --"}),
            "default",
            ";",
        ),
        (
            json!({"name": "b", "type": "int", "default": "0, c int"}),
            "default",
            "comma",
        ),
        (
            json!({"name": "b", "type": "int", "default": "0 # x"}),
            "default",
            "comment",
        ),
        (
            json!({"name": "b", "type": "int", "charset": "latin1"}),
            "charset",
            "int",
        ),
        (
            json!({"name": "b", "type": "json", "collation": "utf8mb4_bin"}),
            "collation",
            "json",
        ),
        (
            json!({"name": "b", "type": "text", "collation": "x; y"}),
            "collation",
            "word",
        ),
        (
            json!({"name": "b", "type": "int", "attributes": {"autoIncrement": true}}),
            "attributes.autoIncrement",
            "no key begins",
        ),
    ] {
        let columns = json!({"columns": [{"name": "a", "type": "int"}, column]});
        refused(columns, &format!("{BASE}.columns[1].{field}"), word);
    }
    let text = json!({"name": "b", "type": "varchar(9)", "attributes": {"autoIncrement": true}});
    refused(
        json!({"columns": [text], "primaryKey": ["b"]}),
        &format!("{BASE}.columns[0].attributes.autoIncrement"),
        "integer",
    );
    refused(json!({"columns": []}), &format!("{BASE}.columns"), "isDeleted");
    refused(
        json!({"defaultCharset": "utf8 x"}),
        &format!("{BASE}.defaultCharset"),
        "word",
    );
    let numbered = |name: &str| json!({"name": name, "type": "int", "attributes": {"autoIncrement": true}});
    let two = json!({"columns": [numbered("a"), numbered("b")], "primaryKey": ["a"]});
    refused(
        two,
        &format!("{BASE}.columns[1].attributes.autoIncrement"),
        "one such column",
    );
}

#[test]
fn keys_and_indexes_with_a_mistake_are_refused_at_their_field() {
    refused(
        json!({"primaryKey": ["b"]}),
        &format!("{BASE}.primaryKey[0]"),
        "no column `b`",
    );
    refused(
        json!({"primaryKey": ["a", "A"]}),
        &format!("{BASE}.primaryKey[1]"),
        "twice",
    );
    let index = |index: Value| json!({ "indexes": [index] });
    let field = |field: &str| format!("{BASE}.indexes[0].{field}");
    refused(
        index(json!({"columns": ["b"]})),
        &field("columns[0]"),
        "no column",
    );
    refused(index(json!({"columns": []})), &field("columns"), "no columns");
    refused(
        index(json!({"columns": ["a"], "type": "FULLTEXT"})),
        &field("type"),
        "by hand",
    );
    refused(
        index(json!({"columns": ["a"], "name": "primary"})),
        &field("name"),
        "primary key",
    );
    let two = json!({"indexes": [{"columns": ["a"], "name": "i"}, {"columns": ["a"], "name": "I"}]});
    refused(two, &format!("{BASE}.indexes[1].name"), "two indexes");
    let text = json!({"columns": [{"name": "a", "type": "text"}], "indexes": [{"columns": ["a"]}]});
    refused(text, &field("columns[0]"), "prefix");
    let long = json!({"columns": [{"name": "a", "type": "varchar(1000)"}], "indexes": [{"columns": ["a"]}]});
    refused(long, &field("columns"), "3072");
}

#[test]
fn foreign_keys_with_a_mistake_are_refused_at_their_field() {
    let key = |columns: Value, to: Value, action: &str| {
        let references = json!({"table": "u", "columns": to});
        json!({"foreignKeys": [{"columns": columns, "references": references, "onDelete": action}]})
    };
    let field = |field: &str| format!("{BASE}.foreignKeys[0].{field}");
    refused(
        key(json!(["b"]), json!(["x"]), ""),
        &field("columns[0]"),
        "no column",
    );
    refused(
        key(json!(["a"]), json!(["x", "y"]), ""),
        &field("references.columns"),
        "1 columns",
    );
    refused(
        key(json!(["a"]), json!(["x"]), "explode"),
        &field("onDelete"),
        "CASCADE",
    );
    refused(
        key(json!(["a"]), json!(["x"]), "set default"),
        &field("onDelete"),
        "InnoDB",
    );
    let mut refuses_null = key(json!(["a"]), json!(["x"]), "SET NULL");
    refuses_null["primaryKey"] = json!(["a"]);
    refused(refuses_null, &field("onDelete"), "refuses NULL");
}

#[test]
fn a_foreign_key_to_a_declared_table_needs_a_key_there_and_columns_of_its_types() {
    let child = |type_: &str, columns: Value| {
        let references = json!({"table": "parent", "columns": columns});
        let column = json!({"name": "a", "type": type_});
        table(
            "child",
            json!({"columns": [column], "foreignKeys": [{"columns": ["a"], "references": references}]}),
        )
    };
    let columns = json!([{"name": "id", "type": "int"}, {"name": "code", "type": "varchar(9)"}]);
    let bare = table("parent", json!({ "columns": columns }));
    let keyed = table(
        "parent",
        json!({"columns": columns, "primaryKey": ["id"], "indexes": [{"columns": ["code"]}]}),
    );
    let problem = |child: TableSpec, parent: &TableSpec| {
        let errors = lower(&[child, parent.clone()]).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].field, format!("{BASE}.foreignKeys (child_a_fkey)"));
        errors[0].problem.clone()
    };
    assert!(problem(child("int", json!(["id"])), &bare).contains("begins with (id)"));
    assert!(problem(child("int", json!(["no"])), &keyed).contains("no column `no`"));
    for type_ in ["int unsigned", "bigint", "varchar(9)", "date"] {
        assert!(
            problem(child(type_, json!(["id"])), &keyed).contains("wants them equal"),
            "{type_}"
        );
    }
    for (type_, column) in [("int(11)", "ID"), ("varchar(20)", "code"), ("char(4)", "code")] {
        assert!(
            lower(&[child(type_, json!([column])), keyed.clone()]).is_ok(),
            "{type_}"
        );
    }
}

#[test]
fn two_tables_or_foreign_keys_of_one_name_are_refused() {
    let one = || table("t", json!({"columns": [{"name": "a", "type": "int"}]}));
    assert!(
        lower(&[one(), one()]).unwrap_err()[0]
            .problem
            .contains("declared in tables.yaml too")
    );
    let keyed = |name: &str, key: &str| {
        let references = json!({"table": "elsewhere", "columns": ["id"]});
        let key = json!({"columns": ["a"], "references": references, "name": key});
        table(
            name,
            json!({"columns": [{"name": "a", "type": "int"}], "foreignKeys": [key]}),
        )
    };
    let errors = lower(&[keyed("t", "k"), keyed("u", "K")]).unwrap_err();
    assert!(
        errors[0].problem.contains("is taken by another foreign key"),
        "{errors:?}"
    );
}

#[test]
fn names_of_the_journal_are_not_for_tables() {
    let mine = table(
        "_chancery_run",
        json!({"columns": [{"name": "a", "type": "int"}]}),
    );
    assert_eq!(lower(&[mine]).unwrap_err()[0].field, "spec.name");
}

#[test]
fn a_table_of_another_engine_only_names_what_it_has() {
    let spec = TableSpec {
        name: "t".to_owned(),
        schema: Some(EngineSchema {
            postgres: Some(PostgresTable::default()),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    };
    let errors = lower(&[spec]).unwrap_err();
    assert!(errors[0].problem.contains("postgres"), "{}", errors[0]);
}

#[test]
fn every_mistake_of_a_run_is_reported_at_once() {
    let bad = table(
        "t",
        json!({"primaryKey": ["no"], "columns": [{"name": "a", "type": "int("}, {"name": "", "type": "date"}]}),
    );
    assert_eq!(lower(&[bad]).unwrap_err().len(), 3);
}

#[test]
fn what_one_product_has_and_the_other_not_is_refused_there() {
    let uuid = || table("t", json!({"columns": [{"name": "a", "type": "uuid"}]}));
    assert!(lower_on(&[uuid()], &mariadb()).is_ok());
    assert!(
        lower(&[uuid()]).unwrap_err()[0]
            .problem
            .contains("mysql 8.0.15 has no type")
    );
}
