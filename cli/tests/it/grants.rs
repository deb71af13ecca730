//! `chancery grants`: the SQL, and what it refuses.

use testkit::case::testdata;

use crate::sandbox::Sandbox;

/// Checks what a call prints against a file of `testdata/cli/grants`.
#[track_caller]
fn check(file: &str, arguments: &[&str]) {
    let run = Sandbox::new().run(&[&["grants"], arguments].concat()).succeeded();
    let path = testdata().join("cli/grants").join(file);
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(run.stdout, expected, "{}", path.display());
}

#[test]
fn the_rights_of_a_role_are_a_script() {
    check(
        "postgres.sql",
        &["--engine", "postgres", "--role", "migrator", "--database", "app"],
    );
}

#[test]
fn a_user_of_mysql_may_connect_from_where_it_is_said() {
    check(
        "mysql.sql",
        &[
            "--engine",
            "mysql",
            "--role",
            "migrator",
            "--host",
            "10.0.0.%",
            "--database",
            "my_app",
        ],
    );
}

#[test]
fn what_the_engine_does_not_have_is_refused() {
    let schema = [
        "--engine",
        "mysql",
        "--role",
        "a",
        "--database",
        "b",
        "--schema",
        "shop",
    ];
    Sandbox::new().run(&[&["grants"][..], &schema].concat()).failed(
        1,
        &["MySQL and MariaDB have no schemas", "hint: leave `shop` out"],
    );
}

#[test]
fn names_are_quoted_and_a_schema_can_be_chosen() {
    let arguments = [
        "--engine",
        "postgres",
        "--role",
        "it's \"me\"; DROP ROLE x",
        "--database",
        "App",
        "--schema",
        "shop",
        "-o",
        "sql",
    ];
    check("postgres-quoted.sql", &arguments);
}

#[test]
fn an_engine_without_roles_is_told_with_what_to_do_instead() {
    let run = Sandbox::new().run(&["grants", "--engine", "sqlite", "--role", "a", "--database", "b"]);
    run.failed(
        1,
        &[
            "cannot say what to grant on sqlite",
            "SQLite has no roles",
            "hint: ",
        ],
    );
}

#[test]
fn a_wrong_call_is_wrong_usage() {
    for (arguments, said) in [
        (&["--role", "a", "--database", "b"][..], "--engine"),
        (
            &["--engine", "oracle", "--role", "a", "--database", "b"],
            "there is no engine `oracle`",
        ),
        (&["--engine", "postgres", "--database", "b"], "--role"),
        (
            &["--engine", "postgres", "--role", "", "--database", "b"],
            "the name is empty",
        ),
        (
            &["--engine", "postgres", "--role", "a\nb", "--database", "b"],
            "control character",
        ),
    ] {
        Sandbox::new()
            .run(&[&["grants"], arguments].concat())
            .failed(2, &[said]);
    }
}
