//! `chancery quickstart`.

use crate::sandbox::Sandbox;

#[test]
fn the_tour_shows_commands_that_work_and_leaves_the_folder() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["quickstart", "tour"]).succeeded();
    assert!(
        sandbox
            .read("tour/sealed/payments.yaml")
            .contains("kind: SealedSecret")
    );
    assert!(
        sandbox
            .path("tour/.chancery/secrets/library/payments.yaml")
            .exists()
    );
    let unseal = run
        .stdout
        .lines()
        .find(|line| line.starts_with("$ chancery unseal sealed/"))
        .unwrap();
    let arguments: Vec<_> = unseal.split(' ').skip(2).collect();
    let again = sandbox
        .command()
        .args(arguments)
        .current_dir(sandbox.path("tour"))
        .output()
        .unwrap();
    assert!(again.status.success());
    assert!(
        run.stdout.contains(&String::from_utf8(again.stdout).unwrap()),
        "{}",
        run.stdout
    );
}

#[test]
fn what_is_meant_for_git_holds_no_plain_value() {
    let sandbox = Sandbox::new();
    sandbox.run(&["quickstart", "tour"]).succeeded();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command
            .current_dir(sandbox.path("tour"))
            .args(arguments)
            .output()
            .unwrap()
            .stdout
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    let tracked = String::from_utf8(git(&["ls-files"])).unwrap();
    let tracked: Vec<_> = tracked.lines().collect();
    assert_eq!(
        tracked,
        [
            ".gitignore",
            "schema/author.yaml",
            "schema/book.yaml",
            "schema/database.yaml",
            "sealed/payments.yaml"
        ]
    );
}

#[test]
fn the_tour_migrates_a_database_twice_and_ends_with_nothing_to_do() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["quickstart", "tour"]).succeeded();
    assert!(run.stdout.contains("create table `book`"), "{}", run.stdout);
    assert!(run.stdout.contains("add column `isbn`"), "{}", run.stdout);
    assert!(run.stderr.contains("(run 2)"), "{}", run.stderr);
    let plan = sandbox
        .command()
        .args(["plan", "-f", "schema/", "--exit-code"])
        .current_dir(sandbox.path("tour"))
        .output()
        .unwrap();
    assert!(plan.status.success());
    assert!(
        run.stdout.contains(&String::from_utf8(plan.stdout).unwrap()),
        "{}",
        run.stdout
    );
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("tour/mine.txt", "");
    sandbox
        .run(&["quickstart", "tour"])
        .failed(1, &["the folder `tour` is not empty", "hint: "]);
    assert_eq!(sandbox.files("tour"), ["mine.txt"]);
}
