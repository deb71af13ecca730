//! Files that are there, missing, or no database.

use std::time::Duration;

use schema::engine::{SessionError, Timeouts};
use schema::ir::TableName;
use schema_sqlite::Target;

use crate::database::Database;

async fn refusal(text: &str) -> String {
    let target: Target = text.parse().expect("a target");
    schema_sqlite::connect(&target)
        .await
        .err()
        .expect("a refusal")
        .to_string()
}

#[tokio::test]
async fn a_missing_file_reads_as_empty_and_is_made_by_the_lock_only() {
    let database = Database::new();
    let mut session = database.session().await;
    assert_eq!(
        session
            .inspect(&[TableName::unqualified("users")])
            .await
            .expect("empty")
            .tables
            .len(),
        0
    );
    assert_eq!(session.journal().await.expect("no journal"), None);
    assert!(!database.path().exists(), "reading makes nothing");
    session.lock(Duration::from_secs(1)).await.expect("the lock");
    assert!(database.path().exists());
    session.unlock().await.expect("unlocking");
    session.close().await.expect("closing");
}

#[tokio::test]
async fn nothing_is_applied_to_a_database_in_memory() {
    let target: Target = ":memory:".parse().expect("a target");
    let mut session = schema_sqlite::connect(&target).await.expect("a session");
    let error = session
        .lock(Duration::from_secs(1))
        .await
        .expect_err("nothing would stay")
        .to_string();
    assert!(error.contains("name a file"), "{error}");
    assert!(session.begin().await.is_err());
}

#[tokio::test]
async fn a_path_that_is_no_database_is_named() {
    let database = Database::new();
    let folder = database.path().parent().expect("a folder").to_path_buf();
    std::fs::write(
        folder.join("text.db"),
        "this is no database, but it is long enough to have a header ".repeat(20),
    )
    .expect("a file");
    for (name, expected) in [
        ("text.db", "not a database"),
        ("missing/app.db", "does not exist; make it first"),
        ("", "it is a folder"),
        ("gone.db?mode=rw", "says that it must"),
    ] {
        let text = format!("sqlite:{}/{name}", folder.display());
        let error = refusal(&text).await;
        assert!(
            error.contains(expected) && error.contains(&folder.display().to_string()),
            "{name}: {error}"
        );
    }
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_planned_and_not_applied() {
    let database = Database::new();
    database.run("CREATE TABLE t (id)").await;
    let target: Target = format!("file:{}?mode=ro", database.path().display())
        .parse()
        .expect("a target");
    let mut session = schema_sqlite::connect(&target).await.expect("a session");
    assert!(session.facts().read_only);
    assert_eq!(
        session
            .inspect(&[TableName::unqualified("t")])
            .await
            .expect("a catalog")
            .tables
            .len(),
        1
    );
    session
        .lock(Duration::from_secs(1))
        .await
        .expect("nothing to do is no error");
    let error = session.open_journal().await.expect_err("read-only");
    assert!(
        matches!(error, SessionError::Statement { transient: false, .. }),
        "{error}"
    );
    let error = session
        .execute("DROP TABLE t", Timeouts::default(), "dropping t")
        .await
        .expect_err("read-only");
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_file_in_wal_mode_works_too() {
    let database = Database::new();
    database
        .run("PRAGMA journal_mode = WAL; CREATE TABLE t (id)")
        .await;
    let yaml = "spec: {database: app, name: t, schema: {sqlite: {columns: [{name: id, type: text}]}}}";
    database.apply(yaml, &schema::plan::Policy::allow_all()).await;
    assert_eq!(
        database
            .rows("SELECT journal_mode FROM pragma_journal_mode")
            .await,
        ["wal"]
    );
}
