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

async fn run_once(session: &mut dyn Session) {
    assert_eq!(session.journal().await.unwrap(), None, "reading makes nothing");
    session.lock(Duration::ZERO).await.unwrap();
    let journal = session.open_journal().await.unwrap();
    assert_eq!((journal.epoch, journal.last_run), (1, 0));
    let record = RunRecord {
        hash: "h".into(),
        approved_by: "someone".into(),
        ..RunRecord::default()
    };
    let run = session.add_run(&record, &[step(1), step(2)]).await.unwrap();
    assert_eq!(run, 1);
    let mut first = step(1);
    session.begin().await.unwrap();
    first.state = StepState::Done;
    session.set_step(run, &first).await.unwrap();
    session.rollback().await.unwrap();
    assert_eq!(
        session.run_steps(run).await.unwrap(),
        [step(1), step(2)],
        "a step is done only with its transaction"
    );
    session.begin().await.unwrap();
    session.set_step(run, &first).await.unwrap();
    session.commit().await.unwrap();
    let failed = StepRecord {
        state: StepState::Failed,
        error: Some("why".into()),
        ..step(2)
    };
    session.set_step(run, &failed).await.unwrap();
    session.end_run(run, Some("why")).await.unwrap();
    assert_eq!(session.run_steps(run).await.unwrap(), [first, failed]);
    let journal = session.journal().await.unwrap().unwrap();
    assert_eq!(journal.last_run, 1);
    assert_eq!(
        journal.last,
        Some(RunRecord {
            ended: true,
            error: Some("why".into()),
            ..record
        })
    );
    assert!(matches!(
        session.set_step(9, &step(1)).await,
        Err(SessionError::Journal { .. })
    ));
}

#[tokio::test]
async fn a_run_is_written_and_read_in_a_schema_of_its_own() {
    let mut fixture = Fixture::new().await;
    run_once(&mut *fixture.session).await;
    fixture.sql("SELECT * FROM _chancery.step").await;
}

#[tokio::test]
async fn a_role_that_may_make_no_schema_gets_tables_in_the_default_schema() {
    let fixture = Fixture::new().await;
    let name = fixture.database.name().to_owned();
    let mut superuser = connect(&fixture.database.superuser_url()).await.unwrap();
    for sql in [
        format!("ALTER DATABASE \"{name}\" OWNER TO postgres"),
        format!("GRANT CREATE, USAGE ON SCHEMA public TO \"{name}\""),
    ] {
        superuser
            .execute(&sql, schema::engine::Timeouts::default(), "taking rights away")
            .await
            .unwrap();
    }
    let mut session = connect(&fixture.database.url()).await.unwrap();
    run_once(&mut *session).await;
    fixture.sql("SELECT * FROM public._chancery_step").await;
    drop(session);
    let mut again = connect(&fixture.database.url()).await.unwrap();
    assert_eq!(again.journal().await.unwrap().unwrap().last_run, 1);
}

#[tokio::test]
async fn a_journal_of_a_newer_format_is_refused() {
    let mut fixture = Fixture::new().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    fixture.session.open_journal().await.unwrap();
    fixture.sql("UPDATE _chancery.format SET version = 99").await;
    let error = fixture.session.journal().await.unwrap_err();
    assert!(
        matches!(error, SessionError::Journal { .. }) && error.to_string().contains("99"),
        "{error}"
    );
    assert!(fixture.session.open_journal().await.is_err());
}

/// A journal as the first version of Chancery made it.
async fn of_format_1() -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.session.lock(Duration::ZERO).await.unwrap();
    fixture.session.open_journal().await.unwrap();
    fixture.session.unlock().await.unwrap();
    fixture
        .sql("ALTER TABLE _chancery.owner DROP COLUMN server; UPDATE _chancery.format SET version = 1")
        .await;
    fixture
}

#[tokio::test]
async fn a_journal_of_format_1_is_read_as_it_is_and_brought_to_this_format_when_it_is_opened() {
    let fixture = of_format_1().await;
    let version = "SELECT version::text FROM _chancery.format";
    let mut session = connect(&fixture.database.url()).await.unwrap();
    let journal = session.journal().await.unwrap().unwrap();
    assert_eq!((journal.epoch, journal.owner, journal.server), (1, None, None));
    assert_eq!(fixture.database.texts(version).await, ["1"]);
    session.lock(Duration::ZERO).await.unwrap();
    assert_eq!(session.open_journal().await.unwrap().epoch, 2);
    assert_eq!(fixture.database.texts(version).await, ["2"]);
    assert_eq!(session.open_journal().await.unwrap().epoch, 3);
}

#[tokio::test]
async fn the_owner_is_recorded_with_the_identity_of_the_server() {
    let mut fixture = Fixture::new().await;
    let identity = fixture.session.facts().identity.clone().unwrap();
    fixture.session.lock(Duration::ZERO).await.unwrap();
    fixture.session.open_journal().await.unwrap();
    for name in ["first", "second"] {
        let owner = Owner {
            cluster: "c".into(),
            namespace: "n".into(),
            name: name.into(),
        };
        fixture.session.claim(&owner).await.unwrap();
        let journal = fixture.session.journal().await.unwrap().unwrap();
        assert_eq!(
            (journal.owner, journal.server),
            (Some(owner), Some(identity.clone()))
        );
    }
    let other = Fixture::new().await;
    assert_ne!(
        other.session.facts().identity,
        Some(identity),
        "another database of the same server is another one"
    );
}

#[tokio::test]
async fn a_run_is_found_by_its_hash() {
    let mut fixture = Fixture::new().await;
    assert_eq!(
        fixture.session.run_of("h").await.unwrap(),
        None,
        "there is no journal"
    );
    fixture.session.lock(Duration::ZERO).await.unwrap();
    fixture.session.open_journal().await.unwrap();
    for hash in ["h", "i", "h"] {
        let record = RunRecord {
            hash: hash.into(),
            ..RunRecord::default()
        };
        fixture.session.add_run(&record, &[]).await.unwrap();
    }
    fixture.session.end_run(3, None).await.unwrap();
    let (number, record) = fixture.session.run_of("h").await.unwrap().unwrap();
    assert_eq!((number, record.ended), (3, true));
    assert_eq!(fixture.session.run_of("j").await.unwrap(), None);
}
