//! Sessions that are killed in the middle of a run.

use migrate::{Event, PlanRequest, Progress, Stop};
use schema::declared::TableSpec;
use schema::plan::Policy;
use testkit::PostgresDatabase;

use crate::cases::chain;
use crate::database::{TestDatabase, approving, declared, options, specs};

fn tables(indexes: &str) -> Vec<TableSpec> {
    specs(&format!(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {{name: id, type: integer}}\n        - {{name: a, type: text}}\n        - {{name: b, type: text}}\n{indexes}"
    ))
}

const INDEXES: &str =
    "      indexes:\n        - {columns: [a], name: by_a}\n        - {columns: [b], name: by_b}\n";

/// Kills every other session of the database with this application name when a step begins.
struct Killer<'a> {
    database: &'a PostgresDatabase,
    at: usize,
}

impl Progress for Killer<'_> {
    fn event(&mut self, event: Event<'_>) {
        let Event::StepStarted(place) = event else { return };
        if place.number != self.at {
            return;
        }
        let database = self.database;
        let kill = async {
            database
                .execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'chancery%'",
                )
                .await;
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(kill));
    }
}

async fn killed_at(database: &TestDatabase, specs: &[TableSpec], at: usize) -> String {
    let TestDatabase::Postgres(postgres) = database else {
        panic!("only on Postgres")
    };
    let (engine, mut session) = database.connect().await;
    let tables = declared(specs);
    let request = PlanRequest {
        engine,
        tables: &tables,
        policy: &Policy::default(),
    };
    let hash = migrate::plan(session.as_mut(), request)
        .await
        .expect("a plan")
        .plan
        .hash
        .to_string();
    let mut killer = Killer {
        database: postgres,
        at,
    };
    let error = migrate::apply(
        session.as_mut(),
        request,
        &options(),
        &mut killer,
        &Stop::default(),
    )
    .await
    .expect_err("the session was killed");
    assert!(
        chain(&error).contains(&format!("step {at} of")),
        "{}",
        chain(&error)
    );
    hash
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_killed_in_a_transaction_leaves_nothing() {
    let database = TestDatabase::postgres().await;
    let hash = killed_at(&database, &tables(""), 1).await;
    let planned = database
        .plan(&tables(""), &Policy::default())
        .await
        .expect("a plan");
    assert!(planned.live.tables.is_empty());
    assert_eq!(planned.unfinished().map(|run| &run.hash), Some(&hash));
    let applied = database
        .apply_with(&tables(""), &Policy::default(), &approving(&hash))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(applied.resumed);
    assert_eq!(applied.run, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_between_concurrent_builds_is_continued_under_its_approval() {
    let database = TestDatabase::postgres().await;
    database
        .apply(&tables(""))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let hash = killed_at(&database, &tables(INDEXES), 2).await;
    let planned = database
        .plan(&tables(INDEXES), &Policy::default())
        .await
        .expect("a plan");
    assert_eq!(planned.plan.steps.len(), 1);
    let applied = database
        .apply_with(&tables(INDEXES), &Policy::default(), &approving(&hash))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(applied.resumed);
    let planned = database
        .plan(&tables(INDEXES), &Policy::allow_all())
        .await
        .expect("a plan");
    assert!(planned.plan.is_empty());
    assert!(planned.unfinished().is_none());
}

/// A table that refers to another one.
fn referring() -> Vec<TableSpec> {
    specs(
        "spec:\n  database: app\n  name: author\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {name: id, type: integer}\n---\nspec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      foreignKeys:\n        - {columns: [author], references: {table: author, columns: [id]}}\n      columns:\n        - {name: id, type: integer}\n        - {name: author, type: integer}\n",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_after_a_table_is_made_is_done_in_the_words_that_were_approved() {
    let database = TestDatabase::postgres().await;
    database
        .apply(&referring()[..1])
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    // The table is made, and then gets its foreign key to one that others use.
    let hash = killed_at(&database, &referring(), 2).await;
    let applied = database
        .apply_with(&referring(), &Policy::default(), &approving(&hash))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(applied.resumed);
    let [step] = applied.planned.plan.steps.as_slice() else {
        panic!("{:?}", applied.planned.plan.steps)
    };
    assert!(!step.draft.sql[0].contains("NOT VALID"), "{:?}", step.draft.sql);
}

const INVALID: &str = "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid";
const UNIQUE: &str = "      indexes:\n        - {columns: [a], name: by_a, isUnique: true}\n";

/// A table with two rows of which a unique index over `a` can't be built.
async fn with_equal_rows() -> TestDatabase {
    let database = TestDatabase::postgres().await;
    database
        .apply(&tables(""))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    database
        .execute("INSERT INTO book (id, a) VALUES (1, 'x'), (2, 'x')")
        .await;
    database
}

fn on_postgres(database: &TestDatabase) -> &PostgresDatabase {
    let TestDatabase::Postgres(postgres) = database else {
        panic!("only on Postgres")
    };
    postgres
}

#[tokio::test]
async fn a_unique_index_that_cannot_be_built_leaves_nothing_and_shows_no_value() {
    let database = with_equal_rows().await;
    let error = database
        .apply(&tables(UNIQUE))
        .await
        .expect_err("the values are equal");
    assert!(
        !chain(&error).contains("'x'") && !chain(&error).contains("(x)"),
        "a value is shown: {}",
        chain(&error)
    );
    let indexes = "SELECT count(*)::text FROM pg_indexes WHERE indexname = 'by_a'";
    assert_eq!(on_postgres(&database).texts(indexes).await, ["0"]);
    database.execute("DELETE FROM book WHERE id = 2").await;
    database
        .apply(&tables(UNIQUE))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(on_postgres(&database).texts(indexes).await, ["1"]);
}

#[tokio::test]
async fn an_index_of_that_name_on_another_table_is_not_dropped_when_the_build_fails() {
    let database = with_equal_rows().await;
    database
        .execute("CREATE TABLE other (a text); CREATE INDEX by_a ON other (a)")
        .await;
    database
        .apply(&tables(UNIQUE))
        .await
        .expect_err("the name is taken");
    let indexes = "SELECT tablename::text FROM pg_indexes WHERE indexname = 'by_a'";
    assert_eq!(on_postgres(&database).texts(indexes).await, ["other"]);
}

#[tokio::test]
async fn an_invalid_index_that_a_killed_build_left_is_made_anew() {
    let database = with_equal_rows().await;
    // It fails at its end and stays, INVALID, as one does whose session is killed.
    on_postgres(&database)
        .refused("CREATE UNIQUE INDEX CONCURRENTLY by_a ON book (a)")
        .await;
    assert_eq!(on_postgres(&database).texts(INVALID).await, ["1"]);
    database.execute("DELETE FROM book WHERE id = 2").await;
    database
        .apply(&tables(UNIQUE))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(on_postgres(&database).texts(INVALID).await, ["0"]);
}

#[tokio::test]
async fn a_column_with_nulls_that_is_to_refuse_them_is_left_as_it_was() {
    let database = with_equal_rows().await;
    database.execute("INSERT INTO book (id) VALUES (3)").await;
    let strict = specs(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres:\n      primaryKey: [id]\n      columns:\n        - {name: id, type: integer}\n        - {name: a, type: text, constraints: {notNull: true}}\n",
    );
    let error = database
        .apply_with(&strict, &Policy::allow_all(), &options())
        .await
        .expect_err("a row has NULL");
    assert!(chain(&error).contains("check that no row"), "{}", chain(&error));
    let checks =
        "SELECT count(*)::text FROM pg_constraint WHERE contype = 'c' AND conrelid = 'book'::regclass";
    assert_eq!(on_postgres(&database).texts(checks).await, ["0"]);
    database.execute("INSERT INTO book (id) VALUES (4)").await;
}
