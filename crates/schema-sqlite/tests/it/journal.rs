//! The journal in the file.

use std::time::Duration;

use schema::engine::SessionError;
use schema::journal::{Owner, RunRecord, StepRecord, StepState};

use crate::database::Database;

fn step(number: u32, state: StepState) -> StepRecord {
    StepRecord {
        number,
        sql_sha: format!("sha{number}"),
        state,
        error: None,
    }
}

fn run(hash: &str) -> RunRecord {
    RunRecord {
        hash: hash.into(),
        approved_by: "ann".into(),
        ..RunRecord::default()
    }
}

#[tokio::test]
async fn runs_and_steps_are_read_back_as_they_were_written() {
    let database = Database::new();
    let mut session = database.session().await;
    session.lock(Duration::from_secs(1)).await.expect("the lock");
    let journal = session.open_journal().await.expect("a journal");
    assert_eq!(
        (journal.epoch, journal.last_run, journal.last, journal.owner),
        (1, 0, None, None)
    );
    let steps = [step(1, StepState::Planned), step(2, StepState::Planned)];
    assert_eq!(session.add_run(&run("first"), &steps).await.expect("a run"), 1);
    session.begin().await.expect("a transaction");
    session
        .set_step(1, &step(1, StepState::Done))
        .await
        .expect("a step");
    session.commit().await.expect("a commit");
    session.begin().await.expect("a transaction");
    session
        .set_step(1, &step(2, StepState::Done))
        .await
        .expect("a step");
    session.rollback().await.expect("rolling back");
    let failed = StepRecord {
        error: Some("it broke".into()),
        ..step(2, StepState::Failed)
    };
    session.set_step(1, &failed).await.expect("a step");
    session.end_run(1, Some("it broke")).await.expect("the end");
    assert_eq!(session.add_run(&run("second"), &[]).await.expect("a run"), 2);
    session.unlock().await.expect("unlocking");
    session.close().await.expect("closing");

    let mut session = database.session().await;
    assert_eq!(
        session.run_steps(1).await.expect("steps"),
        [step(1, StepState::Done), failed]
    );
    let journal = session.journal().await.expect("reading").expect("a journal");
    assert_eq!((journal.last_run, journal.last), (2, Some(run("second"))));
    session.end_run(2, None).await.expect("the end, without the lock");
    let journal = session.journal().await.expect("reading").expect("a journal");
    assert_eq!(
        journal.last,
        Some(RunRecord {
            ended: true,
            ..run("second")
        })
    );
    assert!(
        session.set_step(2, &step(9, StepState::Done)).await.is_err(),
        "there is no such step"
    );
}

#[tokio::test]
async fn each_opening_raises_the_epoch() {
    let database = Database::new();
    for epoch in 1..4 {
        let mut session = database.session().await;
        session.lock(Duration::from_secs(1)).await.expect("the lock");
        assert_eq!(session.open_journal().await.expect("a journal").epoch, epoch);
        session.unlock().await.expect("unlocking");
        session.close().await.expect("closing");
    }
}

#[tokio::test]
async fn a_newer_or_a_foreign_journal_is_refused_and_left_alone() {
    for (sql, expected) in [
        (
            "CREATE TABLE _chancery_format (version INTEGER); INSERT INTO _chancery_format VALUES (99)",
            "format 99",
        ),
        (
            "CREATE TABLE _chancery_format (version INTEGER)",
            "no format in it",
        ),
    ] {
        let database = Database::new();
        database.run(sql).await;
        let mut session = database.session().await;
        for result in [
            session.journal().await.map(drop),
            session.open_journal().await.map(drop),
        ] {
            let error = result.expect_err(sql);
            assert!(
                matches!(&error, SessionError::Journal { reason } if reason.contains(expected)),
                "{error}"
            );
        }
        assert_eq!(
            database.rows("SELECT quote(count(*)) FROM sqlite_schema").await,
            ["1"]
        );
    }
}

#[tokio::test]
async fn a_journal_of_format_1_is_read_as_it_is_and_brought_to_this_format_when_it_is_opened() {
    let database = Database::new();
    let mut session = database.session().await;
    session.lock(Duration::from_secs(1)).await.expect("the lock");
    session.open_journal().await.expect("a journal");
    session.unlock().await.expect("unlocking");
    session.close().await.expect("closing");
    database
        .run("ALTER TABLE _chancery_owner DROP COLUMN server; UPDATE _chancery_format SET version = 1")
        .await;
    let version = "SELECT quote(version) FROM _chancery_format";
    let mut session = database.session().await;
    assert_eq!(
        session
            .journal()
            .await
            .expect("reading")
            .expect("a journal")
            .epoch,
        1
    );
    assert_eq!(database.rows(version).await, ["1"]);
    session.lock(Duration::from_secs(1)).await.expect("the lock");
    for epoch in [2, 3] {
        assert_eq!(session.open_journal().await.expect("a journal").epoch, epoch);
    }
    let owner = Owner {
        cluster: "c".into(),
        namespace: "n".into(),
        name: "d".into(),
    };
    session.claim(&owner).await.expect("claiming");
    session.add_run(&run("h"), &[]).await.expect("a run");
    assert_eq!(session.run_of("h").await.expect("reading"), Some((1, run("h"))));
    assert_eq!(session.run_of("i").await.expect("reading"), None);
    session.unlock().await.expect("unlocking");
    session.close().await.expect("closing");
    assert_eq!(database.rows(version).await, ["2"]);
    let mut session = database.session().await;
    let journal = session.journal().await.expect("reading").expect("a journal");
    assert_eq!((journal.owner, journal.server), (Some(owner), None));
}
