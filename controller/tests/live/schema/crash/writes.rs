//! Kills at writes to the API server.

use kube::ResourceExt;
use testkit::CrashExtent;

use super::life::{APPROVALS, Approved, approve, begin, declare};
use super::truth::{told_at_the_end, told_between};
use super::workers;
use crate::process::Controller;
use crate::proxy::{Fault, Proxy};
use crate::schema::world::World;

/// A run has no more writes than this.
const MOST: usize = 60;

const FAULTS: [Fault; 2] = [Fault::LostRequest, Fault::LostAnswer];

/// Among the writes are the Migration, its status before, during and after the run, those of the Database and the
/// Tables, and the events.
#[test]
fn a_controller_that_is_killed_at_any_write_is_followed_by_one_that_ends_its_run_once() {
    let approved = |n: usize| APPROVALS[n % 2];
    let (rounds, faults_of): (usize, fn(usize) -> Vec<Fault>) = match CrashExtent::wanted() {
        CrashExtent::Sample { .. } => (1, |n| vec![FAULTS[(n / 2) % 2]]),
        CrashExtent::Everything { rounds, .. } => (rounds, |_| FAULTS.to_vec()),
    };
    for _ in 0..rounds {
        let cases = (1..MOST).flat_map(|n| faults_of(n).into_iter().map(move |fault| (n, fault)));
        // The first that a run didn't come to ends the round; those at once with it are done as well.
        let met = workers::run(cases.collect(), async |(n, fault)| {
            killed(n, fault, approved(n)).await
        });
        assert!((6..MOST - 1).contains(&met), "{met} writes were met");
    }
}

/// Returns whether the first controller came to that write.
async fn killed(n: usize, fault: Fault, approved: Approved) -> bool {
    let world = begin().await;
    let proxy = Proxy::start(&world.cluster, move |write, _, _| (write == n).then_some(fault)).await;
    let first = Controller::start_schema(&world.namespace, |dir| proxy.kubeconfig(dir), &[]).await;
    let run = async {
        declare(&world, &world.postgres.url(), approved).await;
        approve(&world, approved).await;
        told_at_the_end(&world, approved).await;
    };
    let reached = tokio::select! {
        () = proxy.lost() => true,
        () = run => false,
    };
    first.kill().await;
    if reached {
        told_between(&world).await;
        // It may have been killed before all was declared, or approved.
        declare(&world, &world.postgres.url(), approved).await;
        let _second = world.controller(&[]).await;
        if !is_approved(&world).await {
            approve(&world, approved).await;
        }
        told_at_the_end(&world, approved).await;
    }
    reached
}

/// Returns whether a person has approved a plan.
async fn is_approved(world: &World) -> bool {
    let all = world.migrations().await;
    all.iter()
        .any(|migration| migration.annotations().contains_key(api::names::APPROVED_PLAN))
}
