use std::sync::mpsc;

use sqlx::{AssertSqlSafe, Connection, Database, Executor, IntoArguments, MySql, Postgres};
use testkit::database_proxy::{DatabaseProxy, Moment, Statement, StatementKind};
use testkit::{MysqlDatabase, PostgresDatabase, database_proxy};

/// What the tests below do to every server.
async fn before(url: &str) -> DatabaseProxy {
    let address = url.rsplit_once('@').unwrap().1.split_once('/').unwrap().0;
    database_proxy(address).await
}

/// Writes a row in a transaction with a prepared statement; an error is the connection's end.
async fn write<D: Database>(url: &str) -> sqlx::Result<()>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
{
    let mut connection = D::Connection::connect(url).await?;
    connection.execute(sqlx::raw_sql("BEGIN")).await?;
    sqlx::query::<D>("INSERT INTO account VALUES (1)")
        .execute(&mut connection)
        .await?;
    connection.execute(sqlx::raw_sql("COMMIT")).await?;
    connection.close().await
}

/// The runs of statements, without what a client says at the beginning of a connection.
fn runs(statements: &[Statement]) -> Vec<String> {
    let mut runs: Vec<String> = statements
        .iter()
        .filter(|statement| statement.kind != StatementKind::Prepare)
        .map(|statement| statement.sql.clone())
        .collect();
    let begin = runs.iter().position(|sql| sql == "BEGIN").unwrap();
    runs.split_off(begin)
}

/// Runs `write` at every boundary and returns, for each, the rows that are there afterwards.
async fn boundaries<D: Database>(url: &str, rows: impl AsyncFn() -> String) -> Vec<(Moment, String, String)>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
{
    let proxy = before(url).await;
    write::<D>(&proxy.url(url)).await.unwrap();
    assert_eq!(rows().await, "1", "the run without a rule did not write its row");
    let clean = proxy.statements();
    let expected = ["BEGIN", "INSERT INTO account VALUES (1)", "COMMIT"];
    assert_eq!(runs(&clean), expected);

    let mut seen = Vec::new();
    for statement in runs(&clean) {
        for moment in [Moment::BeforeSend, Moment::AfterReply] {
            let (told, called) = mpsc::channel();
            let wanted = statement.clone();
            proxy.forget();
            proxy.rule(
                moment,
                move |seen| seen.kind != StatementKind::Prepare && seen.sql == wanted,
                move |seen| told.send(seen.clone()).unwrap(),
            );
            write::<D>(&proxy.url(url)).await.unwrap_err();
            assert!(proxy.has_fired());
            let at = called.try_recv().unwrap();
            assert_eq!(at.sql, statement);
            assert_eq!(at.number, proxy.statements().len());
            seen.push((moment, statement.clone(), rows().await));
        }
    }
    seen
}

/// Only the answer to COMMIT that the client never saw has left a row.
fn check(seen: &[(Moment, String, String)]) {
    let with_another_row: Vec<_> = seen.iter().filter(|(_, _, rows)| rows != "1").collect();
    let commit = (Moment::AfterReply, "COMMIT".to_owned(), "2".to_owned());
    assert_eq!(with_another_row, [&commit]);
    assert_eq!(seen.len(), 6);
}

const TABLE: &str = "CREATE TABLE account (id int)";
const COUNT: &str = "SELECT cast(count(*) AS char(1)) FROM account";

async fn check_mysql(database: MysqlDatabase) {
    database
        .execute("CREATE TABLE account (id int) ENGINE = InnoDB")
        .await;
    let rows = async || database.texts(COUNT).await.concat();
    check(&boundaries::<MySql>(&database.url(), rows).await);
}

#[tokio::test]
async fn a_connection_to_postgres_is_cut_on_either_side_of_any_statement() {
    let database = testkit::postgres().await;
    database.execute(TABLE).await;
    let rows = async || {
        database
            .texts("SELECT count(*)::text FROM account")
            .await
            .concat()
    };
    check(&boundaries::<Postgres>(&database.url(), rows).await);
}

