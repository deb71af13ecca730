//! Runs that the server refuses, and what they say.

use std::time::Duration;

use migrate::{ApplyOptions, DatabaseUrl};
use schema::declared::TableSpec;
use schema::plan::Policy;

use crate::cases::chain;
use crate::database::{TestDatabase, options, specs};

fn book(extra: &str) -> Vec<TableSpec> {
    specs(&format!(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {{name: id, type: integer}}\n{extra}"
    ))
}

#[tokio::test]
async fn a_wrong_password_is_not_shown() {
    let TestDatabase::Postgres(postgres) = TestDatabase::postgres().await else {
        panic!("only on Postgres")
    };
    let url = DatabaseUrl::parse(&postgres.url_for(postgres.name(), "tulip-canary")).expect("a URL");
    let error = migrate::connect(&url).await.err().expect("the password is wrong");
    let text = chain(&error);
    assert!(
        !text.contains("tulip-canary") && text.contains("127.0.0.1"),
        "{text}"
    );
}

#[tokio::test]
async fn a_lock_of_someone_else_is_waited_for_and_its_holder_named() {
    let database = TestDatabase::postgres().await;
    database
        .apply(&book(""))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let TestDatabase::Postgres(postgres) = &database else {
        panic!("only on Postgres")
    };
    // A transaction that has read the table holds a lock on it until it ends.
    let (_, mut reader) = database.connect().await;
    reader.begin().await.expect("a transaction");
    let none = schema::engine::Timeouts::default();
    reader
        .execute("LOCK TABLE book IN ACCESS SHARE MODE", none, "reading")
        .await
        .expect("the lock");
    let options = ApplyOptions {
        retry_for: Duration::from_millis(500),
        ..options()
    };
    let wider = book("        - {name: title, type: text}\n");
    let error = database
        .apply_with(&wider, &Policy::default(), &options)
        .await
        .expect_err("it is locked");
    assert!(error.is_timeout(), "{}", chain(&error));
    let pid = postgres
        .texts("SELECT pid::text FROM pg_locks WHERE relation = 'book'::regclass AND granted AND mode = 'AccessShareLock'")
        .await;
    assert!(
        chain(&error).contains(&pid[0]),
        "{} names not {pid:?}",
        chain(&error)
    );
    reader.rollback().await.expect("the transaction ends");
    database
        .apply(&wider)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
}

#[tokio::test]
async fn a_role_that_may_not_write_is_told_so() {
    let database = TestDatabase::postgres().await;
    database
        .execute("ALTER ROLE current_user SET default_transaction_read_only = on")
        .await;
    let error = database
        .apply(&book(""))
        .await
        .expect_err("nothing can be written");
    assert!(chain(&error).contains("takes no writes"), "{}", chain(&error));
}
