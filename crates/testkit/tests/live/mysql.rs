use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions, Connection, Executor};
use testkit::{MysqlDatabase, eventually};

async fn both() -> [MysqlDatabase; 2] {
    [testkit::mysql().await, testkit::mariadb().await]
}

#[tokio::test]
async fn databases_are_empty_and_share_no_table() {
    for (one, two) in [
        (testkit::mysql().await, testkit::mysql().await),
        (testkit::mariadb().await, testkit::mariadb().await),
    ] {
        one.execute("CREATE TABLE account (id int); CREATE TABLE invoice (id int)")
            .await;
        let count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = database()";
        assert_eq!(one.texts(count).await, ["2"]);
        assert_eq!(two.texts(count).await, ["0"]);
    }
}

#[tokio::test]
async fn statements_run_one_by_one_up_to_the_first_that_fails() {
    for database in both().await {
        database
            .refused("CREATE TABLE one (id int); CREATE TABLE one (id int); CREATE TABLE two (id int)")
            .await;
        assert_eq!(database.texts("SHOW TABLES").await, ["one"]);
    }
}

#[tokio::test]
async fn the_servers_are_the_two_flavours_in_their_default_modes() {
    let [mysql, mariadb] = both().await;
    assert_eq!(mysql.texts("SELECT version()").await, ["8.0.15"]);
    let version = mariadb.texts("SELECT version()").await.concat();
    assert!(version.contains("-MariaDB"), "{version}");
    for database in [mysql, mariadb] {
        let change = "SELECT @@session.sql_mode = @@global.sql_mode";
        assert_eq!(database.texts(change).await, ["1"]);
    }
}

#[tokio::test]
async fn texts_are_as_the_server_writes_them() {
    for database in both().await {
        database.execute("CREATE TABLE account (id int)").await;
        let statement = database.texts("SHOW CREATE TABLE account").await.concat();
        assert!(statement.starts_with("CREATE TABLE `account`"), "{statement}");
        let values = "SELECT NULL UNION ALL SELECT 1.50 UNION ALL SELECT 'é'";
        assert_eq!(database.texts(values).await, ["NULL", "1.50", "é"]);
    }
}

#[tokio::test]
async fn the_owner_has_no_rights_elsewhere() {
    for (database, other) in [
        (testkit::mysql().await, testkit::mysql().await),
        (testkit::mariadb().await, testkit::mariadb().await),
    ] {
        database
            .refused(&format!("CREATE TABLE `{}`.account (id int)", other.name()))
            .await;
        database.refused("SELECT * FROM mysql.user").await;
        database.refused("CREATE DATABASE `elsewhere`").await;
    }
}

#[tokio::test]
async fn the_superuser_url_leads_to_the_same_database() {
    for database in both().await {
        let mut superuser = MySqlConnection::connect(&database.superuser_url()).await.unwrap();
        let name: String = sqlx::query_scalar("SELECT database()")
            .fetch_one(&mut superuser)
            .await
            .unwrap();
        assert_eq!(name, database.name());
        superuser.execute("SELECT 1 FROM mysql.user").await.unwrap();
    }
}

#[tokio::test]
async fn a_user_needs_its_password() {
    for database in both().await {
        let url = database.url_for(database.name(), "wrong");
        let error = MySqlConnection::connect(&url).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "28000");
    }
}

#[tokio::test]
async fn a_dropped_database_goes_with_its_sessions_and_its_user() {
    for (database, other) in [
        (testkit::mysql().await, testkit::mysql().await),
        (testkit::mariadb().await, testkit::mariadb().await),
    ] {
        database
            .execute("CREATE TABLE account (id int) ENGINE = InnoDB")
            .await;
        let (name, mut session) = (database.name().to_owned(), database.connect().await);
        // An open transaction holds the table's metadata lock, which DROP DATABASE waits for.
        session.execute("BEGIN").await.unwrap();
        session.execute("SELECT * FROM account").await.unwrap();
        drop(database);
        assert!(session.execute("SELECT 1").await.is_err());
        let mut other = MySqlConnection::connect(&other.superuser_url()).await.unwrap();
        eventually("the database and the user are gone", async || {
            let left = "SELECT (SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?) \
                + (SELECT count(*) FROM mysql.user WHERE user = ?)";
            sqlx::query_scalar::<_, i64>(left)
                .bind(&name)
                .bind(&name)
                .fetch_one(&mut other)
                .await
                .unwrap()
                == 0
        })
        .await;
    }
}

/// Returns whether the owner gets in with these options.
async fn gets_in(options: MySqlConnectOptions) -> bool {
    options.connect().await.is_ok()
}

#[tokio::test]
async fn mariadb_offers_tls_for_its_address_from_the_testkits_authority() {
    let database = testkit::mariadb().await;
    let options: MySqlConnectOptions = database.url().parse().unwrap();
    let tls = &testkit::servers().database_tls;
    let checked = |mode| options.clone().ssl_mode(mode).ssl_ca(&tls.ca);
    assert!(gets_in(checked(MySqlSslMode::VerifyIdentity)).await);
    let name = checked(MySqlSslMode::VerifyIdentity).host("localhost");
    assert!(!gets_in(name).await, "the certificate is for the address alone");
    let authority = options
        .clone()
        .ssl_mode(MySqlSslMode::VerifyCa)
        .ssl_ca_from_pem(testkit::servers().kubernetes.ca.clone().into_bytes());
    assert!(
        !gets_in(authority).await,
        "another authority's certificate will do"
    );
}

#[tokio::test]
async fn a_client_certificate_can_be_required_of_mariadbs_owner() {
    let database = testkit::mariadb().await;
    database.require_client_certificate().await;
    let options: MySqlConnectOptions = database.url().parse().unwrap();
    let tls = &testkit::servers().database_tls;
    let options = options.ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca(&tls.ca);
    assert!(!gets_in(options.clone()).await);
    let with_certificate = options
        .ssl_client_cert(&tls.client_certificate)
        .ssl_client_key(&tls.client_key);
    assert!(gets_in(with_certificate).await);
}
