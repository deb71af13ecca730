//! Which collation a column gets, and which of them a manifest manages.

use schema::desired::Facet;
use schema::ir::TableName;
use serde_json::{Value, json};

use crate::declared::{lower, lower_on, lowered, server, table};

fn collations(mysql: Value) -> Vec<Option<String>> {
    lowered(mysql)
        .columns
        .into_iter()
        .map(|column| column.collation)
        .collect()
}

#[test]
fn the_column_s_own_comes_before_the_table_s_and_that_before_the_database_s() {
    let columns = json!([
        {"name": "a", "type": "text", "collation": "UTF8_bin"},
        {"name": "b", "type": "char(3)", "charset": "latin1"},
        {"name": "c", "type": "text", "charset": "latin1", "collation": "latin1_bin"},
        {"name": "d", "type": "varchar(9)"},
        {"name": "e", "type": "nvarchar(9)"},
        {"name": "f", "type": "int"},
        {"name": "g", "type": "json"},
        {"name": "h", "type": "varbinary(9)"},
    ]);
    let own = |of_table: &str| -> Vec<Option<String>> {
        [
            "utf8mb3_bin",
            "CHARSET:latin1",
            "CHARSET:latin1:latin1_bin",
            of_table,
            "CHARSET:utf8mb3",
        ]
        .map(|collation| Some(collation.to_owned()))
        .into_iter()
        .chain([None, None, None])
        .collect()
    };
    assert_eq!(
        collations(json!({ "columns": columns })),
        own("utf8mb4_unicode_ci")
    );
    let with = |field: &str, value: &str| json!({"columns": columns, field: value});
    assert_eq!(collations(with("collation", "utf8mb4_bin")), own("utf8mb4_bin"));
    assert_eq!(collations(with("defaultCharset", "utf8")), own("CHARSET:utf8mb3"));
}

#[test]
fn only_what_is_declared_is_managed() {
    let managed = |mysql: Value| {
        lower(&[table("t", mysql)]).unwrap().tables[&TableName::unqualified("t")]
            .managed
            .clone()
    };
    let columns = json!([{"name": "a", "type": "text", "charset": "latin1"}, {"name": "b", "type": "text"}, {"name": "c", "type": "int"}]);
    let found = managed(json!({ "columns": columns }));
    assert_eq!(found, [Facet::ColumnCollation("a".to_owned())].into());
    let found = managed(json!({"columns": columns, "collation": "utf8mb4_bin"}));
    let both = ["a", "b"].map(|name| Facet::ColumnCollation(name.to_owned()));
    assert_eq!(
        found,
        both.into_iter()
            .chain([Facet::Option("COLLATE".to_owned())])
            .collect()
    );
}

#[test]
fn a_server_that_is_only_described_has_the_collation_it_comes_with() {
    for (flavour, version, collation) in [
        ("mysql", [8, 0, 36], "utf8mb4_0900_ai_ci"),
        ("mariadb", [10, 11, 0], "latin1_swedish_ci"),
        ("mariadb", [11, 8, 0], "utf8mb4_uca1400_ai_ci"),
    ] {
        let facts = schema::ServerFacts {
            default_collation: None,
            ..server(flavour, &version)
        };
        let desired = lower_on(
            &[table("t", json!({"columns": [{"name": "a", "type": "text"}]}))],
            &facts,
        )
        .unwrap();
        let table = &desired.tables[&TableName::unqualified("t")].table;
        assert_eq!(table.columns[0].collation.as_deref(), Some(collation));
        assert_eq!(table.options, [format!("COLLATE={collation}")]);
    }
}
