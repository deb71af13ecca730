//! Command lines without a cluster: what both do alike, and the few where ours is right and theirs is not.

use super::both::{Both, assert_same};
use crate::program::chancery;

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  labels: {z: \"1\", app: 'on', plain: text}
  annotations: {words: 'a text, with: colon', lines: \"a\\nb\\n\"}
type: Opaque
immutable: true
data: {k: YQ==, empty: ''}
stringData: {s: v, k: wins}
";

const NOWHERE: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";

const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: shop
clusters:
- {name: here, cluster: {server: 'https://127.0.0.1:1'}}
contexts:
- {name: shop, context: {cluster: here, user: me, namespace: from-context}}
- {name: bare, context: {cluster: here, user: me}}
users:
- {name: me, user: {token: x}}
";

/// Files `cert.pem`, `key.yaml`, `secret.yaml`, `nowhere.yaml`, `config` and `value` for both.
fn world() -> Both {
    let both = Both::new();
    let folder = tempfile::tempdir().unwrap();
    let generate = ["keys", "generate", "-w", "key.yaml", "--bits", "2048"];
    chancery(folder.path(), &generate, "").succeeded();
    let cert = chancery(folder.path(), &["cert", "--cert", "key.yaml"], "").succeeded();
    both.write("cert.pem", &cert.stdout);
    both.write("secret.yaml", SECRET);
    both.write("nowhere.yaml", NOWHERE);
    both.write("config", KUBECONFIG);
    both.write("value", "tulip\n");
    both
}

/// Each line is one call, its words between blanks; before a `|` stands the environment.
fn check(both: &Both, lines: &str, stdin: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (before, call) = line.split_once('|').unwrap_or(("", line));
        let environment: Vec<_> = before
            .split_whitespace()
            .filter_map(|set| set.split_once('='))
            .collect();
        let arguments: Vec<_> = call.split_whitespace().collect();
        assert_same(line, &both.run(&arguments, stdin, &environment));
    }
}

#[test]
fn sealing_gives_the_same_text() {
    check(
        &world(),
        "--cert cert.pem
         --cert=cert.pem --format=json
         --cert cert.pem -o yaml
         --cert cert.pem -oYAML
         --cert cert.pem -o=Json
         --cert cert.pem --scope strict
         --cert cert.pem --scope=
         --cert cert.pem --scope namespace-wide -oyaml
         --cert cert.pem --scope cluster-wide -oyaml
         --cert cert.pem --scope cluster-wide -n other
         --cert cert.pem --scope cluster-wide --scope strict
         --cert cert.pem -n shop
         --cert cert.pem -n ns/shop
         --cert cert.pem --name other -oyaml
         --cert cert.pem -w out.json
         --cert cert.pem -w out.yaml -o json
         --cert cert.pem -w out.yml -o nonsense
         --cert cert.pem -w out -o yaml
         --cert cert.pem -f secret.yaml
         --cert cert.pem -f secret.yaml -w secret-sealed.yaml
         --cert cert.pem -f nowhere.yaml -n shop
         --cert cert.pem -f nowhere.yaml --kubeconfig config
         --cert cert.pem -f nowhere.yaml --kubeconfig config --context bare
         --cert cert.pem -f nowhere.yaml --kubeconfig config -n mine
         --cert cert.pem -f nowhere.yaml --scope cluster-wide
         --cert cert.pem positional -- --raw
         --raw=false --cert cert.pem --validate=0 --fetch-cert=F
         -v=3 --v 2 --logtostderr=false --vmodule a=1 --cert cert.pem --log_file_max_size 3
         --as x --as-group y --as-group z --as-uid 1 --token t --server s --cert cert.pem
         --request-timeout never --cert cert.pem",
        SECRET,
    );
}

#[test]
fn the_environment_counts_the_same() {
    check(
        &world(),
        "SEALED_SECRETS_CERT=cert.pem|
         SEALED_SECRETS_CERT=none.pem|--cert cert.pem
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_FORMAT=yaml|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_FORMAT=yaml|-o json
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_SCOPE=cluster-wide|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_SCOPE=nonsense|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_NAMESPACE=other|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_NAME=other|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_SECRET_FILE=nowhere.yaml SEALED_SECRETS_NAMESPACE=a|
         SEALED_SECRETS_CERT=cert.pem SEALED_SECRETS_SEALED_SECRET_FILE=env.yaml|
         SEALED_SECRETS_FETCH_CERT=1|--cert cert.pem
         SEALED_SECRETS_FETCH_CERT=true|--cert cert.pem --fetch-cert=false
         SEALED_SECRETS_FETCH_CERT=perhaps|--cert cert.pem
         SEALED_SECRETS_VERSION=0.27.1|--cert cert.pem
         SEALED_SECRETS_V=x|--cert cert.pem
         SEALED_SECRETS_FORMAT=|--cert cert.pem
         SEALED_SECRETS_RAW=true SEALED_SECRETS_SCOPE=cluster-wide|--cert cert.pem
         KUBECONFIG=config|--cert cert.pem -f nowhere.yaml
         KUBECONFIG=config SEALED_SECRETS_CONTEXT=bare|--cert cert.pem -f nowhere.yaml
         SEALED_SECRETS_KUBECONFIG=config|--cert cert.pem -f nowhere.yaml",
        SECRET,
    );
}

#[test]
fn a_single_value_and_the_certificate_come_out_the_same() {
    check(
        &world(),
        "--raw --cert cert.pem -n shop --name db
         --raw --cert cert.pem -n shop --scope namespace-wide
         --raw --cert cert.pem --scope cluster-wide
         --raw --cert cert.pem --scope cluster-wide --from-file value
         --raw --cert cert.pem --scope cluster-wide --from-file key=value
         --raw --cert cert.pem --scope cluster-wide --from-file /dev/stdin
         --raw --cert cert.pem --scope cluster-wide -w item
         --raw --cert cert.pem --kubeconfig config --name db
         --raw --cert cert.pem -n shop
         --raw --cert cert.pem -n shop --name db --from-file a,b
         --raw --cert cert.pem -n shop --name db --from-file a --from-file b
         --raw --cert cert.pem -n shop --name db --from-file none
         --raw --fetch-cert --cert cert.pem
         --fetch-cert --cert cert.pem
         --fetch-cert --cert cert.pem -w copy.pem
         --fetch-cert --cert none.pem",
        "tulip",
    );
}

#[test]
fn mistakes_have_the_same_code_and_the_same_words() {
    check(
        &world(),
        "--foo
         --foo=bar
         -x
         -zo json
         ---x
         --=x
         --name
         -o
         -n
         --raw=maybe
         --raw=
         --scope wide
         -v much
         --v=1.5
         --insecure-skip-tls-verify=maybe
         --cert none.pem
         --cert config
         --cert cert.pem -o xml
         --cert cert.pem -n other
         --cert cert.pem -f none.yaml
         --cert cert.pem --from-file value
         --cert cert.pem -f nowhere.yaml
         --cert cert.pem -f nowhere.yaml --kubeconfig none
         --cert cert.pem -f nowhere.yaml --kubeconfig config --context other",
        SECRET,
    );
    let empty = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: a}\n";
    check(
        &world(),
        "--cert cert.pem\n--cert cert.pem --allow-empty-data",
        empty,
    );
    let nameless = "apiVersion: v1\nkind: Secret\nmetadata: {namespace: a}\nstringData: {a: b}\n";
    check(&world(), "--cert cert.pem\n--cert cert.pem --name x", nameless);
    check(&world(), "--cert cert.pem", "");
    check(&world(), "--cert cert.pem", "---\n---\n# nothing\n");
}

