//! Connections: what they pin, what goes through them, and what they say when there is none.

use schema::engine::{SessionError, Timeouts};
use schema::plan::Policy;
use schema_mysql::Target;
use serde_json::json;

use crate::driver::{Fixture, connect, table};

async fn refused(url: &str) -> String {
    let error = connect(url).await.err().unwrap();
    assert!(matches!(error, SessionError::Connect { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
    text
}

#[tokio::test]
async fn each_refusal_says_what_to_look_at_and_never_the_password() {
    for fixture in Fixture::both().await {
        let name = fixture.database.name().to_owned();
        let text = refused(&fixture.database.url_for(&name, "canary")).await;
        assert!(
            text.contains(&format!("the password of user `{name}` is wrong")),
            "{text}"
        );
        let in_another = |url: String| {
            url.rsplit_once('/')
                .map(|(server, _)| format!("{server}/no_such_database"))
        };
        let text = refused(&in_another(fixture.database.url()).unwrap()).await;
        assert!(
            text.contains("no rights on database `no_such_database`"),
            "{text}"
        );
        let text = refused(&in_another(fixture.database.superuser_url()).unwrap()).await;
        assert!(text.contains("there is no database `no_such_database`"), "{text}");
    }
    let port = testkit::free_port();
    let text = refused(&format!("mysql://u:canary@127.0.0.1:{port}/d?connect-timeout=5")).await;
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
}

#[tokio::test]
async fn any_password_works_percent_encoded_and_as_it_is_in_a_dsn() {
    for fixture in Fixture::both().await {
        let user = format!("{}_odd", fixture.database.name());
        let name = fixture.database.name();
        let password = "p@ss/w:rd?#%&= ü\"(\\)";
        let literal = password.replace('\\', "\\\\");
        fixture
            .database
            .execute_as_superuser(&format!(
                "CREATE USER '{user}'@'%' IDENTIFIED BY '{literal}'; GRANT SELECT ON `{name}`.* TO '{user}'@'%'"
            ))
            .await;
        let url = fixture
            .database
            .url_for(&user, "p%40ss%2Fw%3Ard%3F%23%25%26%3D%20%C3%BC%22%28%5C%29");
        let by_url = connect(&url).await.map(|_| ());
        let address = url.rsplit('@').next().unwrap();
        let (server, database) = address.split_once('/').unwrap();
        let dsn = format!("{user}:{password}@tcp({server})/{database}?tls=false&parseTime=true");
        let by_dsn = connect(&dsn).await.map(|_| ());
        fixture
            .database
            .execute_as_superuser(&format!("DROP USER '{user}'@'%'"))
            .await;
        by_url.unwrap();
        by_dsn.unwrap();
    }
}

/// Servers of their own, whose settings no other test sees.
async fn private() -> [testkit::PrivateMysql; 2] {
    [testkit::private_mysql().await, testkit::private_mariadb().await]
}

#[tokio::test]
async fn settings_of_the_server_do_not_change_what_texts_mean() {
    for server in private().await {
        let declared = [table(
            "t",
            json!({"columns": [
                {"name": "a", "type": "varchar(20)", "default": "a\\'b"},
                {"name": "b", "type": "int", "default": "1 || 0"},
                {"name": "c", "type": "timestamp", "default": "2026-01-02 03:04:05"},
                {"name": "d", "type": "timestamp", "constraints": {"notNull": true}, "default": "now()"}]}),
        )];
        let mut fixture = Fixture::of(server.database().await).await;
        fixture.apply(&declared).await;
        fixture
            .database
            .execute_as_superuser(
                "SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES';
                 SET GLOBAL time_zone = '+05:00'; SET GLOBAL explicit_defaults_for_timestamp = 0",
            )
            .await;
        fixture.session = connect(&fixture.database.url()).await.unwrap();
        let plan = fixture.plan(&declared, &Policy::allow_all()).await;
        assert!(plan.is_empty(), "{:#?}", plan.steps);
        // MariaDB lets everyone set how such a column is read, MySQL does not.
        let bare =
            json!({"columns": [{"name": "ts", "type": "timestamp", "constraints": {"notNull": true}}]});
        if fixture.is_mariadb() {
            fixture.apply(&[table("u", bare)]).await;
        } else {
            let errors = fixture
                .try_plan(&[table("u", bare)], &Policy::allow_all())
                .await
                .unwrap_err();
            assert!(
                errors[0].problem.contains("explicit_defaults_for_timestamp"),
                "{errors:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_says_so_and_can_be_planned_for() {
    for server in private().await {
        let mut fixture = Fixture::of(server.database().await).await;
        fixture
            .sql("CREATE TABLE t (a int DEFAULT (1 + 1)) COLLATE utf8mb4_bin")
            .await;
        assert!(!fixture.session.facts().read_only);
        fixture
            .database
            .execute_as_superuser("SET GLOBAL read_only = 1")
            .await;
        fixture.session = connect(&fixture.database.url()).await.unwrap();
        assert!(fixture.session.facts().read_only);
        let declared = json!({"columns": [{"name": "a", "type": "int", "default": "2 - 1"}]});
        let plan = fixture.plan(&[table("t", declared)], &Policy::allow_all()).await;
        assert_eq!((plan.steps.len(), plan.unproven.len()), (1, 0));
    }
}

#[tokio::test]
async fn a_second_statement_in_a_text_is_refused_by_the_server() {
    for mut fixture in Fixture::both().await {
        fixture.sql("CREATE TABLE t (a int)").await;
        let two = "ALTER TABLE t ADD COLUMN b int; DROP TABLE t";
        let error = fixture
            .session
            .execute(two, Timeouts::default(), "two statements")
            .await
            .unwrap_err();
        assert!(!error.is_transient(), "{error:?}");
        assert_eq!(fixture.inspect("t").await.unwrap().columns.len(), 1);
    }
}

#[tokio::test]
async fn no_declared_default_ends_a_statement_or_comments_one_away() {
    for mut fixture in Fixture::both().await {
        fixture.sql("CREATE TABLE victim (a int)").await;
        for default in [
            "0); DROP TABLE victim; --",
            "0 COMMENT 'x'",
            "0, b int",
            "1 /* ",
            "0 */ DROP",
            "(SELECT COUNT(*) FROM victim)",
            "0 GENERATED ALWAYS",
            "'a' 'b' ON UPDATE now()",
            "?",
            "@a := 1",
        ] {
            let declared = json!({"columns": [{"name": "a", "type": "int", "default": default}]});
            let outcome = fixture
                .try_plan(&[table("t", declared)], &Policy::allow_all())
                .await;
            assert!(outcome.is_err(), "{default}: {outcome:?}");
        }
        assert!(fixture.inspect("victim").await.is_some());
    }
}

#[tokio::test]
async fn a_value_of_a_row_is_in_no_error() {
    for mut fixture in Fixture::both().await {
        fixture
            .sql(
                "CREATE TABLE t (a varchar(20), b varchar(20), c varchar(30));
                 INSERT INTO t VALUES ('canary', 'canary', 'canary-longer'), ('canary', 'canary2', 'x')",
            )
            .await;
        for sql in [
            "ALTER TABLE t ADD UNIQUE KEY k (a)",
            "ALTER TABLE t MODIFY b int",
            "ALTER TABLE t MODIFY c varchar(3)",
            "ALTER TABLE t MODIFY b date",
            "ALTER TABLE t MODIFY b json",
            "ALTER TABLE t MODIFY b enum('x')",
            "ALTER TABLE t MODIFY b decimal(3,1)",
        ] {
            let error = fixture
                .session
                .execute(sql, Timeouts::default(), "altering t")
                .await
                .unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("canary"), "{sql}: {text}");
        }
        let error = fixture
            .session
            .execute(
                "ALTER TABLE t ADD UNIQUE KEY k (a)",
                Timeouts::default(),
                "adding k",
            )
            .await
            .unwrap_err();
        assert!(error.to_string().contains("unique key"), "{error}");
    }
}

#[tokio::test]
async fn encryption_is_as_far_as_the_url_says() {
    let database = testkit::mariadb().await;
    let tls = &testkit::servers().database_tls;
    let [ca, certificate, key] = [&tls.ca, &tls.client_certificate, &tls.client_key];
    let name = database.name().to_owned();
    let with = |parameters: &str| format!("{}?{parameters}", database.url());
    let ca = ca.display();
    for works in [
        "ssl-mode=disabled".to_owned(),
        "ssl-mode=preferred".to_owned(),
        "ssl-mode=required".to_owned(),
        format!("ssl-mode=verify_ca&ssl-ca={ca}"),
        format!("sslmode=verify-full&ssl_ca={ca}"),
    ] {
        connect(&with(&works)).await.unwrap();
    }
    // Without the private authority no one vouches for the server.
    let text = refused(&with("ssl-mode=verify_identity")).await;
    assert!(text.contains("certificate"), "{text}");
    database.require_client_certificate().await;
    let both = format!(
        "ssl-mode=verify_ca&ssl-ca={ca}&ssl-cert={}&ssl-key={}",
        certificate.display(),
        key.display()
    );
    connect(&with(&both)).await.unwrap();
    let text = refused(&with(&format!("ssl-mode=verify_ca&ssl-ca={ca}"))).await;
    assert!(text.contains(&format!("user `{name}`")), "{text}");
    let target: Target = database.url().parse().unwrap();
    let read = |path: &std::path::Path| std::fs::read(path).unwrap();
    let target = target
        .with_ca(&read(&tls.ca))
        .with_client_certificate(&read(certificate), &read(key));
    schema_mysql::connect(&target).await.unwrap();
}

#[tokio::test]
async fn mysql_without_tls_is_refused_where_tls_is_asked_for() {
    let fixture = Fixture::mysql().await;
    let text = refused(&format!("{}?ssl-mode=required", fixture.database.url())).await;
    assert!(text.contains("TLS"), "{text}");
}
