//! `chancery migrations` without a cluster: what is wrong with the call, and how a cluster that can't be asked is told.

use std::net::TcpListener;

use crate::sandbox::{Run, Sandbox};
use crate::web_server::serve;

#[test]
fn every_command_has_help_with_examples() {
    let sandbox = Sandbox::new();
    for command in ["list", "show", "approve", "reject", "retry", "wait"] {
        let help = sandbox.run(&["migrations", command, "--help"]).succeeded();
        assert!(
            help.stdout.contains(&format!("chancery migrations {command} ")),
            "{}",
            help.stdout
        );
        assert!(help.stdout.contains("--namespace <NAMESPACE>"), "{}", help.stdout);
    }
}

#[test]
fn a_wrong_call_is_wrong_usage() {
    let sandbox = Sandbox::new();
    for (arguments, said) in [
        (&[][..], "Usage: chancery migrations"),
        (&["show"], "NAME"),
        (&["show", "a", "--latest"], "cannot be used with"),
        (&["show", "a", "-d", "app"], "cannot be used with"),
        (&["wait"], "NAME"),
        (
            &["wait", "a", "--timeout", "5"],
            "use a time such as 90s, 5m or 2h",
        ),
        (&["wait", "a", "--for", "happiness"], "executed"),
        (&["approve"], "NAME"),
        (&["approve", "a", "--timeout", "5m"], "--wait"),
        (&["approve", "a", "b", "--hash", "1f0c"], "the hash of one plan"),
        (&["approve", "../secrets/a"], "a name in Kubernetes"),
        (&["reject", "a", "--reason", " "], "the reason is empty"),
        (&["list", "--phase", "waiting"], "planned"),
        (&["list", "-A", "-n", "shop"], "cannot be used with"),
    ] {
        sandbox
            .run(&[&["migrations"], arguments].concat())
            .failed(2, &[said]);
    }
}

#[test]
fn without_a_kubeconfig_it_says_how_to_name_one() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["list"][..],
        &["show", "a"],
        &["approve", "a"],
        &["retry", "a"],
        &["wait", "a"],
    ] {
        let run = sandbox.run(&[&["migrations"], arguments].concat());
        run.failed(1, &["no usable kubeconfig", "hint: name one with --kubeconfig"]);
    }
    sandbox.write("config", "clusters: [");
    let run = sandbox.run(&["migrations", "list", "--kubeconfig", "config"]);
    run.failed(1, &["a kubeconfig file is no valid YAML"]);
}

/// A folder with a kubeconfig `config` for the API server at that address.
fn with_cluster(url: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let config = format!(
        "clusters: [{{name: c, cluster: {{server: '{url}'}}}}]\n\
         users: [{{name: u, user: {{}}}}]\n\
         contexts: [{{name: x, context: {{cluster: c, user: u, namespace: shop}}}}]\n\
         current-context: x\n"
    );
    sandbox.write("config", &config);
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["migrations"], arguments, &["--kubeconfig", "config"]].concat())
}

#[test]
fn a_cluster_that_cannot_be_reached_is_told_with_what_was_being_done() {
    // A port that was just free, with nobody listening.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let sandbox = with_cluster(&format!("http://{address}"));
    let said = [
        "listing the Migrations in namespace `shop`",
        "hint: is this the right cluster",
    ];
    run(&sandbox, &["list"]).failed(1, &said);
    run(&sandbox, &["list", "-A"]).failed(1, &["in all namespaces"]);
    run(&sandbox, &["approve", "a", "-n", "other"]).failed(1, &["reading Migration `other/a`"]);
    // It may come back: only the time ends a wait.
    let wait = run(&sandbox, &["wait", "a", "--timeout", "1s"]);
    wait.failed(5, &["not within 1 s", "watching Migrations named `a`"]);
}

#[test]
fn a_cluster_without_the_definitions_is_told_how_to_get_them() {
    // What an API server says of a path that it does not know.
    let url = serve(
        "404 Not Found",
        "content-type: text/plain\r\n",
        "404 page not found\n".to_owned(),
    );
    let sandbox = with_cluster(url.trim_end_matches("/v1/cert.pem"));
    for arguments in [
        &["list"][..],
        &["show", "a"],
        &["approve", "a"],
        &["wait", "a"],
        &["wait", "-d", "app"],
    ] {
        let said = ["the cluster knows no Migrations", "`chancery install` prints"];
        run(&sandbox, arguments).failed(1, &said);
    }
}