#[test]
fn inputs_of_several_documents_give_the_same_documents() {
    let both = world();
    let json = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"two\",\"namespace\":\"a\"},\
                \"data\":{\"a\":\"eA==\",\"null\":null}}";
    let calls = "--cert cert.pem\n--cert cert.pem -oyaml\n--cert cert.pem --name x -w out.yaml";
    for input in [
        format!("{SECRET}---\n{json}\n"),
        format!("{json}{json}"),
        format!("{json}\n\n{json}\n"),
        format!("---\n---\n{SECRET}---\n# nothing\n---\n{SECRET}"),
        "metadata: {name: db, namespace: a}\ndata: {a: eA==}\n".to_owned(),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: a}\ndata:\n  a: |\n    dHVs\n    aXB=\n"
            .to_owned(),
    ] {
        check(&both, calls, &input);
    }
}

/// What ours does otherwise, and why. Every line is a row of cli/README.md.
#[test]
fn where_theirs_is_wrong_ours_fails_by_name() {
    let both = world();
    let good = SECRET;
    let config_map = SECRET.replace("kind: Secret", "kind: ConfigMap");
    let cases: &[(&str, String, &str)] = &[
        (
            "a document that can't be read is passed over",
            format!("{good}---\n a: [\n---\n{good}"),
            "<stdin>, document 2",
        ),
        (
            "the kind is not looked at",
            config_map,
            "is a `ConfigMap` of `v1`, not a Secret",
        ),
        (
            "a field that there isn't is passed over, with the values in it",
            good.replace("data: {k: YQ==, empty: ''}", "date: {k: YQ==}"),
            "field `date`",
        ),
    ];
    for (defect, input, said) in cases {
        let [theirs, ours] = both.run(&["--cert", "cert.pem"], input, &[]);
        assert_eq!(
            theirs.run.code,
            Some(0),
            "kubeseal has changed: {defect}: {}",
            theirs.run.stderr
        );
        assert_eq!(ours.run.code, Some(1), "{defect}");
        assert!(ours.run.stderr.contains(said), "{defect}: {}", ours.run.stderr);
        assert_eq!(ours.run.stdout, "", "{defect}");
    }
}

