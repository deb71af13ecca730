//! Plans whose migrator, session or server is killed at every boundary, and what must hold afterwards.
//!
//! A first run through the proxy of the testkit records every statement. Then, on fresh databases, the run is killed
//! just before and just after a statement: its connection is cut, the server ends its session, or the server is killed
//! with SIGKILL. A second run, which in every other case waited for the lock all the while, has to bring the plan to
//! its end under the approval that the first one had, and the invariants of [`invariants`] have to hold. The crate of
//! the controller kills the controller itself.
//!
//! By default every boundary is met once, with the sides of it and the kinds of kill in turn. `cargo xtask soak crash`
//! does all kinds on both sides of every boundary, as often as it is asked to: six kills of each a round.

mod attempt;
mod blocked;
mod boundary;
mod case;
mod invariants;
mod matrix;
mod scenario;
mod server;

use self::server::Flavour;

#[test]
fn a_plan_on_postgres_that_is_killed_anywhere_is_brought_to_its_end_and_no_step_runs_twice() {
    matrix::run(Flavour::Postgres);
}

#[test]
fn a_plan_on_mysql_that_is_killed_anywhere_is_brought_to_its_end_and_no_step_runs_twice() {
    matrix::run(Flavour::Mysql);
}

#[test]
fn a_plan_on_mariadb_that_is_killed_anywhere_is_brought_to_its_end_and_no_step_runs_twice() {
    matrix::run(Flavour::Mariadb);
}

#[tokio::test]
async fn a_build_of_an_index_that_is_killed_while_it_waits_leaves_no_invalid_one() {
    blocked::killed(Flavour::Postgres).await;
}

#[tokio::test]
async fn a_change_on_mysql_that_is_killed_while_it_waits_is_made_once() {
    blocked::killed(Flavour::Mysql).await;
}

#[tokio::test]
async fn a_change_on_mariadb_that_is_killed_while_it_waits_is_made_once() {
    blocked::killed(Flavour::Mariadb).await;
}

#[tokio::test]
async fn a_plan_on_postgres_that_waits_for_a_long_transaction_names_it_and_keeps_no_application_waiting() {
    blocked::patient(Flavour::Postgres).await;
}

#[tokio::test]
async fn a_plan_on_mysql_that_waits_for_a_long_transaction_names_it_and_keeps_no_application_waiting() {
    blocked::patient(Flavour::Mysql).await;
}
