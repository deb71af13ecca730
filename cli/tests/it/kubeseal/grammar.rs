//! Flags as pflag reads them.

use super::fixture::{Kubeseal, NOWHERE, SECRET};

#[test]
fn a_wrong_flag_is_said_in_pflags_words_and_is_exit_code_2() {
    let kubeseal = Kubeseal::new();
    let bool_error = |value: &str| format!("strconv.ParseBool: parsing \"{value}\": invalid syntax");
    let cases: &[(&[&str], String)] = &[
        (&["--foo"], "unknown flag: --foo".to_owned()),
        (&["--foo=bar"], "unknown flag: --foo".to_owned()),
        (&["-x"], "unknown shorthand flag: 'x' in -x".to_owned()),
        (&["-zo", "json"], "unknown shorthand flag: 'z' in -zo".to_owned()),
        (&["---x"], "bad flag syntax: ---x".to_owned()),
        (&["--=x"], "bad flag syntax: --=x".to_owned()),
        (&["--name"], "flag needs an argument: --name".to_owned()),
        (&["-o"], "flag needs an argument: 'o' in -o".to_owned()),
        (
            &["--raw=foo"],
            format!("invalid argument \"foo\" for \"--raw\" flag: {}", bool_error("foo")),
        ),
        (
            &["--raw="],
            format!("invalid argument \"\" for \"--raw\" flag: {}", bool_error("")),
        ),
        (
            &["--scope", "wide"],
            "invalid argument \"wide\" for \"--scope\" flag: must be one of: strict, namespace-wide, cluster-wide"
                .to_owned(),
        ),
        (
            &["-v", "much"],
            "invalid argument \"much\" for \"-v, --v\" flag: strconv.ParseInt: parsing \"much\": invalid syntax"
                .to_owned(),
        ),
        (
            &["--from-file=\"a"],
            "for \"--from-file\" flag: parse error".to_owned(),
        ),
    ];
    for (arguments, said) in cases {
        kubeseal.run(arguments, SECRET).failed(2, &["error: ", said]);
    }
}

