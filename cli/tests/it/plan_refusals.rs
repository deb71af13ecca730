//! What `chancery plan` and `chancery apply` refuse, and how they say it.

use std::net::TcpListener;

use crate::manifests::{COLUMNS, DATABASE, library, table};
use crate::sandbox::{CANARY, Sandbox};

/// Plans with these files and returns the run.
fn plan(files: &[(&str, String)]) -> crate::sandbox::Run {
    let sandbox = Sandbox::new();
    for (path, text) in files {
        sandbox.write(&format!("schema/{path}"), text);
    }
    sandbox.run(&["plan", "-f", "schema"])
}

fn with_connection(connection: &str) -> String {
    let (head, _) = DATABASE.split_once("    sqlite:").unwrap();
    format!("{head}    {connection}\n")
}

#[test]
fn without_a_file_it_says_how_to_name_one() {
    for command in ["plan", "apply"] {
        Sandbox::new()
            .run(&[command])
            .failed(2, &["no file was named", "-f FOLDER"]);
    }
}

#[test]
fn a_missing_database_is_named_with_the_table_that_needs_it() {
    plan(&[("book.yaml", table("book", &COLUMNS))]).failed(
        1,
        &[
            "schema/book.yaml, document 1 (line 6): spec.database: there is no Database `library`",
            "--database-url-file",
        ],
    );
}

#[test]
fn no_table_at_all_is_an_error() {
    plan(&[("database.yaml", DATABASE.into())]).failed(1, &["no Table in what was read", "kind: Table"]);
}

#[test]
fn a_manifest_that_is_no_yaml_or_has_an_unknown_field_is_told_with_its_line() {
    plan(&[("book.yaml", "a: [".into())]).failed(1, &["schema/book.yaml"]);
    let unknown = table("book", &COLUMNS).replace("primaryKey", "primarykey");
    plan(&[("book.yaml", unknown)]).failed(1, &["schema/book.yaml", "primarykey", "primaryKey"]);
}

#[test]
fn another_version_is_refused() {
    let old = table("book", &COLUMNS).replace("v1alpha4", "v1alpha3");
    plan(&[("book.yaml", old)]).failed(1, &["`schemas.schemahero.io/v1alpha3` is not served", "v1alpha4"]);
}

#[test]
fn an_engine_that_is_not_served_is_named_at_its_field() {
    let database =
        with_connection("cockroachdb: {uri: {value: \"postgres://root:tulip-hunter2-canary@db/x\"}}");
    plan(&[
        ("book.yaml", table("book", &COLUMNS)),
        ("database.yaml", database),
    ])
    .failed(
        1,
        &[
            "schema/database.yaml",
            "spec.connection.cockroachdb: the engine `cockroachdb` is not served",
            "postgres, mysql and sqlite",
        ],
    );
    let sandbox = library();
    let run = sandbox.run(&[
        "plan",
        "-f",
        "schema",
        "--database-url",
        &format!("cockroachdb://root:{CANARY}@db/x"),
    ]);
    run.failed(1, &["--database-url", "`cockroachdb` databases are not served"]);
    let run = sandbox.run(&[
        "plan",
        "-f",
        "schema",
        "--database-url",
        &format!("root:{CANARY}@db/x"),
    ]);
    run.failed(1, &["begins with no scheme"]);
}

#[test]
fn several_engines_or_none_are_refused() {
    for (connection, said) in [
        (
            "{sqlite: {dsn: a.db}, postgres: {}}",
            "names 2 engines: postgres, sqlite",
        ),
        ("{}", "names no engine"),
        ("{postgres: {}}", "neither `uri` nor `host` is given"),
    ] {
        let database = DATABASE
            .split_once("    sqlite:")
            .unwrap()
            .0
            .replace("connection:", &format!("connection: {connection}"));
        plan(&[
            ("book.yaml", table("book", &COLUMNS)),
            ("database.yaml", database),
        ])
        .failed(1, &["schema/database.yaml", said]);
    }
}

#[test]
fn a_table_without_a_section_for_the_engine_is_refused() {
    let other = table("book", &COLUMNS).replace("sqlite:", "mysql:");
    plan(&[("book.yaml", other), ("database.yaml", DATABASE.into())])
        .failed(1, &["schema/book.yaml", "spec.schema", "mysql"]);
}

