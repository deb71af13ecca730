//! What `--help` shows, and what wrong usage is told.

use crate::sandbox::{Sandbox, secret};

/// The headings of a help text, each with its options.
fn options(command: &str) -> Vec<(String, String)> {
    let help = Sandbox::new().run(&[command, "--help"]).succeeded().stdout;
    let mut heading = String::new();
    let mut all = Vec::new();
    for line in help.lines() {
        if line.ends_with(':') && !line.starts_with(' ') {
            line.trim_end_matches(':').clone_into(&mut heading);
        }
        let word = line
            .split_whitespace()
            .find(|word| word.starts_with("--") && line.trim_start().starts_with('-'));
        if let Some(word) = word {
            all.push((word.to_owned(), heading.clone()));
        }
    }
    all
}

#[test]
fn options_stand_under_what_they_are_about() {
    for command in ["reseal", "verify", "inspect", "unseal"] {
        let options = options(command);
        for (option, heading) in &options {
            let expected = match option.as_str() {
                "--key" | "--local" => "Keys",
                "--config" => "Configuration",
                "--controller-namespace" | "--controller-name" | "--kubeconfig" | "--context" => "Cluster",
                "--quiet" | "--color" => "All commands",
                _ => "Options",
            };
            assert_eq!(heading, expected, "{command} {option}: {options:?}");
        }
        assert!(options.iter().any(|(option, _)| option == "--key"), "{command}");
    }
}

#[test]
fn what_never_fetches_a_certificate_has_no_flag_about_it() {
    let sandbox = Sandbox::new();
    for command in ["verify", "inspect"] {
        sandbox
            .run(&[command, "--no-cache", "-"])
            .failed(2, &["--no-cache"]);
    }
}

#[test]
fn an_unknown_name_in_the_pattern_of_w_is_named() {
    let sandbox = Sandbox::with_store();
    let write = |target: &str| {
        let arguments = ["seal", "--local", "store", "-w", target];
        sandbox.run_with(&arguments, &secret("shop", "db"))
    };
    write("x/{foo}.yaml").failed(2, &["unknown name `{foo}`"]);
    write("x/{foo}/").failed(2, &["unknown name `{foo}`"]);
    assert!(!sandbox.path("x").exists());
    // What is there already is meant.
    sandbox.write("x/{foo}.yaml", "old");
    write("x/{foo}.yaml").succeeded();
    assert!(sandbox.read("x/{foo}.yaml").contains("SealedSecret"));
}

#[test]
fn several_certificates_are_told_apart_by_the_flag_that_named_them() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["cert", "--local", "store", "-w", "cert.pem"])
        .succeeded();
    let both = ["--cert", "a=cert.pem", "--cert", "b=cert.pem"];
    sandbox.write("db.yaml", &secret("shop", "db"));
    for command in [["seal", "db.yaml"].as_slice(), &["cert"]] {
        let run = sandbox.run(&[command, &both].concat());
        assert!(!run.stderr.contains("--cluster NAME"), "{}", run.stderr);
        run.failed(2, &["name one --cert"]);
    }
}
