//! The migration lock, locks that others hold, and who watches.

use std::time::Duration;

use schema::engine::{Session, SessionError, Timeouts};
use schema::ir::TableName;
use serde_json::json;
use sqlx::Executor as _;
use sqlx::mysql::MySqlConnection;
use testkit::MysqlDatabase;

use crate::driver::{Fixture, connect, table};

#[tokio::test]
async fn one_session_has_the_lock_and_another_is_told_who() {
    for mut fixture in Fixture::both().await {
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
            holder.contains("connection ") && holder.contains(fixture.database.name()),
            "{error}"
        );
        assert!(matches!(
            other.prove_lock(0).await,
            Err(SessionError::LockLost { .. })
        ));
        // Taken twice, it is given back at once.
        fixture.session.lock(Duration::ZERO).await.unwrap();
        fixture.session.unlock().await.unwrap();
        other.lock(Duration::from_secs(5)).await.unwrap();
    }
}

#[tokio::test]
async fn databases_of_one_server_have_locks_of_their_own() {
    let mut one = Fixture::mysql().await;
    let mut two = Fixture::mysql().await;
    one.session.lock(Duration::ZERO).await.unwrap();
    two.session.lock(Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_session_that_was_killed_has_lost_the_lock() {
    for mut fixture in Fixture::both().await {
        fixture.session.lock(Duration::ZERO).await.unwrap();
        let journal = fixture.session.open_journal().await.unwrap();
        fixture.session.prove_lock(journal.epoch).await.unwrap();
        kill_sessions(&fixture.database).await;
        let error = fixture.session.prove_lock(journal.epoch).await.unwrap_err();
        assert!(
            matches!(error, SessionError::LockLost { .. }) && error.is_transient(),
            "{error:?}"
        );
        let mut next = connect(&fixture.database.url()).await.unwrap();
        next.lock(Duration::from_secs(5)).await.unwrap();
        assert_eq!(next.open_journal().await.unwrap().epoch, journal.epoch + 1);
    }
}

async fn kill_sessions(database: &MysqlDatabase) {
    let mut superuser = database.connect_as_superuser().await;
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT CAST(ID AS SIGNED) FROM information_schema.PROCESSLIST WHERE USER = ?")
            .bind(database.name())
            .fetch_all(&mut superuser)
            .await
            .unwrap();
    for id in ids {
        database.execute_as_superuser(&format!("KILL {id}")).await;
    }
}

#[tokio::test]
async fn a_raised_epoch_is_a_lost_lock() {
    for mut fixture in Fixture::both().await {
        fixture.session.lock(Duration::ZERO).await.unwrap();
        let journal = fixture.session.open_journal().await.unwrap();
        fixture.sql("UPDATE _chancery_owner SET epoch = epoch + 1").await;
        let error = fixture.session.prove_lock(journal.epoch).await.unwrap_err();
        assert!(matches!(error, SessionError::LockLost { .. }), "{error:?}");
    }
}

/// Returns a table, and a session that reads it in a transaction that it leaves open.
async fn held(fixture: &mut Fixture) -> MySqlConnection {
    fixture
        .apply(&[table("t", json!({"columns": [{"name": "a", "type": "int"}]}))])
        .await;
    let mut reader = fixture.database.connect().await;
    reader.execute(sqlx::raw_sql("START TRANSACTION")).await.unwrap();
    reader.execute("SELECT * FROM t").await.unwrap();
    reader
}

const ADD: &str = "ALTER TABLE `t` ADD COLUMN b int";

#[tokio::test]
async fn a_statement_that_waits_for_a_table_ends_after_its_time_and_changes_nothing() {
    for mut fixture in Fixture::both().await {
        let reader = held(&mut fixture).await;
        let timeouts = Timeouts {
            lock_ms: 1_000,
            statement_ms: 10_000,
        };
        let error = fixture
            .session
            .execute(ADD, timeouts, "adding column b")
            .await
            .unwrap_err();
        assert!(
            matches!(error, SessionError::LockTimeout { waited_ms: 1_000, .. }) && error.is_transient(),
            "{error:?}"
        );
        // The session is as good as before.
        assert_eq!(fixture.inspect("t").await.unwrap().columns.len(), 1);
        drop(reader);
    }
}

#[tokio::test]
async fn on_mysql_who_may_look_is_told_who_holds_the_table() {
    let mut fixture = Fixture::mysql().await;
    let name = fixture.database.name().to_owned();
    for view in ["metadata_locks", "threads"] {
        fixture
            .database
            .execute_as_superuser(&format!(
                "GRANT SELECT ON performance_schema.{view} TO '{name}'@'%'"
            ))
            .await;
    }
    let reader = held(&mut fixture).await;
    let timeouts = Timeouts {
        lock_ms: 1_000,
        statement_ms: 10_000,
    };
    let error = fixture
        .session
        .execute(ADD, timeouts, "adding column b")
        .await
        .unwrap_err();
    let SessionError::LockTimeout {
        holder: Some(holder), ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(
        holder.contains(&format!("user `{name}`")) && holder.contains("idle for"),
        "{error}"
    );
    drop(reader);
}

#[tokio::test]
async fn a_watcher_sees_that_the_session_waits_and_cancels_its_statement() {
    for mut fixture in Fixture::both().await {
        let reader = held(&mut fixture).await;
        let mut watcher = fixture.session.watcher().await.unwrap().unwrap();
        assert_eq!(watcher.blockers().await.unwrap(), Vec::<String>::new());
        let timeouts = Timeouts {
            lock_ms: 60_000,
            statement_ms: 60_000,
        };
        let waiting = fixture.session.execute(ADD, timeouts, "adding column b");
        let watching = async {
            testkit::eventually("the statement waits", async || {
                !watcher.blockers().await.unwrap().is_empty()
            })
            .await;
            watcher.cancel().await.unwrap();
            watcher.close().await.unwrap();
        };
        let (outcome, ()) = tokio::join!(waiting, watching);
        let error = outcome.unwrap_err();
        assert!(
            error.is_transient() && error.to_string().contains("1317"),
            "{error:?}"
        );
        drop(reader);
        assert_eq!(fixture.inspect("t").await.unwrap().columns.len(), 1);
    }
}

#[tokio::test]
async fn a_watcher_cancels_nothing_once_its_session_is_gone() {
    for fixture in Fixture::both().await {
        let mut watcher = fixture.session.watcher().await.unwrap().unwrap();
        let session: Box<dyn Session> = fixture.session;
        session.close().await.unwrap();
        watcher.cancel().await.unwrap();
        assert!(watcher.blockers().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn on_mariadb_a_table_that_someone_makes_is_waited_for_and_never_read_as_empty() {
    let mut fixture = Fixture::mariadb().await;
    let mut maker = fixture.database.connect().await;
    let making = maker.execute("CREATE TABLE slow (b int) AS SELECT SLEEP(60) AS a");
    let reading = async {
        testkit::eventually("the table is being made", async || {
            let state = fixture
                .database
                .texts("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep' AND DB = DATABASE()")
                .await;
            state == ["1"]
        })
        .await;
        fixture.session.inspect(&[TableName::unqualified("slow")]).await
    };
    let outcome = tokio::select! {
        made = making => panic!("{made:?}"),
        read = reading => read,
    };
    let error = outcome.unwrap_err();
    assert!(
        matches!(error, SessionError::LockTimeout { waited_ms: 5_000, .. }),
        "{error:?}"
    );
}