#[test]
fn where_theirs_fails_for_no_reason_ours_works() {
    let both = world();
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}",
        NOWHERE
            .trim_end()
            .replace('\n', "\n  ")
            .replace("name: db", "name: db, namespace: a")
    );
    let [theirs, ours] = both.run(&["--cert", "cert.pem"], &list, &[]);
    assert_eq!(
        (theirs.run.code, ours.run.code),
        (Some(1), Some(0)),
        "{}",
        ours.run.stderr
    );
    let arguments = [
        "--raw",
        "--cert",
        "cert.pem",
        "--scope=cluster-wide",
        "--from-file=value",
    ];
    let [theirs, ours] = both.run(&arguments, "", &[("SEALED_SECRETS_FROM_FILE", "none")]);
    assert_eq!(
        (theirs.run.code, ours.run.code),
        (Some(1), Some(0)),
        "{}",
        ours.run.stderr
    );
}

#[test]
fn what_no_certificate_is_gets_printed_by_theirs_alone() {
    let [theirs, ours] = world().run(&["--fetch-cert", "--cert", "value"], "", &[]);
    assert_eq!(
        (theirs.run.code, theirs.run.stdout.as_str()),
        (Some(0), "tulip\n")
    );
    assert_eq!((ours.run.code, ours.run.stdout.as_str()), (Some(1), ""));
}

#[test]
fn help_and_the_version_go_to_standard_output() {
    let both = world();
    for arguments in [["--help"], ["-h"], ["--version"]] {
        let [theirs, ours] = both.run(&arguments, "", &[]);
        assert_eq!((theirs.run.code, ours.run.code), (Some(0), Some(0)));
        if arguments == ["--version"] {
            let version = |text: &str| {
                text.trim_end()
                    .split_once('+')
                    .map_or_else(|| text.trim_end().to_owned(), |(grammar, _)| grammar.to_owned())
            };
            assert_eq!(version(&theirs.run.stdout), version(&ours.run.stdout));
        }
    }
    let [theirs, ours] = both.run(&["--help"], "", &[]);
    let flags = |text: &str| -> std::collections::BTreeSet<String> {
        let words = text.lines().filter_map(|line| line.split("--").nth(1));
        let names = words.map(|rest| rest.split([' ', '[', '=']).next().unwrap_or_default().to_owned());
        names.collect()
    };
    let missing: Vec<_> = flags(&theirs.run.stdout)
        .difference(&flags(&ours.run.stdout))
        .cloned()
        .collect();
    assert_eq!(missing, [""; 0], "flags of theirs that our help does not have");
}
