//! All cases of a flavour, several at a time.

use std::sync::{Arc, Mutex};
use std::thread;

use testkit::CrashExtent;
use testkit::database_proxy::Moment;

use super::boundary::{Boundary, boundaries};
use super::case::{Kill, Victim, clean, killed};
use super::server::{CrashServer, Flavour};

/// How many cases run at a time, each on a server of its own.
const AT_ONCE: usize = 2;

/// How many failures are told; more say the same.
const TOLD: usize = 10;

const VICTIMS: [Victim; 3] = [Victim::Connection, Victim::Session, Victim::Server];
const MOMENTS: [Moment; 2] = [Moment::BeforeSend, Moment::AfterReply];

/// Runs the matrix and fails with the cases that fail.
pub(crate) fn run(flavour: Flavour) {
    let clean = runtime().block_on(async {
        let server = CrashServer::create(flavour).await;
        clean(&server, flavour).await
    });
    let clean = clean.unwrap_or_else(|problem| panic!("a run without any kill: {problem}"));
    let mut boundaries = boundaries(&clean.statements, &clean.database, &clean.steps);
    // Between two statements that only read, the database is the same.
    boundaries.retain(|boundary| boundary.matters);
    let kills = kills(&boundaries, CrashExtent::wanted());
    let total = kills.len();
    assert!(total > 30, "{total} cases are too few: what is a boundary?");
    let kills = Mutex::new(kills);
    let next = || kills.lock().expect("no thread panics with it").pop();
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                runtime().block_on(async {
                    let server = Arc::new(CrashServer::create(flavour).await);
                    while let Some(kill) = next() {
                        if let Err(problem) = killed(&server, flavour, &kill).await {
                            let failure = format!("{kill}: {problem}");
                            failures.lock().expect("no thread panics with it").push(failure);
                            // What failed may have left it dead.
                            server.start().await;
                        }
                    }
                });
            });
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics with it");
    let failed = failures.len();
    failures.truncate(TOLD);
    assert!(
        failures.is_empty(),
        "{failed} of {total} cases failed:\n{}",
        failures.join("\n")
    );
}

/// The cases, last first.
fn kills(boundaries: &[Boundary], extent: CrashExtent) -> Vec<Kill> {
    let mut kills = Vec::new();
    let mut add = |boundary: &Boundary, moment, victim, rival| {
        kills.push(Kill {
            boundary: boundary.clone(),
            moment,
            victim,
            // It would die with the server.
            rival: rival && victim != Victim::Server,
        });
    };
    match extent {
        CrashExtent::Sample { seed } => {
            for (turn, boundary) in (seed..).zip(boundaries) {
                let (moment, victim) = (MOMENTS[turn % MOMENTS.len()], VICTIMS[turn % VICTIMS.len()]);
                add(boundary, moment, victim, turn / 6 % 2 == 1);
            }
        }
        CrashExtent::Everything { rounds, seed } => {
            for round in 0..rounds {
                for (turn, boundary) in (seed + round..).zip(boundaries) {
                    for moment in MOMENTS {
                        for victim in VICTIMS {
                            add(boundary, moment, victim, turn % 2 == 1);
                        }
                    }
                }
            }
        }
    }
    kills.reverse();
    kills
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
