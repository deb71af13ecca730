//! Servers that a test kills.

use sqlx::Connection;

const ROWS: &str = "SELECT name FROM fruit";
const TABLE: &str = "CREATE TABLE fruit (name text)";
const APPLE: &str = "INSERT INTO fruit VALUES ('apple')";

#[tokio::test]
async fn a_private_postgres_keeps_what_was_committed_when_it_is_killed() {
    let server = testkit::private_postgres().await;
    let database = server.database().await;
    database.execute(TABLE).await;
    database.execute(APPLE).await;
    let mut session = database.connect().await;
    let address = server.address();
    server.kill();
    session
        .ping()
        .await
        .expect_err("the session ends with the server");
    sqlx::PgConnection::connect(&database.url())
        .await
        .expect_err("nobody listens");
    server.start().await;
    assert_eq!(database.texts(ROWS).await, ["apple"]);
    assert_eq!(server.address(), address);
    server.start().await;
    assert_eq!(
        database.texts(ROWS).await,
        ["apple"],
        "a server that runs is left running"
    );
}

async fn check(server: testkit::PrivateMysql) {
    let database = server.database().await;
    database.execute(TABLE).await;
    database.execute(APPLE).await;
    let mut session = database.connect().await;
    server.kill();
    session
        .ping()
        .await
        .expect_err("the session ends with the server");
    server.start().await;
    assert_eq!(database.texts(ROWS).await, ["apple"]);
}

#[tokio::test]
async fn a_private_mysql_keeps_what_was_committed_when_it_is_killed() {
    check(testkit::private_mysql().await).await;
}

#[tokio::test]
async fn a_private_mariadb_keeps_what_was_committed_when_it_is_killed() {
    check(testkit::private_mariadb().await).await;
}
