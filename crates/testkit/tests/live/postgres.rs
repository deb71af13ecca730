use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection, Executor, Row};
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

#[tokio::test]
async fn tls_is_offered_for_the_address_from_the_testkits_authority() {
    let database = testkit::postgres().await;
    let tls = &testkit::servers().database_tls;
    let options: PgConnectOptions = database.url().parse().unwrap();
    let checked = options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(&tls.ca);
    checked.connect().await.unwrap();
    let name = checked.clone().host("localhost");
    assert!(
        name.connect().await.is_err(),
        "the certificate is for the address alone"
    );
    let authority = checked.ssl_root_cert_from_pem(testkit::servers().kubernetes.ca.clone().into_bytes());
    assert!(
        authority.connect().await.is_err(),
        "another authority's certificate will do"
    );
}

#[tokio::test]
async fn a_client_certificate_can_be_required_of_the_owner() {
    let database = testkit::postgres().await;
    database.require_client_certificate().await;
    let tls = &testkit::servers().database_tls;
    let options: PgConnectOptions = database.url().parse().unwrap();
    assert!(options.connect().await.is_err(), "it gets in without TLS");
    let checked = options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(&tls.ca);
    assert!(
        checked.connect().await.is_err(),
        "it gets in without a certificate"
    );
    let with_certificate = checked
        .ssl_client_cert(&tls.client_certificate)
        .ssl_client_key(&tls.client_key);
    with_certificate.connect().await.unwrap();
}
