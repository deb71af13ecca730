//! `spec.template.data` and templates of metadata, as upstream has them and where it has none.

use api::names::{KEPT_VALUES, TEMPLATE_METADATA};
use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::unseal::{Before, UnsealError, Unsealed, unseal};

use crate::fixture::{CERT_2048, KEY_2048, database, ring, sealed, terms};

/// A SealedSecret with these items and these templates.
fn templated(items: &str, templates: &[(&str, Option<&str>)]) -> SealedSecret {
    let mut sealed = sealed(&database(items), CERT_2048);
    let data = templates
        .iter()
        .map(|(key, text)| ((*key).to_owned(), text.map(str::to_owned)));
    sealed.spec.template.as_mut().unwrap().data = Some(data.collect());
    sealed
}

fn opened(sealed: &SealedSecret) -> Result<Unsealed, UnsealError> {
    unseal(sealed, &ring(&[KEY_2048]), &[], &terms())
}

/// Returns the values of a Secret as text.
fn values(secret: &Secret) -> Vec<(String, String)> {
    let data = secret.data.iter().flatten();
    data.map(|(key, value)| (key.clone(), String::from_utf8_lossy(&value.0).into_owned()))
        .collect()
}

#[track_caller]
fn check(items: &str, templates: &[(&str, Option<&str>)], expected: &[(&str, &str)]) {
    let secret = opened(&templated(items, templates)).unwrap().secret;
    let expected: Vec<_> = expected
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(values(&secret), expected);
}

#[test]
fn a_template_sees_items_and_the_raw_texts_of_other_templates() {
    check(
        "stringData: {password: tulip}",
        &[("url", Some("{{ .user }}:{{ .password }}")), ("user", Some("me"))],
        &[("password", "tulip"), ("url", "me:tulip"), ("user", "me")],
    );
    // Never what another template renders.
    check(
        "stringData: {a: x}",
        &[("b", Some("{{ .a }}")), ("c", Some("{{ .b }}"))],
        &[("a", "x"), ("b", "x"), ("c", "{{ .a }}")],
    );
}

#[test]
fn an_item_wins_over_a_template_of_its_key() {
    check(
        "stringData: {a: item}",
        &[("a", Some("template")), ("b", Some("{{ .a }}"))],
        &[("a", "item"), ("b", "item")],
    );
}

#[test]
fn null_leaves_an_item_out_and_templates_still_see_it() {
    check(
        "stringData: {password: tulip, user: me}",
        &[
            ("url", Some("{{ .user }}:{{ .password }}")),
            ("password", None),
            ("nobody", None),
        ],
        &[("url", "me:tulip"), ("user", "me")],
    );
}

#[test]
fn a_key_that_is_missing_renders_as_in_go() {
    check(
        "stringData: {a: x}",
        &[("b", Some("{{ .none }}|{{ index . \"none\" }}|"))],
        &[("a", "x"), ("b", "<no value>||")],
    );
}

#[test]
fn values_are_bytes_to_a_template() {
    let sealed = templated(
        "data: {bytes: /wD+}",
        &[
            ("copy", Some("<{{ .bytes }}>")),
            ("len", Some("{{ len .bytes }}")),
        ],
    );
    let data = opened(&sealed).unwrap().secret.data.unwrap();
    assert_eq!(data["copy"].0, b"<\xff\x00\xfe>");
    assert_eq!(data["len"].0, b"3");
}

#[test]
fn a_template_that_fails_names_itself_and_no_value() {
    for template in [
        "\n{{ fail .password }}",
        "\n{{ fromJson .password | mustToJson | fail }}",
        "\n{{ mustFromJson .password }}",
        "\n{{ index .password 99 }}",
        "\n{{ template .password }}",
        "\n{{ printf \"%s\" .password | fail }}",
        "\n{{ .password.canary }}",
        "\n{{ mustRegexMatch .password \"x\" }}",
        "\n{{ mustToDate \"2006\" .password }}",
        "\n{{ semver .password }}",
        "\n{{ repeat 1000000000 .password }}",
        "\n{{ b64dec .password | fail }}",
        "\n{{ fail \"canary\" }}",
        "\n{{ .password | canary }}",
        "\n{{ .password",
    ] {
        let items = "stringData: {password: 'canary-[1'}";
        let error = opened(&templated(items, &[("url", Some(template))])).unwrap_err();
        assert!(
            matches!(error, UnsealError::Templates { .. }),
            "{template}: {error}"
        );
        let said = format!("{error} {error:?}");
        assert!(said.contains("template \"url\", line 2"), "{template}: {said}");
        let is_name = template.ends_with("| canary }}") || template.contains(".canary");
        assert!(!said.contains("canary") || is_name, "{template}: {said}");
    }
}

