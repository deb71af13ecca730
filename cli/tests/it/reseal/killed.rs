//! `kill -9` at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::repository::{RESEAL, Repository, Side};

/// How often the program is killed.
const KILLS: usize = 30;

/// Ends the program after that time, if it has not ended before; returns whether it did.
fn killed_after(mut child: Child, time: Duration) -> bool {
    let mut stdout = child.stdout.take().unwrap();
    let (ended, end) = mpsc::channel();
    let reader = thread::spawn(move || {
        // The end of its output is the end of the program.
        io::copy(&mut stdout, &mut io::sink()).unwrap();
        ended.send(()).unwrap_or_default();
    });
    let killed = end.recv_timeout(time).is_err();
    if killed {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    reader.join().unwrap();
    assert!(status.success() || status.code().is_none(), "it failed: {status}");
    killed && !status.success()
}

/// Times that are spread over a run, the same in each: a generator of Lehmer.
struct Times(u64);

impl Times {
    fn next(&mut self, below: Duration) -> Duration {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        below * u32::try_from(self.0 % 1000).unwrap() / 1000
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_each_file_old_or_new() {
    let repository = Repository::of(200);
    let start = || {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("chancery"));
        let folder = repository.root().parent().unwrap().to_owned();
        command
            .args(RESEAL)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    };
    // What a whole run takes on this machine, now.
    let begin = Instant::now();
    assert!(start().wait_with_output().unwrap().status.success());
    let whole = begin.elapsed();
    repository.is_done();
    repository.write_old();

    let (mut times, mut kills, mut halves) = (Times(20_261_123), 0, 0);
    // What was found to be new, so that it needs not be opened again.
    let mut known: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    while kills < KILLS {
        if !killed_after(start(), times.next(whole)) {
            // What it left is what the next one begins with; whether all was done is looked at in the end.
            repository.write_old();
            continue;
        }
        kills += 1;
        let mut sides = [0, 0];
        for file in &repository.files {
            let bytes = fs::read(repository.root().join(&file.path)).unwrap();
            let side = if known.get(&file.path) == Some(&bytes) {
                Side::New
            } else {
                repository.side(file, &bytes)
            };
            if side == Side::New {
                known.insert(file.path.clone(), bytes);
            }
            sides[usize::from(side == Side::New)] += 1;
        }
        halves += usize::from(sides.iter().all(|side| *side > 0) && sides[1] > 10);
    }
    assert!(halves > 0, "no kill met a run at work");

    // Running again goes on, and removes what the killed ones left.
    assert!(start().wait_with_output().unwrap().status.success());
    repository.is_done();
    assert_eq!(repository.temporaries(), Vec::<String>::new());
}
