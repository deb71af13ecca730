//! `chancery apply` on SQLite.

use serde_json::Value;

use crate::manifests::{COLUMNS, library, table};
use crate::sandbox::Sandbox;

fn json(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let run = sandbox
        .run(&[&["plan", "-f", "schema", "-o", "json"], arguments].concat())
        .succeeded();
    serde_json::from_str(&run.stdout).unwrap()
}

fn hash(sandbox: &Sandbox, arguments: &[&str]) -> String {
    json(sandbox, arguments)["hash"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_is_applied_once() {
    let sandbox = library();
    let run = sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    assert!(run.stdout.contains("create table `book`"), "{}", run.stdout);
    assert!(
        run.stderr.contains("applied 1 step to `library` (run 1)"),
        "{}",
        run.stderr
    );
    let again = sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    assert!(again.stdout.contains("Nothing to do"), "{}", again.stdout);
    assert_eq!(again.stderr, "");
}

#[test]
fn without_an_approval_nothing_runs_and_the_exit_code_is_4() {
    let sandbox = library();
    let hash = hash(&sandbox, &[]);
    let run = sandbox.run(&["apply", "-f", "schema"]);
    assert_eq!(run.code, 4);
    assert!(
        run.stderr
            .contains(&format!("hint: run just this plan with --approve {hash}")),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert!(!sandbox.path("library.db").exists());
}

#[test]
fn only_the_approved_plan_runs() {
    let sandbox = library();
    let run = sandbox.run(&["apply", "-f", "schema", "--approve", "0123"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("approved is 0123"), "{}", run.stderr);
    let approved = hash(&sandbox, &[]);
    sandbox.write("schema/author.yaml", &table("author", &COLUMNS));
    assert_eq!(
        sandbox
            .run(&["apply", "-f", "schema", "--approve", &approved])
            .code,
        4
    );
    let approved = hash(&sandbox, &[]);
    sandbox
        .run(&["apply", "-f", "schema", "--approve", &approved])
        .succeeded();
    // Again, as a pipeline does that is run twice.
    sandbox
        .run(&["apply", "-f", "schema", "--approve", &approved])
        .succeeded();
}

#[test]
fn a_dropped_column_is_held_until_it_is_allowed() {
    let sandbox = library();
    sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    sandbox.write(
        "schema/book.yaml",
        &table("book", &["name: id, type: integer", "name: year, type: integer"]),
    );
    let plan = json(&sandbox, &[]);
    assert_eq!(plan["held"][0]["object"], "column book.title");
    assert_eq!(plan["held"][0]["allow"], serde_json::json!(["deletes-data"]));
    assert_eq!(plan["steps"][0]["object"], "column book.year");
    let run = sandbox.run(&["apply", "-f", "schema", "--yes"]);
    assert_eq!(run.code, 4, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("held: runs with --allow deletes-data"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("1 step is held and did not run; --allow deletes-data"),
        "{}",
        run.stderr
    );
    assert!(json(&sandbox, &[])["steps"].as_array().unwrap().is_empty());
    sandbox
        .run(&["apply", "-f", "schema", "--yes", "--allow", "deletes-data"])
        .succeeded();
    assert!(json(&sandbox, &[])["held"].as_array().unwrap().is_empty());
}

#[test]
fn a_table_that_is_declared_deleted_is_held_too() {
    let sandbox = library();
    sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    let deleted =
        table("book", &COLUMNS).replace("      primaryKey", "      isDeleted: true\n      primaryKey");
    sandbox.write("schema/book.yaml", &deleted);
    assert_eq!(sandbox.run(&["apply", "-f", "schema", "--yes"]).code, 4);
    assert_eq!(json(&sandbox, &[])["held"][0]["object"], "table book");
    sandbox
        .run(&["apply", "-f", "schema", "--yes", "--allow", "all"])
        .succeeded();
    assert!(json(&sandbox, &[])["held"].as_array().unwrap().is_empty());
}

#[test]
fn a_table_that_no_manifest_names_is_left_alone() {
    let sandbox = library();
    sandbox.write("schema/author.yaml", &table("author", &COLUMNS));
    sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    std::fs::remove_file(sandbox.path("schema/author.yaml")).unwrap();
    let plan = json(&sandbox, &[]);
    assert!(plan["steps"].as_array().unwrap().is_empty() && plan["held"].as_array().unwrap().is_empty());
}

#[test]
fn a_database_in_memory_is_refused() {
    let sandbox = library();
    let run = sandbox.run(&[
        "apply",
        "-f",
        "schema",
        "--yes",
        "--database-url",
        "sqlite::memory:",
    ]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("memory"), "{}", run.stderr);
}

#[test]
fn after_a_failing_step_the_database_is_as_it_was() {
    let sandbox = library();
    sandbox.write("schema/author.yaml", &table("author", &COLUMNS));
    sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    // A broken file: the second half of what SQLite reads is not SQLite's.
    std::fs::write(sandbox.path("library.db"), "this is no database").unwrap();
    let run = sandbox
        .run(&["apply", "-f", "schema", "--yes"])
        .failed(1, &["library.db", "`library`"]);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert_eq!(sandbox.read("library.db"), "this is no database");
}
