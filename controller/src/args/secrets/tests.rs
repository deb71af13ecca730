use std::time::Duration;

use super::super::{Args, Command, KeyOrder, LogLevel};
use super::*;

fn read(arguments: &[&str]) -> Result<SecretsArgs, clap::Error> {
    let all = ["chancery-controller", "secrets"].iter().chain(arguments);
    Args::read_from(all.map(Into::into).collect()).map(|args| match args.command {
        Command::Secrets(secrets) => *secrets,
        Command::Schema(_) => unreachable!("another subcommand was asked for"),
    })
}

#[test]
fn defaults_are_those_of_upstream() {
    let args = read(&[]).unwrap();
    assert_eq!(args.keys.key_prefix, "sealed-secrets-key");
    assert_eq!(args.keys.key_size, 4096);
    assert_eq!(args.keys.key_ttl, Duration::from_hours(87_600));
    assert_eq!(args.keys.my_cn, "");
    assert_eq!(args.keys.renew.period, Some(Duration::from_hours(720)));
    assert_eq!(args.keys.key_order_priority, KeyOrder::CertNotBefore);
    assert_eq!(args.keys.key_cutoff_time.0, None);
    assert!(args.keys.privatekey_annotations.0.is_empty() && args.keys.privatekey_labels.0.is_empty());
    assert!(args.keys.generate_keys);
    assert_eq!(args.watch.namespaces("kube-system"), None);
    assert_eq!(args.watch.label_selector, "");
    assert!(args.unseal.update_status && args.unseal.accept_deprecated_v1_data);
    assert!(!args.unseal.skip_recreate && !args.unseal.old_gc_behavior);
    assert_eq!(args.http.listen_addr, "[::]:8080".parse().unwrap());
    assert_eq!(args.http.listen_metrics_addr, "[::]:8081".parse().unwrap());
    assert_eq!(args.http.read_timeout, Duration::from_mins(2));
    assert_eq!(args.http.write_timeout, Duration::from_mins(2));
    assert_eq!((args.http.rate_limit, args.http.rate_limit_burst), (2, 2));
    assert!(!args.http.metrics_omit_secret_labels);
    assert!(args.log.log_info_stdout);
    assert_eq!(args.log.log_level, LogLevel::Info);
    assert_eq!(args.client.pace(), None);
    assert!(!args.version);
    assert_eq!(args.remarks(), Vec::<String>::new());
}

#[test]
fn a_truth_value_needs_no_value_and_takes_one_after_an_equals_sign() {
    assert!(read(&["--skip-recreate"]).unwrap().unseal.skip_recreate);
    assert!(read(&["--skip-recreate=T"]).unwrap().unseal.skip_recreate);
    assert!(!read(&["--update-status=0"]).unwrap().unseal.update_status);
    assert!(
        !read(&["--update-status", "--update-status=false"])
            .unwrap()
            .unseal
            .update_status
    );
    let error = read(&["--update-status=maybe"]).unwrap_err().to_string();
    assert!(
        error.contains("--update-status") && error.contains("maybe"),
        "{error}"
    );
}

#[test]
fn a_value_may_be_a_word_of_its_own_even_when_it_begins_like_a_flag() {
    let args = read(&[
        "--kubeclient-qps",
        "-1",
        "--my-cn",
        "--x",
        "--max-unseal-retries",
        "-1",
    ])
    .unwrap();
    assert_eq!(args.client.kubeclient_qps, Some(-1.0));
    assert_eq!(args.keys.my_cn, "--x");
    assert_eq!(args.unseal.max_unseal_retries, Some(-1));
}

#[test]
fn all_namespaces_can_be_turned_off_with_an_equals_sign() {
    let args = read(&["--all-namespaces=false"]).unwrap();
    assert_eq!(args.watch.namespaces("own"), Some(vec!["own".to_owned()]));
}

#[test]
fn additional_namespaces_replace_all_namespaces_and_keep_the_own_one() {
    let args = read(&["--additional-namespaces", "b, a,,own"]).unwrap();
    assert_eq!(
        args.watch.namespaces("own"),
        Some(vec!["a".to_owned(), "b".to_owned(), "own".to_owned()])
    );
    let none = read(&["--additional-namespaces="]).unwrap();
    assert_eq!(none.watch.namespaces("own"), None);
}

#[test]
fn the_last_of_two_equal_flags_counts() {
    let args = read(&[
        "--key-size=2048",
        "--additional-namespaces=a",
        "--key-size=3072",
        "--additional-namespaces=b",
    ])
    .unwrap();
    assert_eq!(args.keys.key_size, 3072);
    assert_eq!(args.watch.additional_namespaces, "b");
}

#[test]
fn a_value_that_cannot_work_is_refused_and_its_flag_named() {
    let long = "a".repeat(246);
    for (flag, value) in [
        ("--key-prefix", ""),
        ("--key-prefix", "Upper"),
        ("--key-prefix", "-dash"),
        ("--key-prefix", "under_score"),
        ("--key-prefix", &long),
        ("--key-size", "1024"),
        ("--key-ttl", "0"),
        ("--key-ttl", "-5h"),
        ("--key-renew-period", "-1h"),
        ("--key-renew-period", "monthly"),
        ("--key-order-priority", "certnotbefore"),
        ("--key-cutoff-time", "2026-01-01"),
        ("--privatekey-labels", "team"),
        ("--privatekey-annotations", "team=a,b"),
        ("--label-selector", "a in b"),
        ("--rate-limit", "0"),
        ("--rate-limit-burst", "-1"),
        ("--kubeclient-qps", "fast"),
        ("--kubeclient-burst", "-1"),
        ("--max-unseal-retries", "five"),
        ("--read-timeout", "5"),
        ("--listen-addr", "nowhere"),
        ("--listen-metrics-addr", "8081"),
        ("--log-level", "loud"),
        ("--log-format", "xml"),
    ] {
        let error = read(&[&format!("{flag}={value}")]).unwrap_err().to_string();
        assert!(error.contains(flag), "{flag}={value}: {error}");
    }
}

#[test]
fn what_changes_nothing_is_taken_and_said() {
    let args = read(&[
        "--rotate-period=1h",
        "--watch-for-secrets",
        "--max-unseal-retries=3",
        "--privatekey-labels=sealedsecrets.bitnami.com/sealed-secrets-key=off,a=b",
        "-v=4",
        "--logtostderr",
        "--stderrthreshold",
        "INFO",
        "--log_dir=/x",
    ])
    .unwrap();
    let remarks = args.remarks();
    let named = [
        "--rotate-period",
        "--watch-for-secrets",
        "sealed-secrets-key",
        "--max-unseal-retries",
        "-v, --logtostderr",
    ];
    assert_eq!(remarks.len(), named.len(), "{remarks:?}");
    for (remark, named) in remarks.iter().zip(named) {
        assert!(remark.contains(named), "{remark}");
    }
}
