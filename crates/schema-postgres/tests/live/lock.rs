//! The migration lock, and locks that others hold.

use std::time::Duration;

use schema::engine::{SessionError, Timeouts};
use schema::ir::TableName;
use serde_json::json;
use sqlx::Executor as _;

use crate::driver::{Fixture, connect, table};

#[tokio::test]
async fn one_session_has_the_lock_and_another_is_told_who() {
    let mut fixture = Fixture::new().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    let mut other = connect(&fixture.database.url()).await.unwrap();
    let error = other.lock(Duration::from_millis(300)).await.unwrap_err();
    let SessionError::LockTimeout {
        waited_ms,
        holder: Some(holder),
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(*waited_ms >= 300, "{error}");
    assert!(
        holder.contains("application `chancery`") && holder.contains("pid "),
        "{error}"
    );
    assert!(matches!(
        other.prove_lock(0).await,
        Err(SessionError::LockLost { .. })
    ));
    fixture.session.unlock().await.unwrap();
    other.lock(Duration::from_secs(5)).await.unwrap();
}

#[tokio::test]
async fn a_session_whose_backend_was_ended_has_lost_the_lock() {
    let mut fixture = Fixture::new().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    let journal = fixture.session.open_journal().await.unwrap();
    fixture.session.prove_lock(journal.epoch).await.unwrap();
    fixture
        .sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name = 'chancery' AND datname = current_database()",
        )
        .await;
    let error = fixture.session.prove_lock(journal.epoch).await.unwrap_err();
    assert!(
        matches!(error, SessionError::LockLost { .. }) && error.is_transient(),
        "{error:?}"
    );
    let mut next = connect(&fixture.database.url()).await.unwrap();
    next.lock(Duration::from_secs(5)).await.unwrap();
    assert_eq!(next.open_journal().await.unwrap().epoch, journal.epoch + 1);
}

#[tokio::test]
async fn a_raised_epoch_is_a_lost_lock() {
    let mut fixture = Fixture::new().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    let journal = fixture.session.open_journal().await.unwrap();
    fixture.sql("UPDATE _chancery.owner SET epoch = epoch + 1").await;
    let error = fixture.session.prove_lock(journal.epoch).await.unwrap_err();
    assert!(matches!(error, SessionError::LockLost { .. }), "{error:?}");
}

#[tokio::test]
async fn a_statement_that_waits_for_a_table_names_who_holds_it() {
    let mut fixture = Fixture::new().await;
    fixture
        .apply(&[table("t", json!({"columns": [{"name": "a", "type": "int"}]}))])
        .await;
    let mut reader = fixture.database.connect().await;
    reader
        .execute("SET application_name = 'a long report'")
        .await
        .unwrap();
    reader.execute("BEGIN").await.unwrap();
    reader.execute("SELECT * FROM t").await.unwrap();
    for in_transaction in [false, true] {
        if in_transaction {
            fixture.session.begin().await.unwrap();
        }
        let timeouts = Timeouts {
            lock_ms: 100,
            statement_ms: 10_000,
        };
        let sql = "ALTER TABLE \"public\".\"t\" ADD COLUMN b int";
        let error = fixture
            .session
            .execute(sql, timeouts, "adding column b")
            .await
            .unwrap_err();
        assert!(
            error.is_transient() && error.to_string().contains("a long report"),
            "{error}"
        );
        fixture.session.rollback().await.unwrap();
    }
    // The session is as good as before.
    assert_eq!(fixture.inspect("t").await.unwrap().columns.len(), 1);
}

#[tokio::test]
async fn the_catalog_is_read_as_of_the_transaction_of_a_step() {
    let mut fixture = Fixture::new().await;
    fixture.session.begin().await.unwrap();
    let create = "CREATE TABLE public.t (a int)";
    fixture
        .session
        .execute(create, Timeouts::default(), "making t")
        .await
        .unwrap();
    assert!(fixture.inspect("t").await.is_some());
    fixture.session.rollback().await.unwrap();
    assert!(fixture.inspect("t").await.is_none());
}

#[tokio::test]
async fn reading_a_table_that_someone_holds_names_the_session() {
    let mut fixture = Fixture::new().await;
    fixture.sql("CREATE TABLE held (a int DEFAULT 1)").await;
    let mut other = fixture.database.connect().await;
    other
        .execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let name = TableName::new("public", "held");
    let error = fixture
        .session
        .inspect(std::slice::from_ref(&name))
        .await
        .unwrap_err();
    let SessionError::LockTimeout {
        holder: Some(holder), ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(holder.contains("in a transaction for"), "{error}");
    other.execute("ROLLBACK").await.unwrap();
    assert!(fixture.inspect("held").await.is_some());
}