#[test]
fn an_unknown_type_is_told_with_line_and_field() {
    let bad = table(
        "book",
        &[
            "name: id, type: integer",
            "name: x, type: 'text); DROP TABLE author; --'",
        ],
    );
    plan(&[("book.yaml", bad), ("database.yaml", DATABASE.into())]).failed(
        1,
        &["schema/book.yaml, document 1 (line 13): spec.schema.sqlite.columns[1].type: "],
    );
}

#[test]
fn a_default_that_is_more_than_one_expression_is_refused() {
    for default in ["0); DROP TABLE author; --", "(1", "1, 2", "1 -- x"] {
        let bad = table(
            "book",
            &[
                "name: id, type: integer",
                &format!("name: x, type: integer, default: '{default}'"),
            ],
        );
        plan(&[("book.yaml", bad), ("database.yaml", DATABASE.into())]).failed(
            1,
            &["schema/book.yaml, document 1 (line 13): spec.schema.sqlite.columns[1].default: "],
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let bad = table(
        "book",
        &[
            "name: id, type: integer",
            "name: id, type: text",
            "name: x, type: 'a;b'",
        ],
    );
    plan(&[("book.yaml", bad), ("database.yaml", DATABASE.into())]).failed(
        1,
        &["problems in the declared tables", "columns[1]", "columns[2].type"],
    );
}

#[test]
fn what_is_declared_twice_is_refused_with_both_places() {
    let book = table("book", &COLUMNS);
    plan(&[("a.yaml", book.clone()), ("b.yaml", book.clone())])
        .failed(1, &["`book` is declared twice", "schema/a.yaml", "schema/b.yaml"]);
    let again = book.replace("  name: book\nspec", "  name: again\nspec");
    plan(&[("a.yaml", book), ("b.yaml", again), ("d.yaml", DATABASE.into())])
        .failed(1, &["schema/b.yaml", "spec.name"]);
}

#[test]
fn a_server_that_does_not_answer_is_named_without_the_password() {
    // A port that was just free, with nobody listening.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("postgres://me:{CANARY}@127.0.0.1:{port}/app");
    let sandbox = library();
    let book = sandbox.read("schema/book.yaml").replace("sqlite:", "postgres:");
    sandbox.write("schema/book.yaml", &book);
    for command in ["plan", "apply"] {
        let run = sandbox.run(&[command, "-f", "schema", "--database-url", &url]);
        let run = run.failed(1, &[&format!("127.0.0.1:{port}"), "cannot connect", "`library`"]);
        assert!(
            run.stderr.contains("warning: a password on the command line"),
            "{}",
            run.stderr
        );
    }
    sandbox.write("url", &url);
    let run = sandbox.run(&["plan", "-f", "schema", "--database-url-file", "url"]);
    assert!(!run.failed(1, &["cannot connect"]).stderr.contains("warning"));
    sandbox.write(
        "schema/database.yaml",
        &with_connection(&format!("postgres: {{uri: {{value: '{url}'}}}}")),
    );
    sandbox
        .run(&["plan", "-f", "schema"])
        .failed(1, &["cannot connect", &port.to_string()]);
    let parts = format!(
        "postgres: {{host: {{value: 127.0.0.1}}, port: {{value: '{port}'}}, user: {{value: 'a@b'}}, password: {{value: '{CANARY}/?#@'}}, dbname: {{value: app}}}}"
    );
    sandbox.write("schema/database.yaml", &with_connection(&parts));
    sandbox
        .run(&["plan", "-f", "schema"])
        .failed(1, &["cannot connect", &port.to_string()]);
}

#[test]
fn a_url_of_a_database_of_another_engine_is_refused_at_its_field() {
    let database = with_connection("postgres: {uri: {value: 'sqlite:x.db'}}");
    plan(&[
        ("book.yaml", table("book", &COLUMNS)),
        ("database.yaml", database),
    ])
    .failed(
        1,
        &[
            "schema/database.yaml, document 1 (line 7): spec.connection.postgres.uri: ",
            "`sqlite`",
        ],
    );
}

#[test]
fn an_unknown_hazard_code_is_wrong_usage() {
    library()
        .run(&["plan", "-f", "schema", "--allow", "delete-data"])
        .failed(2, &["delete-data", "deletes-data"]);
}
