//! What holds once a controller that follows a killed one is done.

use api::migration::Phase;
use kube::ResourceExt;
use testkit::eventually;

use super::life::Approved;
use crate::schema::world::{World, phase_of};

/// Checks what the statuses say of the time before the next controller: what is called done is done (D5).
pub(super) async fn told_between(world: &World) {
    let executed = world
        .migrations()
        .await
        .iter()
        .any(|migration| phase_of(migration) == Some(Phase::Executed));
    if executed {
        let runs = world.runs().await;
        assert!(
            runs.len() == 1 && runs[0].ends_with(" ok"),
            "false success: {runs:?}"
        );
    }
}

/// Waits until the Database and its Tables are as declared, and checks that the plan was run once, and as approved.
pub(super) async fn told_at_the_end(world: &World, approved: Approved) {
    world.database("Synced").await;
    for table in ["book", "shelf"] {
        world.table(table, "Synced").await;
    }
    let executed = world.migration(Phase::Executed).await;
    let all = world.migrations().await;
    let names: Vec<String> = all.iter().map(ResourceExt::name_any).collect();
    assert_eq!(names, [executed.name_any()], "there was one plan");
    // D1: one run, of the plan that was approved.
    let plan = executed.spec.plan.as_ref().unwrap();
    assert_eq!(world.runs().await, [format!("{} ok", plan.hash)]);
    let by = world
        .postgres
        .texts("SELECT approved_by FROM _chancery.run")
        .await
        .concat();
    assert_eq!(by == "immediateDeploy", approved == Approved::ByPolicy, "{by}");
    // D2: each statement took effect once.
    let recorded = world.postgres.recorded_ddl().await;
    for sql in plan.steps.iter().flat_map(|step| &step.sql) {
        let times = recorded.iter().filter(|recorded| *recorded == sql).count();
        assert_eq!(times, 1, "how often `{sql}` took effect");
    }
    let states = world
        .postgres
        .texts("SELECT DISTINCT state FROM _chancery.step")
        .await;
    assert_eq!(states, ["done"]);
    // D5, in the database itself.
    assert_eq!(world.columns("book").await, ["id", "title", "isbn"]);
    let rows = "SELECT count(*)::text || ' ' || min(title) || ' ' || max(title) FROM book";
    assert_eq!(world.postgres.texts(rows).await, ["100 title 1 title 99"]);
    nothing_is_left(world).await;
}

/// D7: no index is INVALID, no check of ours stays, and no session.
async fn nothing_is_left(world: &World) {
    let leftovers = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid \
                     UNION ALL SELECT conname::text FROM pg_constraint WHERE NOT convalidated OR conname LIKE 'chancery%'";
    assert_eq!(world.postgres.texts(leftovers).await, Vec::<String>::new());
    let sessions = "SELECT application_name || ' ' || state FROM pg_stat_activity \
                     WHERE datname = current_database() AND application_name LIKE 'chancery%'";
    eventually("no session of a controller is left", async || {
        let left = world.postgres.texts(sessions).await;
        if left.is_empty() {
            Ok(())
        } else {
            Err(left.join(", "))
        }
    })
    .await;
}