#[test]
fn every_template_that_fails_is_told_and_nothing_is_made() {
    let sealed = templated(
        "stringData: {a: x}",
        &[
            ("b", Some("{{ .a")),
            ("c", Some("ok")),
            ("d", Some("{{ fail .a }}")),
        ],
    );
    let error = opened(&sealed).unwrap_err().to_string();
    assert!(
        error.contains("template \"b\"") && error.contains("template \"d\""),
        "{error}"
    );
    assert!(!error.contains("template \"c\""), "{error}");
}

/// An object whose labels and annotations look like templates.
fn with_metadata(asked: Option<&str>) -> SealedSecret {
    let mut sealed = templated("stringData: {team: a, note: long}", &[]);
    let metadata = sealed.spec.template.as_mut().unwrap().metadata.as_mut().unwrap();
    metadata.labels = Some([("team".to_owned(), "team-{{ .team }}".to_owned())].into());
    metadata.annotations = Some([("note".to_owned(), "{{ .note }}, {{ `{{` }}".to_owned())].into());
    let annotations = sealed.metadata.annotations.get_or_insert_default();
    annotations.extend(asked.map(|value| (TEMPLATE_METADATA.to_owned(), value.to_owned())));
    sealed
}

#[test]
fn labels_and_annotations_are_rendered_only_when_asked_for() {
    let label = |asked| {
        let metadata = opened(&with_metadata(asked)).unwrap().secret.metadata;
        (
            metadata.labels.unwrap()["team"].clone(),
            metadata.annotations.unwrap()["note"].clone(),
        )
    };
    let raw = (
        "team-{{ .team }}".to_owned(),
        "{{ .note }}, {{ `{{` }}".to_owned(),
    );
    assert_eq!(label(None), raw);
    assert_eq!(label(Some("yes")), raw);
    assert_eq!(label(Some("true")), ("team-a".to_owned(), "long, {{".to_owned()));
}

#[test]
fn a_template_of_metadata_that_fails_says_where_it_stands() {
    let mut sealed = with_metadata(Some("true"));
    let metadata = sealed.spec.template.as_mut().unwrap().metadata.as_mut().unwrap();
    metadata.labels = Some([("team".to_owned(), "{{ fail .team }}".to_owned())].into());
    let error = opened(&sealed).unwrap_err().to_string();
    assert!(error.contains("template \"labels/team\", line 1"), "{error}");
}

/// Returns the Secret that a controller makes which finds this one.
fn again(sealed: &SealedSecret, secret: Option<&Secret>) -> Secret {
    let mut terms = terms();
    terms.before = Some(Before {
        secret,
        is_same_document: false,
    });
    unseal(sealed, &ring(&[KEY_2048]), &[], &terms).unwrap().secret
}

#[test]
fn what_changes_at_each_run_is_computed_once_an_input() {
    let templates = [
        ("token", Some("{{ .user }}-{{ randAlphaNum 20 }}")),
        ("plain", Some("{{ .other }}")),
    ];
    let object = |user: &str, other: &str| {
        templated(
            &format!("stringData: {{user: {user}, other: {other}}}"),
            &templates,
        )
    };
    let first = again(&object("me", "x"), None);
    let token = |secret: &Secret| secret.data.as_ref().unwrap()["token"].clone();
    assert_eq!(token(&again(&object("me", "x"), Some(&first))), token(&first));
    let other = again(&object("me", "w"), Some(&first));
    assert_eq!(token(&other), token(&first));
    assert_eq!(other.data.as_ref().unwrap()["plain"].0, b"w");
    assert_ne!(token(&again(&object("you", "x"), Some(&first))), token(&first));
    assert_ne!(token(&again(&object("me", "x"), None)), token(&first));
}

#[test]
fn a_label_that_changes_at_each_run_is_kept_too() {
    let mut sealed = with_metadata(Some("true"));
    let metadata = sealed.spec.template.as_mut().unwrap().metadata.as_mut().unwrap();
    metadata.labels = Some([("run".to_owned(), "r-{{ randAlphaNum 9 }}".to_owned())].into());
    let first = again(&sealed, None);
    assert_eq!(again(&sealed, Some(&first)).metadata, first.metadata);
}

#[test]
fn nothing_is_remembered_where_nothing_is_kept() {
    let annotation = |secret: &Secret| {
        secret
            .metadata
            .annotations
            .clone()
            .unwrap_or_default()
            .contains_key(KEPT_VALUES)
    };
    let sealed = templated("stringData: {a: x}", &[("token", Some("{{ uuidv4 }}"))]);
    assert!(!annotation(&opened(&sealed).unwrap().secret));
    assert!(annotation(&again(&sealed, None)));
    let mut steady = templated("stringData: {a: x}", &[("b", Some("{{ .a }}"))]);
    assert!(!annotation(&again(&steady, None)));
    // The document has no say in it.
    let metadata = steady.spec.template.as_mut().unwrap().metadata.as_mut().unwrap();
    metadata.annotations = Some([(KEPT_VALUES.to_owned(), "{}".to_owned())].into());
    assert!(!annotation(&again(&steady, None)));
}
