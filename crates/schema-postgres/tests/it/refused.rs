//! Declarations that are refused, each at its field.

use schema::declared::{EngineSchema, MysqlTable, TableSpec};
use serde_json::{Value, json};

use crate::declared::{lower, table};

/// Checks that a table, with one good column `a` unless it says otherwise, is refused at this field alone.
fn refused(postgres: Value, field: &str, word: &str) {
    let mut whole = json!({"columns": [{"name": "a", "type": "int"}]});
    whole
        .as_object_mut()
        .unwrap()
        .extend(postgres.as_object().unwrap().clone());
    let errors = lower(&[table("t", whole)]).unwrap_err();
    let found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 1, "{found:?}");
    assert_eq!(errors[0].field, field, "{found:?}");
    assert!(errors[0].problem.contains(word), "{found:?}");
}

#[test]
fn columns_with_a_mistake_are_refused_at_their_field() {
    let column = |column: Value| json!({"columns": [{"name": "a", "type": "int"}, column]});
    let long = "x".repeat(64);
    for (declared, field, word) in [
        (json!({"name": "a", "type": "int"}), "name", "twice"),
        (json!({"name": "", "type": "int"}), "name", "empty"),
        (json!({"name": "b\u{0}", "type": "int"}), "name", "NUL"),
        (json!({"name": long, "type": "int"}), "name", "63"),
        (json!({"name": "b", "type": "int(11)"}), "type", "modifier"),
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
            json!({"name": "b", "type": "serial", "default": "1"}),
            "default",
            "sequence",
        ),
        (
            json!({"name": "b", "type": "timestamp", "default": "now"}),
            "default",
            "frozen",
        ),
    ] {
        refused(
            column(declared),
            &format!("spec.schema.postgres.columns[1].{field}"),
            word,
        );
    }
    refused(
        json!({"columns": []}),
        "spec.schema.postgres.columns",
        "isDeleted",
    );
}

#[test]
fn keys_and_indexes_with_a_mistake_are_refused_at_their_field() {
    let base = "spec.schema.postgres";
    refused(
        json!({"primaryKey": ["b"]}),
        &format!("{base}.primaryKey[0]"),
        "no column `b`",
    );
    refused(
        json!({"primaryKey": ["a", "a"]}),
        &format!("{base}.primaryKey[1]"),
        "twice",
    );
    refused(
        json!({"indexes": [{"columns": ["b"]}]}),
        &format!("{base}.indexes[0].columns[0]"),
        "no column",
    );
    refused(
        json!({"indexes": [{"columns": []}]}),
        &format!("{base}.indexes[0].columns"),
        "no columns",
    );
    let odd = json!({"indexes": [{"columns": ["a"], "type": "btree (a); --"}]});
    refused(odd, &format!("{base}.indexes[0].type"), "word");
    let odd = json!({"indexes": [{"columns": ["a"], "with": {"a) x": "1"}}]});
    refused(odd, &format!("{base}.indexes[0].with.a) x"), "word");
    let key = |columns: Value, to: Value, action: &str| json!({"foreignKeys": [{"columns": columns, "references": {"table": "u", "columns": to}, "onDelete": action}]});
    refused(
        key(json!(["b"]), json!(["x"]), ""),
        &format!("{base}.foreignKeys[0].columns[0]"),
        "no column",
    );
    refused(
        key(json!(["a"]), json!(["x", "y"]), ""),
        &format!("{base}.foreignKeys[0].references.columns"),
        "1 columns",
    );
    refused(
        key(json!(["a"]), json!(["x"]), "explode"),
        &format!("{base}.foreignKeys[0].onDelete"),
        "CASCADE",
    );
    refused(
        json!({"schema": "pg_catalog"}),
        &format!("{base}.schema"),
        "not for tables",
    );
}

#[test]
fn a_foreign_key_to_a_declared_table_needs_a_key_there() {
    let child = |columns: Value| {
        table(
            "child",
            json!({"columns": [{"name": "a", "type": "int"}],
            "foreignKeys": [{"columns": ["a"], "references": {"table": "parent", "columns": columns}}]}),
        )
    };
    let parent = table("parent", json!({"columns": [{"name": "id", "type": "int"}]}));
    let errors = lower(&[child(json!(["id"])), parent.clone()]).unwrap_err();
    assert!(
        errors[0].problem.contains("no primary key and no unique index"),
        "{}",
        errors[0]
    );
    let errors = lower(&[child(json!(["no"])), parent]).unwrap_err();
    assert!(errors[0].problem.contains("no column `no`"), "{}", errors[0]);
}

#[test]
fn two_tables_of_one_name_and_two_indexes_of_one_name_are_refused() {
    let one = || {
        table(
            "t",
            json!({"columns": [{"name": "a", "type": "int"}], "indexes": [{"columns": ["a"], "name": "i"}]}),
        )
    };
    assert!(
        lower(&[one(), one()]).unwrap_err()[0]
            .problem
            .contains("declared in tables.yaml too")
    );
    let other = table(
        "u",
        json!({"columns": [{"name": "a", "type": "int"}], "indexes": [{"columns": ["a"], "name": "i"}]}),
    );
    assert!(
        lower(&[one(), other]).unwrap_err()[0]
            .problem
            .contains("`i` is taken")
    );
}

#[test]
fn a_table_of_another_engine_only_names_what_it_has() {
    let spec = TableSpec {
        name: "t".to_owned(),
        schema: Some(EngineSchema {
            mysql: Some(MysqlTable::default()),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    };
    let errors = lower(&[spec]).unwrap_err();
    assert!(errors[0].problem.contains("mysql"), "{}", errors[0]);
}

#[test]
fn every_mistake_of_a_run_is_reported_at_once() {
    let bad = table(
        "t",
        json!({"primaryKey": ["no"], "columns": [{"name": "a", "type": "int("}, {"name": "", "type": "text"}]}),
    );
    assert_eq!(lower(&[bad]).unwrap_err().len(), 3);
}

#[test]
fn a_foreign_key_between_types_that_cannot_be_compared_is_refused_before_anything_runs() {
    let child = |type_: &str| {
        let references = json!({"table": "p", "columns": ["id"]});
        let whole = json!({
            "columns": [{"name": "p_id", "type": type_}],
            "foreignKeys": [{"columns": ["p_id"], "references": references}],
        });
        table("c", whole)
    };
    let parent = table(
        "p",
        json!({"columns": [{"name": "id", "type": "int"}], "primaryKey": ["id"]}),
    );
    for type_ in ["char(4)", "uuid", "timestamp"] {
        let errors = lower(&[child(type_), parent.clone()]).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].field, "spec.schema.postgres.foreignKeys (c_p_id_fkey)");
        assert!(errors[0].problem.contains("can't be compared"), "{errors:?}");
    }
    for type_ in ["int", "bigint", "serial", "json"] {
        assert!(lower(&[child(type_), parent.clone()]).is_ok(), "{type_}");
    }
}
