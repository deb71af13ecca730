//! The second connection: who is in the way, and cancelling.

use schema::engine::{SessionError, Timeouts, Watcher};
use sqlx::{Executor as _, PgConnection};
use testkit::PostgresDatabase;

use crate::driver::Fixture;

/// Someone who has written to the table `t` in a transaction that is still open.
async fn writer(database: &PostgresDatabase) -> PgConnection {
    let mut writer = database.connect().await;
    let begin = "SET application_name = 'report'; BEGIN; INSERT INTO t VALUES (length('canary'))";
    writer.execute(begin).await.unwrap();
    writer
}

/// Asks until someone is in the way.
async fn blockers(watcher: &mut dyn Watcher) -> Vec<String> {
    testkit::eventually("someone is in the way", async || {
        let blockers = watcher.blockers().await.unwrap();
        (!blockers.is_empty()).then_some(blockers)
    })
    .await
}

async fn cancelled(sql: &str) -> String {
    let mut fixture = Fixture::new().await;
    fixture.sql("CREATE TABLE t (a int)").await;
    let _writer = writer(&fixture.database).await;
    let mut watcher = fixture.session.watcher().await.unwrap().unwrap();
    assert!(watcher.blockers().await.unwrap().is_empty());
    let name = fixture.database.name().to_owned();
    let mut running = fixture.session.execute(sql, Timeouts::default(), "changing t");
    let words = tokio::select! {
        result = &mut running => unreachable!("it waits for the other, and gave {result:?}"),
        words = blockers(watcher.as_mut()) => words,
    };
    assert_eq!(words.len(), 1, "{words:?}");
    let words = &words[0];
    assert!(
        words.starts_with("pid ") && words.contains(&format!("role `{name}`")),
        "{words}"
    );
    assert!(
        words.contains("application `report`")
            && words.contains("idle in transaction for less than a minute"),
        "{words}"
    );
    assert!(!words.contains("canary"), "{words}");
    watcher.cancel().await.unwrap();
    let error = running.await.unwrap_err();
    assert!(
        matches!(&error, SessionError::Statement { transient: true, .. }),
        "{error}"
    );
    watcher.close().await.unwrap();
    // The session is as good as before.
    fixture
        .session
        .execute("SELECT 1", Timeouts::default(), "asking")
        .await
        .unwrap();
    error.to_string()
}

#[tokio::test]
async fn a_statement_that_waits_for_a_table_is_seen_and_cancelled() {
    let error = cancelled("ALTER TABLE \"public\".\"t\" ADD COLUMN b int").await;
    assert!(error.contains("changing t"), "{error}");
}

/// It waits for the end of a transaction and not for a lock on a table.
#[tokio::test]
async fn a_concurrent_build_names_the_transaction_that_it_waits_for() {
    cancelled("CREATE INDEX CONCURRENTLY i ON \"public\".\"t\" (a)").await;
}

#[tokio::test]
async fn a_role_that_may_not_see_others_still_names_them() {
    let mut fixture = Fixture::new().await;
    fixture.sql("CREATE TABLE t (a int)").await;
    let superuser = fixture.database.superuser_url();
    let mut other = <PgConnection as sqlx::Connection>::connect(&superuser)
        .await
        .unwrap();
    other.execute("BEGIN; LOCK TABLE t").await.unwrap();
    let mut watcher = fixture.session.watcher().await.unwrap().unwrap();
    let mut running = fixture
        .session
        .execute("TABLE t", Timeouts::default(), "reading t");
    let words = tokio::select! {
        result = &mut running => unreachable!("it waits for the other, and gave {result:?}"),
        words = blockers(watcher.as_mut()) => words,
    };
    assert!(
        words[0].contains("role `postgres`") && !words[0].contains("transaction"),
        "{words:?}"
    );
    other.execute("ROLLBACK").await.unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn the_watcher_leaves_no_session_behind_however_it_ends() {
    let fixture = Fixture::new().await;
    let mine = "SELECT count(*)::text FROM pg_stat_activity \
                 WHERE application_name = 'chancery-watch' AND datname = current_database()";
    let watcher = fixture.session.watcher().await.unwrap().unwrap();
    assert_eq!(fixture.database.texts(mine).await, ["1"]);
    watcher.close().await.unwrap();
    drop(fixture.session.watcher().await.unwrap());
    testkit::eventually("no session of a watcher is left", async || {
        fixture.database.texts(mine).await == ["0"]
    })
    .await;
}
