//! A Database with a plan of steps of several kinds, and the lives of controllers that run it.

use api::migration::Phase;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::schema::world::{World, database, world};

/// How a plan is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approved {
    /// By the Database, once for all.
    ByPolicy,
    /// By a person, who has looked at the plan.
    ByPerson,
}

pub(super) const APPROVALS: [Approved; 2] = [Approved::ByPolicy, Approved::ByPerson];

/// A live table with rows, without a journal beside it.
const LIVE: &str = "CREATE TABLE book (id integer PRIMARY KEY, title varchar(50)); \
    INSERT INTO book SELECT n, 'title ' || n FROM generate_series(1, 100) AS n";

/// Makes the live table, and a world around it.
pub(super) async fn begin() -> World {
    static SERVED: OnceCell<()> = OnceCell::const_new();
    // Many worlds are made here, and the CRDs need to be looked at once.
    SERVED.get_or_init(async || drop(world("crash").await)).await;
    let cluster = testkit::cluster().await;
    let world = World {
        namespace: cluster.namespace("crash").await,
        postgres: testkit::postgres().await,
        cluster,
    };
    world.postgres.record_ddl().await;
    world.postgres.execute(LIVE).await;
    world
}

/// Declares the Database at this address and its Tables.
pub(super) async fn declare(world: &World, url: &str, approved: Approved) {
    let by_policy = approved == Approved::ByPolicy;
    let fields = json!({ "immediateDeploy": by_policy, "batchWindow": "50ms" });
    // The Tables first, so that they are planned together.
    world.apply(table("book", &book())).await;
    world.declare_table("shelf", &[("place", "text")]).await;
    world.apply(database(url, &fields)).await;
}

/// Approves the plan, if a person is to.
pub(super) async fn approve(world: &World, approved: Approved) {
    if approved == Approved::ByPerson {
        let planned = world.migration(Phase::Planned).await;
        world.approve(&planned).await;
    }
}

/// The type gets wider, a column and an index are new.
fn book() -> Value {
    json!({
        "primaryKey": ["id"],
        "indexes": [{ "columns": ["title"], "name": "by_title" }],
        "columns": [
            { "name": "id", "type": "integer" },
            { "name": "title", "type": "varchar(200)" },
            { "name": "isbn", "type": "text" },
        ],
    })
}

fn table(name: &str, postgres: &Value) -> Value {
    json!({
        "apiVersion": "schemas.schemahero.io/v1alpha4",
        "kind": "Table",
        "metadata": { "name": name },
        "spec": { "database": "db", "name": name, "schema": { "postgres": postgres } },
    })
}
