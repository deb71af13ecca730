//! Whose migrations a database's are, and on which server.

use migrate::{ApplyError, ApplyOptions, Ownership};
use schema::journal::Owner;

use crate::apply::{apply, apply_with, options, server};
use crate::fake::{FakeSession, table};

fn owner(name: &str) -> Owner {
    Owner {
        cluster: "c".into(),
        namespace: "shop".into(),
        name: name.into(),
    }
}

fn owned(name: &str) -> ApplyOptions {
    ApplyOptions {
        owner: Some(owner(name)),
        ..options()
    }
}

fn session_on(server: &std::sync::Arc<std::sync::Mutex<crate::fake::Server>>, identity: &str) -> FakeSession {
    let mut session = FakeSession::new(server);
    session.facts.identity = Some(identity.to_owned());
    session
}

#[tokio::test]
async fn the_first_run_records_its_owner_and_another_is_refused_before_any_statement() {
    let server = server();
    let first = [table("a", &["id"])];
    apply_with(&mut session_on(&server, "s1"), &first, &owned("mine"), &mut ())
        .await
        .unwrap();
    let journal = server.lock().unwrap().journal.clone().unwrap();
    assert_eq!(
        (journal.owner, journal.server),
        (Some(owner("mine")), Some("s1".into()))
    );
    let more = [table("a", &["id"]), table("b", &["id"])];
    let error = apply_with(&mut session_on(&server, "s1"), &more, &owned("other"), &mut ())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the migrations of memory are those of the Database shop/mine of cluster c"
    );
    assert_eq!((error.reason(), error.is_transient()), ("OtherOwner", false));
    assert_eq!(server.lock().unwrap().log.len(), 1);
    assert!(!server.lock().unwrap().locked);
    apply_with(&mut session_on(&server, "s1"), &more, &owned("mine"), &mut ())
        .await
        .unwrap();
}

#[tokio::test]
async fn with_nothing_to_run_nobody_is_recorded() {
    let server = server();
    apply_with(&mut FakeSession::new(&server), &[], &owned("mine"), &mut ())
        .await
        .unwrap();
    assert!(server.lock().unwrap().journal.is_none());
}

#[tokio::test]
async fn a_person_may_take_over_and_that_is_recorded_with_nothing_to_run_too() {
    let server = server();
    let specs = [table("a", &["id"])];
    apply_with(&mut FakeSession::new(&server), &specs, &owned("mine"), &mut ())
        .await
        .unwrap();
    let options = ApplyOptions {
        take_over: true,
        ..owned("other")
    };
    let applied = apply_with(&mut FakeSession::new(&server), &specs, &options, &mut ())
        .await
        .unwrap();
    assert_eq!(applied.run, None);
    let ownership = migrate::ownership(&mut FakeSession::new(&server), &owner("other")).await;
    assert_eq!(ownership.unwrap(), Ownership::Ours);
}

#[tokio::test]
async fn another_server_than_the_recorded_one_is_refused_until_someone_takes_over() {
    let server = server();
    let specs = [table("a", &["id"])];
    apply_with(&mut session_on(&server, "s1"), &specs, &owned("mine"), &mut ())
        .await
        .unwrap();
    let more = [table("a", &["id"]), table("b", &["id"])];
    let error = apply_with(&mut session_on(&server, "s2"), &more, &owned("mine"), &mut ())
        .await
        .unwrap_err();
    assert!(matches!(&error, ApplyError::WrongServer { .. }), "{error}");
    assert!(
        error.to_string().contains("it was s1, and this one is s2"),
        "{error}"
    );
    assert_eq!(server.lock().unwrap().log.len(), 1);
    let options = ApplyOptions {
        take_over: true,
        ..owned("mine")
    };
    apply_with(&mut session_on(&server, "s2"), &more, &options, &mut ())
        .await
        .unwrap();
    assert_eq!(
        server.lock().unwrap().journal.clone().unwrap().server.as_deref(),
        Some("s2")
    );
}

#[tokio::test]
async fn a_person_without_a_cluster_may_run_and_can_be_told_whose_it_is() {
    let server = server();
    apply_with(
        &mut FakeSession::new(&server),
        &[table("a", &["id"])],
        &owned("mine"),
        &mut (),
    )
    .await
    .unwrap();
    let applied = apply(
        &mut FakeSession::new(&server),
        &[table("a", &["id"]), table("b", &["id"])],
    )
    .await
    .unwrap();
    assert_eq!(applied.planned.owner, Some(owner("mine")));
    assert_eq!(
        server.lock().unwrap().journal.clone().unwrap().owner,
        Some(owner("mine"))
    );
}

#[tokio::test]
async fn a_standby_is_no_server_for_an_owner_even_with_nothing_to_run() {
    let mut session = FakeSession::new(&server());
    session.facts.read_only = true;
    let error = apply_with(&mut session, &[], &owned("mine"), &mut ())
        .await
        .unwrap_err();
    assert_eq!(error.reason(), "ReadOnly");
}
