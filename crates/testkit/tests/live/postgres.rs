use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor, Row};
use testkit::eventually;

async fn one_text(connection: &mut PgConnection, sql: &'static str) -> String {
    connection.fetch_one(sql).await.unwrap().get(0)
}

#[tokio::test]
async fn databases_are_empty_and_share_no_table() {
    let (one, two) = (testkit::postgres().await, testkit::postgres().await);
    one.execute("CREATE TABLE account (id int); CREATE TABLE invoice (id int)")
        .await;
    let count = "SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(one_text(&mut one.connect().await, count).await, "2");
    assert_eq!(one_text(&mut two.connect().await, count).await, "0");
}

#[tokio::test]
async fn the_owner_owns_the_database_and_is_no_superuser() {
    let database = testkit::postgres().await;
    let mut owner = database.connect().await;
    let facts = "SELECT rolsuper || ' ' || (datdba = r.oid) || ' ' || current_database() \
        FROM pg_roles r, pg_database WHERE rolname = current_user AND datname = current_database()";
    assert_eq!(
        one_text(&mut owner, facts).await,
        format!("false true {}", database.name())
    );
    let refused = owner
        .execute("COPY (SELECT 1) TO PROGRAM 'true'")
        .await
        .unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn the_superuser_url_leads_to_the_same_database() {
    let database = testkit::postgres().await;
    let mut superuser = PgConnection::connect(&database.superuser_url()).await.unwrap();
    let facts = "SELECT current_setting('is_superuser') || ' ' || current_database()";
    assert_eq!(
        one_text(&mut superuser, facts).await,
        format!("on {}", database.name())
    );
}

#[tokio::test]
async fn a_role_needs_its_password_over_tcp() {
    let database = testkit::postgres().await;
    let error = PgConnection::connect(&database.url_for(database.name(), "wrong"))
        .await
        .unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "28P01");
}

#[tokio::test]
async fn a_dropped_database_goes_with_its_sessions_and_its_role() {
    let (database, other) = (testkit::postgres().await, testkit::postgres().await);
    let (name, mut session) = (database.name().to_owned(), database.connect().await);
    drop(database);
    assert!(session.execute("SELECT 1").await.is_err());
    let mut other = PgConnection::connect(&other.superuser_url()).await.unwrap();
    eventually("the database and the role are gone", async || {
        let left = "SELECT (SELECT count(*) FROM pg_database WHERE datname = $1) \
            + (SELECT count(*) FROM pg_roles WHERE rolname = $1)";
        sqlx::query_scalar::<_, i64>(left)
            .bind(&name)
            .fetch_one(&mut other)
            .await
            .unwrap()
            == 0
    })
    .await;
}
