//! The journal in the target.

use std::time::Duration;

use schema::engine::{Session, SessionError};
use schema::journal::{Owner, RunRecord, StepRecord, StepState};

use crate::driver::{Fixture, connect};

fn step(number: u32) -> StepRecord {
    StepRecord {
        number,
        sql_sha: format!("sha{number}"),
        state: StepState::Planned,
        error: None,
    }
}

fn record(hash: &str) -> RunRecord {
    RunRecord {
        hash: hash.into(),
        approved_by: "someone ü".into(),
        ..RunRecord::default()
    }
}

#[tokio::test]
async fn a_run_is_written_and_read_again() {
    for mut fixture in Fixture::both().await {
        let session = &mut fixture.session;
        assert_eq!(session.journal().await.unwrap(), None, "reading makes nothing");
        assert_eq!(session.run_of("h").await.unwrap(), None);
        session.lock(Duration::ZERO).await.unwrap();
        let journal = session.open_journal().await.unwrap();
        assert_eq!((journal.epoch, journal.last_run), (1, 0));
        let run = session.add_run(&record("h"), &[step(1), step(2)]).await.unwrap();
        assert_eq!(run, 1);
        let mut first = step(1);
        first.state = StepState::Started;
        session.set_step(run, &first).await.unwrap();
        first.state = StepState::Done;
        session.set_step(run, &first).await.unwrap();
        // The same again is no error: after a crash it is found done.
        session.set_step(run, &first).await.unwrap();
        let failed = StepRecord {
            state: StepState::Failed,
            error: Some("why".repeat(30_000)),
            ..step(2)
        };
        session.set_step(run, &failed).await.unwrap();
        session.end_run(run, Some("why")).await.unwrap();
        assert_eq!(session.run_steps(run).await.unwrap(), [first, failed]);
        let ended = RunRecord {
            ended: true,
            error: Some("why".into()),
            ..record("h")
        };
        let journal = session.journal().await.unwrap().unwrap();
        assert_eq!((journal.last_run, journal.last), (1, Some(ended.clone())));
        assert!(matches!(
            session.set_step(9, &step(1)).await,
            Err(SessionError::Journal { .. })
        ));
        assert_eq!(session.add_run(&record("other"), &[]).await.unwrap(), 2);
        assert_eq!(session.run_of("h").await.unwrap(), Some((1, ended)));
        assert_eq!(session.run_of("H").await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_owner_is_recorded_with_the_server_s_identity() {
    for mut fixture in Fixture::both().await {
        let identity = fixture.session.facts().identity.clone();
        assert!(
            identity.as_ref().is_some_and(|identity| identity.len() > 20),
            "{identity:?}"
        );
        fixture.session.lock(Duration::ZERO).await.unwrap();
        let journal = fixture.session.open_journal().await.unwrap();
        assert_eq!((journal.owner, journal.server), (None, None));
        let owner = Owner {
            cluster: "c".to_owned(),
            namespace: "n".to_owned(),
            name: "db".to_owned(),
        };
        fixture.session.claim(&owner).await.unwrap();
        let mut again = connect(&fixture.database.url()).await.unwrap();
        let journal = again.journal().await.unwrap().unwrap();
        assert_eq!((journal.owner, journal.server), (Some(owner), identity));
    }
}

#[tokio::test]
async fn a_run_whose_steps_can_t_be_added_is_not_there() {
    for mut fixture in Fixture::both().await {
        fixture.session.lock(Duration::ZERO).await.unwrap();
        fixture.session.open_journal().await.unwrap();
        let twice = [step(1), step(1)];
        assert!(fixture.session.add_run(&record("h"), &twice).await.is_err());
        assert_eq!(fixture.session.journal().await.unwrap().unwrap().last_run, 0);
    }
}

#[tokio::test]
async fn a_journal_that_was_half_made_is_completed() {
    for mut fixture in Fixture::both().await {
        fixture.session.lock(Duration::ZERO).await.unwrap();
        fixture.session.open_journal().await.unwrap();
        fixture
            .sql("DROP TABLE _chancery_run; DELETE FROM _chancery_format")
            .await;
        let mut next: Box<dyn Session> = connect(&fixture.database.url()).await.unwrap();
        assert_eq!(next.journal().await.unwrap(), None);
        fixture.session.unlock().await.unwrap();
        next.lock(Duration::from_secs(5)).await.unwrap();
        let journal = next.open_journal().await.unwrap();
        // The owner's row was there, and its epoch goes on.
        assert_eq!((journal.epoch, journal.last_run), (2, 0));
        assert_eq!(next.add_run(&record("h"), &[step(1)]).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_journal_of_a_newer_format_is_refused() {
    for mut fixture in Fixture::both().await {
        fixture.session.lock(Duration::ZERO).await.unwrap();
        fixture.session.open_journal().await.unwrap();
        fixture.sql("UPDATE _chancery_format SET version = 99").await;
        let mut older = connect(&fixture.database.url()).await.unwrap();
        let error = older.journal().await.unwrap_err();
        assert!(
            matches!(error, SessionError::Journal { .. }) && error.to_string().contains("99"),
            "{error}"
        );
        assert!(older.open_journal().await.is_err());
    }
}
