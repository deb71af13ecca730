//! `chancery plan` on SQLite.

use serde_json::Value;

use crate::manifests::{COLUMNS, DATABASE, library, table};
use crate::sandbox::Sandbox;

#[test]
fn a_plan_shows_the_steps_and_makes_nothing() {
    let sandbox = library();
    let run = sandbox.run(&["plan", "-f", "schema"]).succeeded();
    assert!(run.stdout.contains("CREATE TABLE \"book\""), "{}", run.stdout);
    assert!(
        run.stdout.contains("Plan: 1 step to run, 0 held. Hash: "),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr, "");
    assert!(!sandbox.path("library.db").exists());
}

#[test]
fn exit_code_3_says_that_something_is_to_do() {
    let sandbox = library();
    assert_eq!(sandbox.run(&["plan", "-f", "schema", "--exit-code"]).code, 3);
    sandbox.run(&["apply", "-f", "schema", "--yes"]).succeeded();
    let run = sandbox.run(&["plan", "-f", "schema", "--exit-code"]).succeeded();
    assert!(run.stdout.contains("Nothing to do"), "{}", run.stdout);
}

/// The stable interface, but for the SQL of the engine and for digests.
#[test]
fn json_is_the_stable_interface() {
    let sandbox = library();
    let run = sandbox.run(&["plan", "-f", "schema", "-o", "json"]).succeeded();
    let mut report: Value = serde_json::from_str(&run.stdout).unwrap();
    for digest in ["fingerprint", "hash"] {
        assert_eq!(report[digest].as_str().unwrap().len(), 64);
        report[digest] = Value::Null;
    }
    assert!(
        report["steps"][0]["sql"][0]
            .as_str()
            .unwrap()
            .starts_with("CREATE TABLE")
    );
    report["steps"][0]["sql"] = Value::Null;
    for timeout in ["lockTimeoutMs", "statementTimeoutMs"] {
        assert!(report["steps"][0][timeout].is_u64());
        report["steps"][0][timeout] = Value::Null;
    }
    assert_eq!(
        report,
        serde_json::json!({
            "engine": "sqlite",
            "database": "library",
            "fingerprint": null,
            "hash": null,
            "steps": [{
                "object": "table book",
                "summary": "create table `book`",
                "sql": null,
                "hazards": [],
                "transaction": "with-others",
                "lock": "none",
                "lockTimeoutMs": null,
                "statementTimeoutMs": null,
                "bytes": null
            }],
            "held": [],
            "unproven": [],
            "unsupported": []
        })
    );
}

#[test]
fn several_databases_give_a_list_and_one_can_be_chosen() {
    let sandbox = library();
    sandbox.write(
        "schema/other.yaml",
        &DATABASE
            .replace("name: library", "name: other")
            .replace("library.db", "other.db"),
    );
    sandbox.write(
        "schema/track.yaml",
        &table("track", &COLUMNS).replace("database: library", "database: other"),
    );
    let run = sandbox.run(&["plan", "-f", "schema", "-o", "json"]).succeeded();
    let reports: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        reports
            .iter()
            .map(|report| report["database"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["library", "other"]
    );
    let run = sandbox
        .run(&["plan", "-f", "schema", "-o", "json", "--database", "other"])
        .succeeded();
    assert_eq!(
        serde_json::from_str::<Value>(&run.stdout).unwrap()["database"],
        "other"
    );
    sandbox
        .run(&["plan", "-f", "schema", "-o", "sql"])
        .failed(2, &["library, other", "--database NAME"]);
    sandbox
        .run(&["plan", "-f", "schema", "--database-url", "sqlite:x.db"])
        .failed(2, &["belong to 2 databases: library, other", "--database NAME"]);
    sandbox
        .run(&["plan", "-f", "schema", "--database", "third"])
        .failed(1, &["`third`", "library, other"]);
}

#[tokio::test]
async fn a_script_goes_to_a_file_and_runs_as_it_is() {
    let sandbox = library();
    sandbox
        .run(&["plan", "-f", "schema", "-o", "sql", "-w", "plan.sql"])
        .succeeded();
    let script = sandbox.read("plan.sql");
    assert!(
        script.contains("\nBEGIN;\n") && script.ends_with("COMMIT;\n"),
        "{script}"
    );
    testkit::sqlite_execute(&sandbox.path("library.db"), &script).await;
    sandbox.run(&["plan", "-f", "schema", "--exit-code"]).succeeded();
}

#[test]
fn tables_come_from_standard_input_and_lists_too() {
    let sandbox = Sandbox::new();
    let item = table("book", &COLUMNS).replace('\n', "\n  ");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", item.trim_end());
    let run = sandbox
        .run_with(&["plan", "-f", "-", "--database-url", "sqlite:x.db"], &list)
        .succeeded();
    assert!(run.stdout.contains("create table `book`"), "{}", run.stdout);
}

#[test]
fn the_url_comes_from_a_flag_before_a_file_before_the_environment() {
    let sandbox = library();
    sandbox.write("url", "sqlite:file.db\n");
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command();
        command
            .env("CHANCERY_DATABASE_URL", "sqlite:environment.db")
            .args(["plan", "-f", "schema"])
            .args(arguments);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run(&[]).contains("environment.db"));
    assert!(run(&["--database-url-file", "url"]).contains("file.db"));
    assert!(run(&["--database-url", "sqlite:flag.db"]).contains("flag.db"));
}

#[test]
fn other_kinds_are_passed_over_and_schemaheros_own_with_a_warning() {
    let sandbox = library();
    sandbox.write(
        "schema/other.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\nreplicas: 3\n",
    );
    sandbox.write(
        "schema/view.yaml",
        "apiVersion: schemas.schemahero.io/v1alpha4\nkind: View\nmetadata: {name: v}\nspec: {database: library, name: v}\n",
    );
    let run = sandbox.run(&["plan", "-f", "schema"]).succeeded();
    assert!(
        run.stderr.contains("passed over 3 documents of other kinds"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("schema/view.yaml, document 1 (line 1): objects of the kind `View`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_namespace_fills_what_names_none_and_refuses_another() {
    let sandbox = library();
    let run = sandbox
        .run(&["plan", "-f", "schema", "-n", "reading"])
        .succeeded();
    assert!(
        run.stdout.starts_with("Database reading/library: "),
        "{}",
        run.stdout
    );
    let named =
        table("book", &COLUMNS).replace("  name: book\nspec", "  name: book\n  namespace: writing\nspec");
    sandbox.write("schema/book.yaml", &named);
    sandbox
        .run(&["plan", "-f", "schema", "-n", "reading"])
        .failed(1, &["schema/book.yaml", "`writing`", "`reading`"]);
    // The Database names none, so it is another one.
    sandbox
        .run(&["plan", "-f", "schema"])
        .failed(1, &["there is no Database `writing/library`"]);
}
