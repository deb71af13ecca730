use std::fs;

use sealing::Scope;

use super::*;

const PIN: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[expect(
    clippy::unwrap_in_result,
    reason = "a folder that can't be made fails the test, a mistake in the file is its subject"
)]
fn read(body: &str) -> Result<Config, CommandError> {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("apiVersion: chancery.dev/v1alpha1\nkind: Config\n{body}");
    fs::write(folder.path().join(".chancery.yaml"), text).unwrap();
    let working = folder.path().canonicalize().unwrap();
    fs::create_dir_all(working.join("plain/shop")).unwrap();
    Config::read(&working, Path::new(".chancery.yaml")).map(|mut config| {
        // The folder is gone when this returns; paths that don't exist are as good.
        config.root = PathBuf::from("/");
        config.working = PathBuf::from("/");
        config
    })
}

#[track_caller]
fn refused(body: &str, said: &[&str]) {
    let error = read(body).unwrap_err();
    let causes = error.causes().join(": ");
    for part in said {
        assert!(causes.contains(part), "not said: {part:?} in {causes}");
    }
}

const TWO: &str = "\
clusters:
- {name: staging, certificate: staging.pem}
- {name: production, certificate: production.pem}
";

#[test]
fn of_the_rules_that_match_the_last_one_that_says_a_field_counts() {
    let config = read(&format!(
        "{TWO}rules:
- {{path: 'plain/**', clusters: [staging], namespace: base, scope: namespace-wide}}
- {{path: 'plain/shop/**', namespace: shop}}
- {{path: 'other/**', namespace: other}}
defaults: {{clusters: [production], scope: strict}}
"
    ))
    .unwrap();
    let rule = config.rule_for(Path::new("plain/shop/db.yaml"));
    assert_eq!(rule.namespace(), Some("shop"));
    assert_eq!(rule.clusters(), ["staging"]);
    assert_eq!(rule.scope(), Some(Scope::NamespaceWide));
    let rule = config.rule_for(Path::new("elsewhere.yaml"));
    assert_eq!((rule.namespace(), rule.scope()), (None, Some(Scope::Strict)));
    assert_eq!(rule.clusters(), ["production"]);
}

#[test]
fn a_rule_binds_and_a_default_does_not() {
    let config = read(
        "rules: [{path: 'a/**', namespace: shop, scope: strict}]\ndefaults: {namespace: base, scope: cluster-wide}\n",
    )
    .unwrap();
    let rule = config.rule_for(Path::new("a/x.yaml"));
    let said = |contradiction: Option<Contradiction>| contradiction.map(|words| words.to_string());
    assert_eq!(
        said(rule.namespace_contradiction(Some("team"))).as_deref(),
        Some("its namespace is `team`, and rule 1 of `.chancery.yaml` (line 3, path `a/**`) wants `shop`")
    );
    assert_eq!(
        said(rule.scope_contradiction(Scope::NamespaceWide)).as_deref(),
        Some(
            "its scope is `namespace-wide`, and rule 1 of `.chancery.yaml` (line 3, path `a/**`) wants `strict`"
        )
    );
    assert_eq!(rule.namespace_contradiction(Some("shop")), None);
    assert_eq!(rule.namespace_contradiction(None), None);
    assert_eq!(rule.scope_contradiction(Scope::Strict), None);
    let rule = config.rule_for(Path::new("b/x.yaml"));
    assert_eq!(rule.namespace_contradiction(Some("team")), None);
    assert_eq!(rule.scope_contradiction(Scope::NamespaceWide), None);
}