#[tokio::test]
async fn a_connection_to_mysql_is_cut_on_either_side_of_any_statement() {
    check_mysql(testkit::mysql().await).await;
}

#[tokio::test]
async fn a_connection_to_mariadb_is_cut_on_either_side_of_any_statement() {
    check_mysql(testkit::mariadb().await).await;
}

/// Results of any shape pass unchanged, and the proxy knows where each ends: the next statement is seen.
async fn shapes<D: Database>(url: &str, queries: &[&str])
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
{
    let proxy = before(url).await;
    let mut connection = D::Connection::connect(&proxy.url(url)).await.unwrap();
    for query in queries {
        for _ in 0..2 {
            let _ = connection.execute(sqlx::raw_sql(AssertSqlSafe(*query))).await;
            let _ = sqlx::query::<D>(AssertSqlSafe(*query))
                .fetch_all(&mut connection)
                .await;
        }
    }
    proxy.rule(Moment::AfterReply, |seen| seen.sql == "SELECT 7", |_| {});
    connection.execute(sqlx::raw_sql("SELECT 7")).await.err().unwrap();
    let (raw, prepared): (Vec<_>, Vec<_>) = proxy
        .statements()
        .into_iter()
        .filter(|statement| statement.kind != StatementKind::Prepare)
        .filter(|statement| queries.contains(&statement.sql.as_str()))
        .partition(|statement| statement.kind == StatementKind::Query);
    assert_eq!(raw.len(), 2 * queries.len());
    assert!(prepared.len() >= queries.len(), "{prepared:?}");
}

#[tokio::test]
async fn results_of_any_shape_pass() {
    let many = "SELECT table_name, column_name, 1 FROM information_schema.columns";
    let queries = [many, "SELECT 1", "SELECT 1 WHERE 1 = 0", "SELECT no_such_column"];
    let database = testkit::postgres().await;
    shapes::<Postgres>(&database.url(), &queries[..3]).await;
    for database in [testkit::mysql().await, testkit::mariadb().await] {
        shapes::<MySql>(&database.url(), &queries[..2]).await;
    }
}

#[tokio::test]
async fn several_statements_in_one_message_are_one_boundary() {
    for database in [testkit::mysql().await, testkit::mariadb().await] {
        let proxy = before(&database.url()).await;
        let url = proxy.url(&database.url());
        let mut connection = sqlx::MySqlConnection::connect(&url).await.unwrap();
        let both = "CREATE TABLE one (id int); SELECT 1; CREATE TABLE two (id int)";
        proxy.rule(Moment::AfterReply, move |seen| seen.sql == both, |_| {});
        connection.execute(sqlx::raw_sql(both)).await.unwrap_err();
        assert_eq!(database.texts("SHOW TABLES").await, ["one", "two"]);
    }
}

#[tokio::test]
async fn connections_are_told_apart() {
    let database: PostgresDatabase = testkit::postgres().await;
    let proxy = before(&database.url()).await;
    let url = proxy.url(&database.url());
    let mut one = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut two = sqlx::PgConnection::connect(&url).await.unwrap();
    proxy.forget();
    proxy.rule(Moment::BeforeSend, |seen| seen.connection == 2, |_| {});
    one.execute(sqlx::raw_sql("SELECT 1")).await.unwrap();
    two.execute(sqlx::raw_sql("SELECT 2")).await.unwrap_err();
    one.execute(sqlx::raw_sql("SELECT 3")).await.unwrap();
    let seen: Vec<_> = proxy
        .statements()
        .into_iter()
        .map(|statement| (statement.number, statement.connection, statement.sql))
        .collect();
    let expected = [(1, 1, "SELECT 1"), (2, 2, "SELECT 2"), (3, 1, "SELECT 3")];
    assert_eq!(seen, expected.map(|(n, c, sql)| (n, c, sql.to_owned())));
}
