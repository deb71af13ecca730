//! `.chancery.yaml`: where it is found, what its rules want, and the example in the manual.

use crate::sandbox::{Sandbox, secret};

const HEAD: &str = "apiVersion: chancery.dev/v1alpha1\nkind: Config\n";

/// A store, and a configuration for its certificate.
fn configured(more: &str) -> Sandbox {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["cert", "--local", "store", "-w", "cert.pem"])
        .succeeded();
    config(&sandbox, more);
    sandbox
}

fn config(sandbox: &Sandbox, more: &str) {
    let text = format!("{HEAD}clusters: [{{name: production, certificate: cert.pem}}]\n{more}");
    sandbox.write(".chancery.yaml", &text);
}

/// A Secret without a namespace, with this annotation set to `true`.
fn bare(name: &str, annotation: &str) -> String {
    let annotations = match annotation {
        "" => String::new(),
        annotation => format!("  annotations: {{{annotation}: 'true'}}\n"),
    };
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n{annotations}stringData: {{token: x}}\n"
    )
}

const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";
const NAMESPACE_WIDE: &str = "sealedsecrets.bitnami.com/namespace-wide";

#[test]
fn the_file_is_found_from_any_folder_of_the_repository_and_no_further() {
    let sandbox = configured("");
    sandbox.write("repo/a/db.yaml", &secret("shop", "db"));
    let in_folder = |folder: &str| {
        let mut command = sandbox.command();
        command
            .current_dir(sandbox.path(folder))
            .args(["seal", "db.yaml"]);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(in_folder("repo/a"), (Some(0), String::new()));
    std::fs::create_dir(sandbox.path("repo/.git")).unwrap();
    let (code, said) = in_folder("repo/a");
    assert!(code == Some(1) && said.contains("no usable kubeconfig"), "{said}");
    sandbox.write("repo/.chancery.yaml", &format!("{HEAD}rules: {{}}\n"));
    let (code, said) = in_folder("repo/a");
    assert!(
        code == Some(1)
            && said.contains("../.chancery.yaml, document 1")
            && said.contains("`rules` (line 3)"),
        "{said}"
    );
}

#[test]
fn another_file_can_be_named() {
    let sandbox = Sandbox::with_store();
    sandbox
        .run(&["cert", "--local", "store", "-w", "etc/cert.pem"])
        .failed(1, &["cannot write"]);
    sandbox.write("etc/x", "");
    sandbox
        .run(&["cert", "--local", "store", "-w", "etc/cert.pem"])
        .succeeded();
    sandbox.write(
        "etc/sealing.yaml",
        &format!("{HEAD}clusters: [{{name: a, certificate: cert.pem}}]\n"),
    );
    let text = secret("shop", "db");
    sandbox
        .run_with(&["seal", "--config", "etc/sealing.yaml"], &text)
        .succeeded();
    let output = sandbox
        .command()
        .arg("seal")
        .env("CHANCERY_CONFIG", "etc/sealing.yaml")
        .write_stdin(text.clone())
        .output()
        .unwrap();
    assert!(output.status.success());
    sandbox
        .run_with(&["seal", "--config", "none.yaml"], &text)
        .failed(1, &["cannot read the configuration `none.yaml`"]);
}

#[test]
fn a_rule_gives_namespace_and_scope_to_secrets_that_say_none() {
    let sandbox = configured("rules: [{path: 'plain/shop/**', namespace: shop, scope: namespace-wide}]\n");
    sandbox.write("plain/shop/db.yaml", &bare("db", ""));
    let sealed = sandbox.run(&["seal", "plain/shop/db.yaml"]).succeeded().stdout;
    assert!(
        sealed.contains("namespace: shop") && sealed.contains(NAMESPACE_WIDE),
        "{sealed}"
    );
    sandbox
        .run_with(&["unseal", "--local", "store"], &sealed)
        .succeeded();
}

#[test]
fn a_secret_that_contradicts_its_rule_is_refused_in_words() {
    let sandbox = configured("rules: [{path: 'plain/shop/**', namespace: shop, scope: strict}]\n");
    let file = sandbox.write("plain/shop/db.yaml", &secret("team", "db"));
    let refused = |said: &[&str]| sandbox.run(&["seal", &file]).failed(1, said);
    refused(&[
        "cannot seal plain/shop/db.yaml, document 1 (line 1)",
        "its namespace is `team`, and rule 1 of `.chancery.yaml` (line 4, path `plain/shop/**`) wants `shop`",
        "hint: change the document, or the rule",
    ]);
    sandbox.write(&file, &bare("db", CLUSTER_WIDE));
    refused(&["its scope is `cluster-wide`", "wants `strict`"]);

    // Flags win over the file.
    sandbox
        .run(&["seal", &file, "--scope", "cluster-wide"])
        .succeeded();
    sandbox.write(&file, &secret("team", "db"));
    sandbox.run(&["seal", &file, "-n", "team"]).succeeded();
}

#[test]
fn a_default_fills_in_and_refuses_nothing() {
    let sandbox = configured("defaults: {namespace: base, scope: cluster-wide}\n");
    sandbox.write("a.yaml", &secret("team", "db"));
    let sealed = sandbox.run(&["seal", "a.yaml"]).succeeded().stdout;
    assert!(
        sealed.contains("namespace: team") && sealed.contains(CLUSTER_WIDE),
        "{sealed}"
    );
    sandbox.write("a.yaml", &bare("db", NAMESPACE_WIDE));
    let sealed = sandbox.run(&["seal", "a.yaml"]).succeeded().stdout;
    assert!(
        sealed.contains("namespace: base") && !sealed.contains(CLUSTER_WIDE),
        "{sealed}"
    );
}

#[test]
fn the_namespace_is_not_guessed_where_clusters_are_configured() {
    let sandbox = configured("");
    sandbox
        .run_with(&["seal"], &bare("db", ""))
        .failed(1, &["Secret `db` names no namespace", "-n"]);
    sandbox.run_with(&["seal"], &bare("db", CLUSTER_WIDE)).succeeded();
}

#[test]
fn the_rule_of_the_written_file_counts_for_standard_input() {
    let sandbox = configured("rules: [{path: 'sealed/shop/**', namespace: shop}]\n");
    std::fs::create_dir_all(sandbox.path("sealed/shop")).unwrap();
    for target in ["sealed/shop/", "sealed/shop/db.yaml"] {
        sandbox
            .run_with(&["seal", "-w", target], &bare("db", ""))
            .succeeded();
        assert!(sandbox.read("sealed/shop/db.yaml").contains("namespace: shop"));
        std::fs::remove_file(sandbox.path("sealed/shop/db.yaml")).unwrap();
    }
}

#[test]
fn the_rule_of_the_written_file_must_agree_too() {
    let sandbox = configured("rules: [{path: 'sealed/shop/**', namespace: shop}]\n");
    sandbox.write("plain/db.yaml", &secret("team", "db"));
    for target in ["sealed/shop/", "sealed/shop/{name}.yaml", "sealed/shop/x.yaml"] {
        sandbox.run(&["seal", "plain/db.yaml", "-w", target]).failed(
            1,
            &[
                "cannot write plain/db.yaml",
                "its namespace is `team`",
                "wants `shop`",
            ],
        );
    }
    assert!(!sandbox.path("sealed/shop/db.yaml").exists());
}

#[test]
fn cert_shows_the_configured_clusters() {
    let sandbox = configured("");
    let pem = sandbox.read("cert.pem");
    assert_eq!(sandbox.run(&["cert"]).succeeded().stdout, pem);
    sandbox.write(
        ".chancery.yaml",
        &format!(
            "{HEAD}clusters:\n- {{name: a, certificate: cert.pem}}\n- {{name: b, certificate: cert.pem}}\n"
        ),
    );
    sandbox
        .run(&["cert"])
        .failed(2, &["one certificate for each of `a`, `b`", "--cluster NAME"]);
    assert_eq!(sandbox.run(&["cert", "--cluster", "b"]).succeeded().stdout, pem);
    let json = sandbox.run(&["cert", "-o", "json"]).succeeded().stdout;
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&all[0]["cluster"], &all[1]["cluster"]),
        (&"a".into(), &"b".into())
    );
    assert_eq!(all[0].get("pinned"), None);
    let text = sandbox.run(&["cert", "-o", "text"]).succeeded().stdout;
    assert!(text.starts_with("cluster      a\nfingerprint  SHA256:"), "{text}");
}

