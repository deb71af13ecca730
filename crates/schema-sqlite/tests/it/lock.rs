//! One migrator a database.

use std::time::Duration;

use schema::engine::{SessionError, Timeouts};

use crate::database::Database;

const SHORT: Duration = Duration::from_millis(60);

#[tokio::test]
async fn a_second_session_waits_and_is_refused_by_name() {
    let database = Database::new();
    let (mut first, mut second) = (database.session().await, database.session().await);
    first.lock(SHORT).await.expect("the lock");
    let error = second.lock(SHORT).await.expect_err("it is taken");
    assert!(
        matches!(&error, SessionError::LockTimeout { waited_ms, holder: Some(_), .. } if *waited_ms >= 60),
        "{error}"
    );
    assert!(error.is_transient());
    first.unlock().await.expect("unlocking");
    second.lock(SHORT).await.expect("it is free again");
}

#[tokio::test]
async fn a_session_that_ends_gives_the_lock_back_and_leaves_nothing() {
    let database = Database::new();
    let mut first = database.session().await;
    first.lock(SHORT).await.expect("the lock");
    first.open_journal().await.expect("a journal");
    first.begin().await.expect("a transaction");
    first
        .execute("CREATE TABLE t (id)", Timeouts::default(), "creating t")
        .await
        .expect("a table");
    drop(first);
    let mut second = database.session().await;
    second.lock(Duration::from_secs(5)).await.expect("the lock");
    assert_eq!(second.journal().await.expect("reading"), None);
    second.unlock().await.expect("unlocking");
    assert_eq!(
        database.rows("SELECT quote(count(*)) FROM sqlite_schema").await,
        ["0"]
    );
}

#[tokio::test]
async fn the_proof_fails_when_another_run_came_in_between() {
    let database = Database::new();
    let (mut first, mut second) = (database.session().await, database.session().await);
    first.lock(SHORT).await.expect("the lock");
    let epoch = first.open_journal().await.expect("a journal").epoch;
    first.prove_lock(epoch).await.expect("it holds");
    first.unlock().await.expect("unlocking");
    assert!(matches!(
        first.prove_lock(epoch).await,
        Err(SessionError::LockLost { .. })
    ));
    second.lock(SHORT).await.expect("the lock");
    second.open_journal().await.expect("a journal");
    second.unlock().await.expect("unlocking");
    first.lock(SHORT).await.expect("the lock");
    let error = first.prove_lock(epoch).await.expect_err("the epoch was raised");
    assert!(
        matches!(&error, SessionError::LockLost { reason } if reason.contains("epoch is 2 and not 1")),
        "{error}"
    );
}

#[tokio::test]
async fn the_lock_holds_across_the_commit_of_the_steps() {
    let database = Database::new();
    let (mut first, mut second) = (database.session().await, database.session().await);
    first.lock(SHORT).await.expect("the lock");
    let epoch = first.open_journal().await.expect("a journal").epoch;
    first.begin().await.expect("a transaction");
    first
        .execute("CREATE TABLE t (id)", Timeouts::default(), "creating t")
        .await
        .expect("a table");
    first
        .prove_lock(epoch)
        .await
        .expect("it holds in the transaction");
    first.commit().await.expect("a commit");
    first.prove_lock(epoch).await.expect("it holds after the commit");
    assert!(second.lock(SHORT).await.is_err());
    assert_eq!(
        database
            .rows("SELECT name FROM sqlite_schema WHERE name = 't'")
            .await,
        ["t"],
        "others see the steps"
    );
}

#[tokio::test]
async fn a_step_that_is_rolled_back_leaves_the_lock_and_the_journal() {
    let database = Database::new();
    let mut session = database.session().await;
    session.lock(SHORT).await.expect("the lock");
    let epoch = session.open_journal().await.expect("a journal").epoch;
    session.begin().await.expect("a transaction");
    session
        .execute("CREATE TABLE t (id)", Timeouts::default(), "creating t")
        .await
        .expect("a table");
    let error = session
        .execute("CREATE TABLE t (id)", Timeouts::default(), "creating t again")
        .await;
    assert!(
        matches!(&error, Err(SessionError::Statement { doing, transient: false, .. }) if doing == "creating t again")
    );
    session.rollback().await.expect("rolling back");
    session.prove_lock(epoch).await.expect("it still holds");
    session.unlock().await.expect("unlocking");
    assert_eq!(
        database
            .rows("SELECT name FROM sqlite_schema WHERE name = 't'")
            .await,
        [""; 0]
    );
    assert_eq!(
        session
            .journal()
            .await
            .expect("a journal")
            .map(|journal| journal.epoch),
        Some(epoch)
    );
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    let database = Database::new();
    let mut session = database.session().await;
    session.lock(SHORT).await.expect("the lock");
    session.begin().await.expect("a transaction");
    let endless = "CREATE TABLE t AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n";
    let timeouts = Timeouts {
        lock_ms: 0,
        statement_ms: 50,
    };
    let error = session
        .execute(endless, timeouts, "counting")
        .await
        .expect_err("it never ends");
    assert!(
        error.to_string().contains("longer than 50 ms") && error.is_transient(),
        "{error}"
    );
    session.rollback().await.expect("rolling back");
    session.unlock().await.expect("unlocking");
}

#[tokio::test]
async fn a_reader_is_not_locked_out_while_steps_run() {
    let database = Database::new();
    database
        .run("CREATE TABLE t (id); INSERT INTO t VALUES (1)")
        .await;
    let mut session = database.session().await;
    session.lock(SHORT).await.expect("the lock");
    session.begin().await.expect("a transaction");
    session
        .execute("ALTER TABLE t ADD COLUMN more", Timeouts::default(), "adding")
        .await
        .expect("a column");
    assert_eq!(database.rows("SELECT quote(id) FROM t").await, ["1"]);
    session.commit().await.expect("a commit");
    session.unlock().await.expect("unlocking");
}
