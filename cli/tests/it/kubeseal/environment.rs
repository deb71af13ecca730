//! `SEALED_SECRETS_<NAME>`.

use super::fixture::{Kubeseal, NOWHERE, SECRET};

#[test]
fn the_environment_sets_what_the_command_line_does_not() {
    let kubeseal = Kubeseal::new();
    let environment = [
        ("SEALED_SECRETS_CERT", "cert.pem"),
        ("SEALED_SECRETS_FORMAT", "yaml"),
        ("SEALED_SECRETS_NAMESPACE", "shop"),
        ("SEALED_SECRETS_SCOPE", "namespace-wide"),
        ("SEALED_SECRETS_NAME", "other"),
    ];
    let run = kubeseal.run_with(&[], NOWHERE, &environment).succeeded();
    let said = [
        "---\n",
        "namespace: shop",
        "namespace-wide: \"true\"",
        "name: other",
    ];
    for part in said {
        assert!(run.stdout.contains(part), "{part} is not in\n{}", run.stdout);
    }
    let arguments = ["-o", "json", "--name", "mine", "-n", "here", "--scope", "strict"];
    let run = kubeseal.run_with(&arguments, NOWHERE, &environment).succeeded();
    let sealed: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        sealed["metadata"],
        serde_json::json!({"name": "mine", "namespace": "here"})
    );
}

#[test]
fn switches_are_set_by_the_environment_too_and_unset_by_the_command_line() {
    let kubeseal = Kubeseal::new();
    let cert = kubeseal.sandbox.read("cert.pem");
    let environment = [
        ("SEALED_SECRETS_FETCH_CERT", "true"),
        ("SEALED_SECRETS_CERT", "cert.pem"),
    ];
    assert_eq!(kubeseal.run_with(&[], "", &environment).succeeded().stdout, cert);
    let sealed = kubeseal.run_with(&["--fetch-cert=false"], SECRET, &environment);
    assert!(sealed.succeeded().stdout.contains("SealedSecret"));
    let version = kubeseal.run_with(&[], "", &[("SEALED_SECRETS_VERSION", "1")]);
    assert!(version.succeeded().stdout.starts_with("kubeseal version: "));
}

#[test]
fn a_value_that_can_not_be_read_is_ignored_with_a_warning_that_does_not_show_it() {
    let kubeseal = Kubeseal::new();
    for (variable, flag) in [
        ("SEALED_SECRETS_SCOPE", "--scope"),
        ("SEALED_SECRETS_RAW", "--raw"),
        (
            "SEALED_SECRETS_INSECURE_SKIP_TLS_VERIFY",
            "--insecure-skip-tls-verify",
        ),
    ] {
        let run = kubeseal.run_with(&["--cert", "cert.pem"], SECRET, &[(variable, "no-such-value")]);
        let run = run.succeeded();
        let said = format!("{variable} in the environment is ignored: {flag}");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
        assert!(!run.stderr.contains("no-such-value"), "{}", run.stderr);
    }
}

#[test]
fn a_version_kept_for_an_installer_is_no_mistake() {
    let kubeseal = Kubeseal::new();
    let environment = [("SEALED_SECRETS_VERSION", "0.27.1")];
    let run = kubeseal
        .run_with(&["--cert", "cert.pem"], SECRET, &environment)
        .succeeded();
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("SealedSecret"));
}

#[test]
fn variables_without_a_value_change_nothing() {
    let kubeseal = Kubeseal::new();
    let names = [
        "CERT",
        "FORMAT",
        "SCOPE",
        "RAW",
        "NAMESPACE",
        "NAME",
        "CONTROLLER_NAME",
        "CONTROLLER_NAMESPACE",
        "TOKEN",
        "FROM_FILE",
        "AS_GROUP",
        "SECRET_FILE",
        "SEALED_SECRET_FILE",
        "REQUEST_TIMEOUT",
        "KUBECONFIG",
    ];
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("SEALED_SECRETS_{name}"))
        .collect();
    let mut environment: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    environment.push(("KUBECONFIG", ""));
    let run = kubeseal
        .run_with(&["--cert", "cert.pem"], SECRET, &environment)
        .succeeded();
    assert!(run.stdout.contains("SealedSecret"));
    assert_eq!(run.stderr, "");
    // The default, not an empty name.
    kubeseal
        .run_with(
            &["--fetch-cert", "--server", "http://127.0.0.1:1"],
            "",
            &environment,
        )
        .failed(1, &["kube-system/sealed-secrets-controller"]);
}

#[test]
fn of_from_file_the_command_line_counts_alone() {
    let kubeseal = Kubeseal::new();
    kubeseal.sandbox.write("value", "tulip");
    let arguments = [
        "--cert",
        "cert.pem",
        "--raw",
        "--scope",
        "cluster-wide",
        "--from-file",
        "value",
    ];
    let environment = [("SEALED_SECRETS_FROM_FILE", "none")];
    kubeseal.run_with(&arguments, "", &environment).succeeded();
}

#[test]
fn flags_of_logs_have_no_variables() {
    let kubeseal = Kubeseal::new();
    let environment = [("SEALED_SECRETS_V", "much"), ("SEALED_SECRETS_LOG_DIR", "/none")];
    let run = kubeseal
        .run_with(&["--cert", "cert.pem"], SECRET, &environment)
        .succeeded();
    assert_eq!(run.stderr, "");
}