#[test]
fn mistakes_are_said_with_line_field_and_what_was_meant() {
    refused(
        "rulez: []\n",
        &[".chancery.yaml", "`rulez` (line 3)", "did you mean `rules`?"],
    );
    refused(
        "rules:\n- path: a/**\n  namepsace: shop\n",
        &["`rules[0].namepsace` (line 5)", "did you mean `namespace`?"],
    );
    refused(
        "rules: [{path: a, scope: cluster}]\n",
        &[
            "`rules[0].scope`",
            "expected one of strict, namespace-wide, cluster-wide",
        ],
    );
    refused(
        "rules:\n- {path: a}\n",
        &["`rules[0]` (line 4)", "the rule says nothing"],
    );
    refused(
        "rules:\n- {path: '!a', scope: strict}\n",
        &["`rules[0].path`", "later rule"],
    );
    refused(
        "rules:\n- {path: a, namespace: Shop}\n",
        &["`rules[0].namespace`", "lower-case"],
    );
    refused(
        "rules:\n- {path: a, output: ../x.yaml}\n",
        &["`rules[0].output`", "below the folder"],
    );
    refused(
        "clusters:\n- {certificate: a.pem}\n",
        &["`clusters[0]`", "`name` is missing"],
    );
    refused(
        "clusters:\n- {name: a}\n",
        &["`clusters[0]`", "neither `certificate`"],
    );
    refused(
        "clusters:\n- {name: a, certificate: a.pem}\n- name: a\n  certificate: b.pem\n",
        &["`clusters[1].name` (line 5)", "another cluster"],
    );
    refused(
        &format!("{TWO}- {{name: third, controller: {{}}}}\n"),
        &["`clusters[2].controller`", "needs its `context`"],
    );
    refused(
        "clusters:\n- {name: a, certificate: a.pem, fingerprints: ['SHA256:short']}\n",
        &["`clusters[0].fingerprints[0]`", "not a key fingerprint"],
    );
    refused(
        "clusters:\n- {name: a, certificate: 'http://x/cert.pem'}\n",
        &["`clusters[0].certificate`", "plain http"],
    );
    refused(
        &format!("{TWO}rules:\n- {{path: a, clusters: [producton]}}\n"),
        &["`rules[0].clusters[0]` (line 7)", "did you mean `production`?"],
    );
    refused(
        "plainSecrets: {allow: ['a/[b']}\n",
        &["`plainSecrets.allow[0]`", "not a pattern"],
    );
}

#[test]
fn another_version_or_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str, said: &str| {
        fs::write(folder.path().join("c.yaml"), text).unwrap();
        let error = Config::read(folder.path(), Path::new("c.yaml")).unwrap_err();
        let causes = error.causes().join(": ");
        assert!(causes.contains(said), "{causes}");
    };
    check(
        "apiVersion: chancery.dev/v2\nkind: Config\n",
        "`apiVersion: chancery.dev/v1alpha1`",
    );
    check(
        "apiVersion: chancery.dev/v1alpha1\nkind: Secret\n",
        "`kind: Config`",
    );
    check("", "0 documents");
    check("- a\n", "expected an object");
}

#[test]
fn only_named_files_may_have_plain_secrets() {
    let config = read("plainSecrets: {allow: ['examples/', '*.example.yaml']}\n").unwrap();
    for (path, allowed) in [
        ("examples/a/b.yaml", true),
        ("x/y.example.yaml", true),
        ("x/y.yaml", false),
    ] {
        assert_eq!(config.allows_plain_secret(Path::new(path)), allowed, "{path}");
    }
}

#[test]
fn pins_are_those_of_the_clusters_of_a_rule_and_none_where_one_has_none() {
    let config = read(&format!(
        "clusters:
- {{name: a, certificate: a.pem, fingerprints: ['{PIN}']}}
- {{name: b, certificate: b.pem}}
rules:
- {{path: a, clusters: [a]}}
- {{path: ab, clusters: [a, b]}}
"
    ))
    .unwrap();
    let pins = |path: &str| {
        config
            .pins_for(&config.rule_for(Path::new(path)))
            .map(|pins| pins.len())
    };
    assert_eq!((pins("a"), pins("ab"), pins("c")), (Some(1), None, None));
}

#[test]
fn a_newest_key_that_is_not_pinned_is_refused_where_all_keys_are() {
    let config = read(&format!(
        "clusters:
- {{name: a, certificate: a.pem, fingerprints: ['{PIN}']}}
- {{name: b, certificate: b.pem}}
rules:
- {{path: a/, clusters: [a]}}
- {{path: b/, clusters: [b]}}
"
    ))
    .unwrap();
    let other = PIN.replace("AAAA", "AAAB").parse().unwrap();
    let check = |file: &str, newest: &Fingerprint| config.check_newest(Path::new(file), newest);
    let error = check("a/x.yaml", &other).unwrap_err();
    assert!(error.causes()[0].contains("which `.chancery.yaml` doesn't pin for `a`"));
    assert!(check("a/x.yaml", &PIN.parse().unwrap()).is_ok());
    assert!(check("b/x.yaml", &other).is_ok());
    assert!(check("c/x.yaml", &other).is_ok());
}
