//! What changed the schema, and sessions that are in the way.

use testkit::eventually;

#[tokio::test]
async fn what_was_rolled_back_is_not_recorded() {
    let database = testkit::postgres().await;
    database.record_ddl().await;
    database.execute("CREATE TABLE a (id integer)").await;
    database
        .execute("BEGIN; CREATE TABLE b (id integer); ROLLBACK")
        .await;
    let index = "CREATE INDEX CONCURRENTLY by_id ON a (id)";
    database.execute(index).await;
    assert_eq!(
        database.recorded_ddl().await,
        ["CREATE TABLE a (id integer)", index]
    );
}

#[tokio::test]
async fn an_open_session_keeps_its_locks_until_it_is_dropped() {
    let database = testkit::postgres().await;
    database.execute("CREATE TABLE a (id integer)").await;
    let session = database.open_session("BEGIN; LOCK TABLE a").await;
    let locked = async || {
        database
            .texts("SELECT count(*)::text FROM pg_locks WHERE relation = 'a'::regclass")
            .await
    };
    assert_eq!(locked().await, ["1"]);
    drop(session);
    eventually("the lock is gone", async || locked().await == ["0"]).await;
}