#[test]
fn flags_stand_anywhere_in_every_spelling_and_the_last_one_counts() {
    let kubeseal = Kubeseal::new();
    for arguments in [
        ["-o", "yaml", "--cert", "cert.pem"].as_slice(),
        &["-oyaml", "--cert=cert.pem"],
        &["-o=yaml", "--cert=cert.pem"],
        &[
            "--format",
            "json",
            "--cert",
            "none",
            "--cert",
            "cert.pem",
            "--format=YAML",
        ],
        &[
            "--raw",
            "--raw=false",
            "--fetch-cert=F",
            "--cert",
            "cert.pem",
            "-oyaml",
        ],
        &["--cert", "cert.pem", "--validate=0", "-oyaml", "--version=false"],
    ] {
        let run = kubeseal.run(arguments, SECRET).succeeded();
        assert!(
            run.stdout.starts_with("---\napiVersion:"),
            "{arguments:?}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_value_may_look_like_a_flag() {
    let kubeseal = Kubeseal::new();
    let sealed = kubeseal.sealed(&["--name", "--raw", "--scope", "cluster-wide"], NOWHERE);
    assert_eq!(sealed["metadata"]["name"], "--raw");
}

#[test]
fn words_that_are_no_flags_are_ignored_with_a_warning() {
    let kubeseal = Kubeseal::new();
    let run = kubeseal.seal(&["secret.yaml", "--", "--raw"], SECRET).succeeded();
    for ignored in ["`secret.yaml` is ignored", "`--raw` is ignored"] {
        assert!(run.stderr.contains(ignored), "{}", run.stderr);
    }
    assert!(run.stdout.contains("SealedSecret"));
}

#[test]
fn flags_of_client_go_and_of_klog_are_taken() {
    let kubeseal = Kubeseal::new();
    let text = [
        "--as",
        "--as-uid",
        "--as-group",
        "--certificate-authority",
        "--client-certificate",
        "--client-key",
        "--cluster",
        "--context",
        "--password",
        "--proxy-url",
        "--request-timeout",
        "--server",
        "--tls-server-name",
        "--token",
        "--user",
        "--username",
        "--log_dir",
        "--log_file",
        "--log_backtrace_at",
        "--stderrthreshold",
        "--alsologtostderrthreshold",
        "--vmodule",
    ];
    let switches = [
        "--insecure-skip-tls-verify",
        "--disable-compression",
        "--logtostderr",
        "--alsologtostderr",
        "--add_dir_header",
        "--one_output",
        "--skip_headers",
        "--skip_log_headers",
        "--legacy_stderr_threshold_behavior",
    ];
    let mut arguments = vec!["-v=4", "--v", "2", "--log_file_max_size=5"];
    for flag in text {
        arguments.extend([flag, "1"]);
    }
    arguments.extend(switches);
    let run = kubeseal.seal(&arguments, SECRET).succeeded();
    assert!(run.stdout.contains("SealedSecret"));
}

#[test]
fn the_version_is_that_of_kubeseals_grammar_and_then_our_own() {
    let kubeseal = Kubeseal::new();
    for arguments in [
        ["--version"].as_slice(),
        &["--version", "--help"],
        &["words", "--version", "-f", "none"],
    ] {
        let said = kubeseal.run(arguments, "").succeeded().stdout;
        let version = said.strip_prefix("kubeseal version: ").unwrap().trim_end();
        let (grammar, own) = version.split_once("+chancery.").unwrap();
        assert_eq!((grammar, own), ("0.40.0", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn help_goes_to_standard_output_and_names_every_flag() {
    let kubeseal = Kubeseal::new();
    for arguments in [
        ["--help"].as_slice(),
        &["-h"],
        &["--raw", "--help", "--from-file=x"],
    ] {
        let run = kubeseal.run(arguments, "").succeeded();
        for flag in [
            "--cert",
            "-w, --sealed-secret-file",
            "-f, --secret-file",
            "-n, --namespace",
            "--recovery-unseal",
            "--as-group",
            "--vmodule",
            "SEALED_SECRETS_CERT",
        ] {
            assert!(run.stdout.contains(flag), "{flag} is not in\n{}", run.stdout);
        }
        assert!(!run.stdout.contains("--rotate"), "the old name is not advertised");
    }
}

#[test]
fn the_command_of_chancery_is_the_same_grammar() {
    let kubeseal = Kubeseal::new();
    let as_command = |arguments: &[&str]| {
        kubeseal
            .sandbox
            .run_with(&[&["kubeseal"], arguments].concat(), SECRET)
    };
    let sealed = as_command(&["--cert", "cert.pem", "-oyaml"]).succeeded().stdout;
    assert!(sealed.starts_with("---\n"));
    let first = as_command(&["-oyaml", "--cert=cert.pem"]).succeeded().stdout;
    assert!(first.starts_with("---\n"));
    assert!(
        as_command(&["--version"])
            .succeeded()
            .stdout
            .starts_with("kubeseal version: ")
    );
    assert!(
        as_command(&["--help"])
            .succeeded()
            .stdout
            .contains("--recovery-unseal")
    );
    as_command(&["--foo"]).failed(2, &["error: unknown flag: --foo"]);
    as_command(&["--from-file", "x"]).failed(1, &["error: --from-file requires --raw"]);
}

#[test]
fn every_failure_but_of_flags_is_exit_code_1() {
    let kubeseal = Kubeseal::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", silent.local_addr().unwrap());
    // Of `chancery` that is exit code 5.
    let late = ["--fetch-cert", "--server", &server, "--request-timeout", "200ms"];
    kubeseal.run(&late, "").failed(
        1,
        &[
            "error: cannot get sealed secret service",
            "no answer within 0.2 s",
        ],
    );
    kubeseal.run(&["-f", "none", "--cert", "cert.pem"], "").failed(
        1,
        &["error: Could not read file specified with --secret-file", "none"],
    );
    kubeseal
        .run(&["--from-file", "x"], "")
        .failed(1, &["error: --from-file requires --raw"]);
}
