//! The indexes of a declared table, those included that its foreign keys need.

use schema::ir::Index;
use serde_json::{Value, json};

use crate::declared::{lower_on, lowered, mysql, table};

fn names(mysql: Value) -> Vec<String> {
    let label = |index: &Index| format!("{} {}", index.name, index.column_names().unwrap().join(","));
    lowered(mysql).indexes.iter().map(label).collect()
}

fn keyed(more: Value) -> Value {
    let mut whole = json!({
        "columns": [{"name": "id", "type": "int"}, {"name": "p", "type": "int"}, {"name": "q", "type": "int"}],
        "foreignKeys": [{"columns": ["p"], "references": {"table": "elsewhere", "columns": ["id"]}}],
    });
    whole
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    whole
}

#[test]
fn a_foreign_key_gets_its_index_unless_a_declared_key_begins_with_its_columns() {
    assert_eq!(names(keyed(json!({}))), ["t_p_fkey p"]);
    assert_eq!(names(keyed(json!({"primaryKey": ["p", "id"]}))), [""; 0]);
    assert_eq!(
        names(keyed(json!({"indexes": [{"columns": ["p", "q"]}]}))),
        ["idx_t_p_q p,q"]
    );
    let behind = keyed(json!({"indexes": [{"columns": ["q", "p"]}]}));
    assert_eq!(names(behind), ["idx_t_q_p q,p", "t_p_fkey p"]);
    let taken = keyed(json!({"indexes": [{"columns": ["q"], "name": "T_P_FKEY"}]}));
    assert_eq!(names(taken), ["T_P_FKEY q", "t_p_fkey_2 p"]);
}

#[test]
fn generated_names_are_cut_at_sixty_four_characters() {
    let long = "ü".repeat(60);
    let whole = json!({"columns": [{"name": long, "type": "int"}], "indexes": [{"columns": [long]}]});
    let name = lowered(whole).indexes[0].name.clone();
    assert_eq!(name, format!("idx_t_{}", "ü".repeat(58)));
}

#[test]
fn keys_are_spelled_as_their_columns_are() {
    let table = lowered(json!({
        "columns": [{"name": "Id", "type": "int"}], "primaryKey": ["ID"], "indexes": [{"columns": ["id"]}],
    }));
    assert_eq!(table.primary_key.unwrap().columns, ["Id"]);
    assert_eq!(table.indexes[0].column_names().unwrap(), ["Id"]);
    assert!(table.columns[0].not_null);
}

#[test]
fn a_hash_index_is_said_to_be_none() {
    let whole =
        json!({"columns": [{"name": "a", "type": "int"}], "indexes": [{"columns": ["a"], "type": "hash"}]});
    let desired = lower_on(&[table("t", whole)], &mysql()).unwrap();
    assert_eq!(desired.unsupported[0].object.to_string(), "index idx_t_a on t");
}

#[test]
fn table_names_are_folded_where_the_server_folds_them() {
    let facts = schema::ServerFacts {
        folds_table_names: true,
        ..mysql()
    };
    let desired = lower_on(&[table("Orders", keyed(json!({})))], &facts).unwrap();
    let names: Vec<String> = desired.tables.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["orders"]);
}
