//! A database that changes between plan and apply.

use migrate::{ApplyError, Event, PlanRequest, Progress, Stop};
use schema::declared::TableSpec;
use schema::plan::Policy;
use tokio::sync::mpsc;

use crate::cases::chain;
use crate::database::{TestDatabase, approving, declared, options, specs};

fn book(columns: &str) -> Vec<TableSpec> {
    specs(&format!(
        "spec:\n  database: app\n  name: book\n  schema:\n    postgres: &table\n      primaryKey: [id]\n      columns:\n        - {{name: id, type: integer}}\n{columns}    sqlite: *table\n"
    ))
}

const TITLE: &str = "        - {name: title, type: text}\n";
const YEAR: &str = "        - {name: title, type: text}\n        - {name: year, type: integer}\n";

/// The plan that was approved is void once the table is another.
async fn check(database: &TestDatabase) {
    database
        .apply(&book(TITLE))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let planned = database
        .plan(&book(YEAR), &Policy::default())
        .await
        .expect("a plan");
    let hash = planned.plan.hash.to_string();
    database.execute("ALTER TABLE book ADD COLUMN year integer").await;
    // What was to be done is done already: there is nothing to approve.
    database
        .apply_with(&book(YEAR), &Policy::default(), &approving(&hash))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    database.execute("ALTER TABLE book DROP COLUMN year").await;
    database.execute("ALTER TABLE book ADD COLUMN isbn text").await;
    let error = database
        .apply_with(&book(YEAR), &Policy::allow_all(), &approving(&hash))
        .await
        .expect_err("the plan is another one");
    assert!(error.awaits_approval(), "{}", chain(&error));
    let columns = database
        .plan(&book(YEAR), &Policy::default())
        .await
        .expect("a plan")
        .live;
    let columns: Vec<_> = columns
        .tables
        .values()
        .flat_map(|table| &table.columns)
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(columns, ["id", "title", "isbn"]);
}

#[tokio::test]
async fn an_approved_plan_is_void_once_a_postgres_table_is_another() {
    check(&TestDatabase::postgres().await).await;
}

#[tokio::test]
async fn an_approved_plan_is_void_once_a_sqlite_table_is_another() {
    check(&TestDatabase::sqlite()).await;
}

/// Tells when a step is done, and waits until the test has done its part.
struct Meddled {
    done: mpsc::UnboundedSender<usize>,
    go_on: std::sync::mpsc::Receiver<()>,
}

impl Progress for Meddled {
    fn event(&mut self, event: Event<'_>) {
        if let Event::StepDone(at) = event {
            self.done.send(at.number).expect("the test listens");
            // Whoever has the thread of the I/O driver must give it on before it waits.
            tokio::task::block_in_place(|| self.go_on.recv()).expect("the test goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_others_in_the_middle_of_a_run_stops_it_and_is_named() {
    let database = TestDatabase::postgres().await;
    database
        .apply(&book(TITLE))
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let indexed = format!(
        "{YEAR}      indexes:\n        - {{columns: [title], name: by_title}}\n        - {{columns: [year], name: by_year}}\n"
    );
    let specs = book(&indexed);
    let (engine, mut session) = database.connect().await;
    let (done, mut steps) = mpsc::unbounded_channel();
    let (go_on, wait) = std::sync::mpsc::channel();
    let run = tokio::spawn(async move {
        let tables = declared(&specs);
        let request = PlanRequest {
            engine,
            tables: &tables,
            policy: &Policy::default(),
        };
        let mut progress = Meddled { done, go_on: wait };
        migrate::apply(
            session.as_mut(),
            request,
            &options(),
            &mut progress,
            &Stop::default(),
        )
        .await
    });
    assert_eq!(steps.recv().await, Some(1));
    database
        .execute("ALTER TABLE book ADD COLUMN meddled integer")
        .await;
    // Later steps need not wait.
    drop(steps);
    go_on.send(()).expect("the run waits");
    let error = run.await.expect("no panic").expect_err("the table is another");
    assert!(
        matches!(
            error,
            ApplyError::Step {
                number: 2,
                done: 1,
                ..
            }
        ),
        "{}",
        chain(&error)
    );
    assert!(
        chain(&error).contains("column public.book.meddled"),
        "{}",
        chain(&error)
    );
}
