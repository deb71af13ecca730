//! Kills at statements.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Mutex;

use testkit::database_proxy::{Moment, Statement, StatementKind};
use testkit::{CrashExtent, DatabaseProxy, database_proxy, eventually};

use super::life::{APPROVALS, Approved, approve, begin, declare};
use super::truth::{told_at_the_end, told_between};
use super::workers;
use crate::schema::world::World;

/// Of how many cases the sample has one.
const SAMPLE: usize = 5;

const MOMENTS: [Moment; 2] = [Moment::BeforeSend, Moment::AfterReply];

/// A statement of a run: its text, and how many of that text came up to it.
type Boundary = (String, usize);

#[test]
fn a_controller_that_is_killed_at_any_statement_is_followed_by_one_that_ends_its_run_once() {
    let clean = Mutex::new(Vec::new());
    workers::run(vec![()], async |()| {
        *clean.lock().unwrap() = self::clean().await;
        true
    });
    let clean = clean.into_inner().unwrap();
    let all: Vec<(Boundary, Moment, Approved)> = clean
        .iter()
        .flat_map(|boundary| MOMENTS.map(|moment| (boundary.clone(), moment)))
        .zip((0..).map(|turn: usize| APPROVALS[(turn / 3) % 2]))
        .map(|((boundary, moment), approved)| (boundary, moment, approved))
        .collect();
    let cases = match CrashExtent::wanted() {
        CrashExtent::Sample { seed } => all.into_iter().skip(seed % SAMPLE).step_by(SAMPLE).collect(),
        CrashExtent::Everything { rounds, .. } => vec![all; rounds].concat(),
    };
    assert!(cases.len() >= 5, "{} cases are too few", cases.len());
    workers::run(cases, async |(boundary, moment, approved)| {
        killed(boundary, moment, approved).await;
        true
    });
}

/// Lets a controller run the plan, and returns the statements that a run consists of: with the lock, the journal, the
/// steps and the ends of transactions.
async fn clean() -> Vec<Boundary> {
    let world = begin().await;
    let proxy = proxy(&world).await;
    let _controller = world.controller(&[]).await;
    declare(&world, &proxy.url(&world.postgres.url()), Approved::ByPolicy).await;
    told_at_the_end(&world, Approved::ByPolicy).await;
    let mut occurrences: HashMap<String, usize> = HashMap::new();
    proxy
        .statements()
        .iter()
        .filter(|statement| matters(statement))
        .map(|statement| {
            let occurrence = occurrences.entry(statement.sql.clone()).or_default();
            *occurrence += 1;
            (statement.sql.clone(), *occurrence)
        })
        .collect()
}

async fn killed((sql, occurrence): Boundary, moment: Moment, approved: Approved) {
    let start: String = sql.chars().take(80).collect();
    let case = format!("killed {moment:?} number {occurrence} of `{start}`, approved {approved:?}");
    let world = begin().await;
    let proxy = proxy(&world).await;
    let first = world.controller(&[]).await;
    let (id, mut seen) = (first.id(), 0);
    proxy.rule(
        moment,
        move |statement| {
            let same = statement.kind != StatementKind::Prepare && statement.sql == sql;
            seen += usize::from(same);
            same && seen == occurrence
        },
        move |_| {
            let killed = Command::new("kill").args(["-KILL", &id.to_string()]).status();
            assert!(killed.unwrap().success());
        },
    );
    declare(&world, &proxy.url(&world.postgres.url()), approved).await;
    approve(&world, approved).await;
    eventually(&case, async || proxy.has_fired()).await;
    drop(first);
    told_between(&world).await;
    let _second = world.controller(&[]).await;
    told_at_the_end(&world, approved).await;
}

async fn proxy(world: &World) -> DatabaseProxy {
    let url = world.postgres.url();
    let (_, rest) = url.rsplit_once('@').unwrap();
    database_proxy(rest.split_once('/').unwrap().0).await
}

fn matters(statement: &Statement) -> bool {
    let sql = statement.sql.as_str();
    let begins = |words: &[&str]| words.iter().any(|word| sql.starts_with(word));
    statement.kind != StatementKind::Prepare
        && (sql.contains("advisory")
            || begins(&["BEGIN", "COMMIT", "ALTER", "CREATE"])
            || (sql.contains("_chancery") && begins(&["INSERT", "UPDATE", "WITH"])))
}