#[test]
fn a_certificate_that_ends_soon_is_warned_about() {
    let sandbox = Sandbox::new();
    let generate = [
        "keys", "generate", "--local", "store", "--bits", "2048", "--ttl", "480h",
    ];
    sandbox.run(&generate).succeeded();
    let run = sandbox
        .run_with(&["seal", "--local", "store"], &secret("shop", "db"))
        .succeeded();
    assert!(
        run.stderr
            .starts_with("warning: the certificate of the key SHA256:")
            && run.stderr.contains(" ends in 19 days, at "),
        "{}",
        run.stderr
    );
    let run = sandbox.run(&["cert", "--local", "store"]).succeeded();
    assert!(run.stderr.contains(" ends in 19 days, at "), "{}", run.stderr);
}

/// The example of the manual, with real keys and certificates in place of the ones it names.
#[test]
fn the_example_in_the_manual_does_what_the_manual_says() {
    let sandbox = Sandbox::new();
    let manual = include_str!("../../README.md");
    let example = manual
        .split("```yaml\n")
        .filter_map(|rest| rest.split("```").next())
        .find(|block| block.contains("kind: Config\n"))
        .unwrap();
    let pins: Vec<&str> = example
        .split_whitespace()
        .filter(|word| word.starts_with("SHA256:"))
        .collect();
    let [pin] = pins.as_slice() else {
        panic!("one key is pinned: {pins:?}")
    };
    sandbox
        .run(&["keys", "generate", "--local", "production", "--bits", "2048"])
        .succeeded();
    sandbox.write("clusters/x", "");
    sandbox
        .run(&["cert", "--local", "production", "-w", "clusters/production.pem"])
        .succeeded();
    sandbox.write(".chancery.yaml", example);
    sandbox.write("plain/shop/db.yaml", &bare("db", ""));
    let seal = ["seal", "-f", "plain", "--cluster", "production"];
    sandbox.run(&seal).failed(1, &["is not of a pinned key", pin]);

    let key = sandbox
        .run(&["cert", "--cert", "clusters/production.pem", "--pin"])
        .succeeded()
        .stdout;
    let key = key.split('"').nth(1).unwrap();
    sandbox.write(".chancery.yaml", &example.replace(pin, key));
    sandbox.run(&seal).succeeded();
    assert_eq!(sandbox.files("sealed"), ["production/shop/db.yaml"]);
    assert!(
        sandbox
            .read("sealed/production/shop/db.yaml")
            .contains("namespace: shop")
    );
    sandbox
        .run(&[
            "unseal",
            "sealed/production/shop/db.yaml",
            "--local",
            "production",
        ])
        .succeeded();
    // One rule is about its clusters, another about its namespace.
    sandbox.write("plain/shop/a.test.yaml", &secret("team", "a"));
    sandbox
        .run(&["seal", "plain/shop/a.test.yaml", "--cluster", "production"])
        .failed(1, &["its namespace is `team`", "wants `shop`"]);
    sandbox.write("plain/shop/a.test.yaml", &bare("a", ""));
    sandbox
        .run(&["seal", "plain/shop/a.test.yaml", "--cluster", "production"])
        .failed(1, &["is for staging alone"]);
    let no_kubeconfig = sandbox.run(&["seal", "plain/shop/a.test.yaml"]);
    no_kubeconfig.failed(
        1,
        &[
            "cannot get the certificate of cluster `staging`",
            "no usable kubeconfig",
        ],
    );
}
