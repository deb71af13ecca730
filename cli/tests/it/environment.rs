//! Variables that are set, but empty, as CI systems leave them.

use crate::sandbox::{Sandbox, secret};

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["cert", "--local", "store", "-w", "cert.pem"])
        .succeeded();
    for variable in [
        "CHANCERY_CONFIG",
        "CHANCERY_DATABASE_URL",
        "KUBECONFIG",
        "NO_COLOR",
        "SEALED_SECRETS_CERT",
        "SEALED_SECRETS_CONTROLLER_NAME",
        "SEALED_SECRETS_CONTROLLER_NAMESPACE",
        "XDG_CACHE_HOME",
    ] {
        for arguments in [
            ["seal", "--cert", "cert.pem"].as_slice(),
            &["verify", "--no-plain-secrets", "store"],
            &["keys", "list", "--local", "store"],
        ] {
            let mut command = sandbox.command();
            command.args(arguments).env(variable, "");
            let output = command.write_stdin(secret("shop", "db")).output().unwrap();
            let code = output.status.code();
            let said = String::from_utf8(output.stderr).unwrap();
            // The store has its private keys, which `verify` refuses; what counts is that it looked.
            let expected = i32::from(arguments[0] == "verify");
            assert_eq!(code, Some(expected), "{variable}: {arguments:?}: {said}");
        }
    }
}

#[test]
fn an_empty_name_of_a_controller_is_the_usual_one_in_the_environment_and_wrong_in_a_flag() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "kubeconfig",
        "apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters: [{name: x, cluster: {server: 'http://127.0.0.1:9'}}]\n\
         contexts: [{name: x, context: {cluster: x, user: x}}]\nusers: [{name: x, user: {}}]\n",
    );
    let mut command = sandbox.command();
    command
        .args(["cert", "--kubeconfig", "kubeconfig"])
        .env("SEALED_SECRETS_CONTROLLER_NAME", "")
        .env("SEALED_SECRETS_CONTROLLER_NAMESPACE", "");
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`kube-system/sealed-secrets-controller`"), "{said}");
    sandbox
        .run(&["cert", "--kubeconfig", "kubeconfig", "--controller-name", ""])
        .failed(2, &["--controller-name"]);
}
