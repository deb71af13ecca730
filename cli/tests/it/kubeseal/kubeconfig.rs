//! Namespace and cluster by kubeconfig and by flags.

use super::fixture::{Kubeseal, NOWHERE};
use crate::web_server;

/// Three contexts: one with a namespace, one without, one of a cluster that there isn't.
const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: shop
clusters:
- {name: here, cluster: {server: 'http://127.0.0.1:1'}}
contexts:
- {name: shop, context: {cluster: here, user: me, namespace: shop}}
- {name: bare, context: {cluster: here, user: me}}
- {name: lost, context: {cluster: gone, user: me}}
users:
- {name: me, user: {}}
";

impl Kubeseal {
    fn with_kubeconfig() -> Self {
        let kubeseal = Self::new();
        kubeseal.sandbox.write("config", KUBECONFIG);
        kubeseal
    }
}

#[test]
fn the_namespace_of_the_context_counts_where_nothing_else_does() {
    let kubeseal = Kubeseal::with_kubeconfig();
    let namespace = |arguments: &[&str], environment: &[(&str, &str)]| {
        let arguments = [&["--cert", "cert.pem"], arguments].concat();
        let run = kubeseal.run_with(&arguments, NOWHERE, environment).succeeded();
        let sealed: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        sealed["metadata"]["namespace"].clone()
    };
    assert_eq!(namespace(&["--kubeconfig", "config"], &[]), "shop");
    assert_eq!(
        namespace(&["--kubeconfig", "config", "--context", "bare"], &[]),
        "default"
    );
    assert_eq!(namespace(&["--kubeconfig", "config", "-n", "here"], &[]), "here");
    assert_eq!(namespace(&[], &[("KUBECONFIG", "config")]), "shop");
    assert_eq!(
        namespace(&["--context=bare"], &[("KUBECONFIG", "config")]),
        "default"
    );
    kubeseal.sandbox.write(".kube/config", KUBECONFIG);
    assert_eq!(namespace(&[], &[]), "shop");
    assert_eq!(namespace(&[], &[("SEALED_SECRETS_CONTEXT", "bare")]), "default");
}

#[test]
fn a_kubeconfig_that_can_not_be_used_is_an_error_only_where_it_is_needed() {
    let kubeseal = Kubeseal::with_kubeconfig();
    let wrong = ["--kubeconfig", "none", "--context", "other"];
    let secret = NOWHERE.replace("name: db", "name: db, namespace: shop");
    kubeseal.seal(&wrong, &secret).succeeded();
    kubeseal.seal(&wrong, NOWHERE).failed(
        1,
        &[
            "error: secret must declare a namespace",
            "invalid configuration",
            "`none`",
        ],
    );
    for (arguments, said) in [
        (["--kubeconfig", "none"], "`none`"),
        (["--context", "other"], "context \"other\" does not exist"),
        (["--cluster", "other"], "cluster \"other\" does not exist"),
        (["--user", "other"], "auth info \"other\" does not exist"),
        (["--context", "lost"], "no configuration has been provided"),
        (["--request-timeout", "soon"], "Invalid timeout value."),
        (["--controller-name", "a/b"], "--controller-name"),
    ] {
        let arguments = [["--fetch-cert", "--as", "me"], [arguments[0], arguments[1], ""]].concat();
        kubeseal
            .run_with(&arguments, "", &[("KUBECONFIG", "config")])
            .failed(1, &["error: ", said]);
    }
}

#[test]
fn without_any_configuration_there_is_no_cluster_to_ask() {
    let kubeseal = Kubeseal::new();
    for arguments in [["--fetch-cert"].as_slice(), &["--fetch-cert", "--token", "x"]] {
        kubeseal
            .run(arguments, "")
            .failed(1, &["error: invalid configuration"]);
    }
}

#[test]
fn the_certificate_comes_from_the_controller_by_the_first_port_of_its_service() {
    let kubeseal = Kubeseal::with_kubeconfig();
    let own = kubeseal.sandbox.read("cert.pem");
    let service = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"c"},"spec":{"ports":[{"name":"http","port":1}]}}"#;
    let server = web_server::serve_each(vec![("200 OK", service.to_owned()), ("200 OK", own.clone())]);
    let address = server.url.trim_end_matches("/v1/cert.pem").to_owned();
    let arguments = [
        "--fetch-cert",
        "--kubeconfig",
        "config",
        "--server",
        &address,
        "--controller-name",
        "c",
    ];
    assert_eq!(kubeseal.run(&arguments, "").succeeded().stdout, own);
    server.ended();
}

#[test]
fn a_service_that_is_not_there_is_said_with_the_flags_that_find_it() {
    let kubeseal = Kubeseal::with_kubeconfig();
    let answer = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"services \"c\" not found"}"#;
    let server = web_server::serve(
        "404 Not Found",
        "content-type: application/json\r\n",
        answer.to_owned(),
    );
    let address = server.trim_end_matches("/v1/cert.pem");
    kubeseal
        .run(&["--server", address, "--controller-name", "c"], NOWHERE)
        .failed(
            1,
            &[
                "error: cannot get sealed secret service: services \"c\" not found",
                "Please, use the flag --controller-name and --controller-namespace",
            ],
        );
}
