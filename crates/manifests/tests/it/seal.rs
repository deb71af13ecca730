use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use manifests::seal::{SealOptions, seal};
use manifests::{documents, json, yaml};
use sealing::Scope;

use crate::fixture::{
    CERT_2048, CERT_4096, KEY_2048, KEY_4096, certificate, database, ring, sealed, secret, terms, value,
};

#[test]
fn each_key_size_and_scope_opens_again() {
    for (cert, key) in [(CERT_2048, KEY_2048), (CERT_4096, KEY_4096)] {
        for scope in [Scope::Strict, Scope::NamespaceWide, Scope::ClusterWide] {
            let options = SealOptions {
                scope: Some(scope),
                ..SealOptions::default()
            };
            let secret = database("stringData: {password: tulip}");
            let sealed = seal(&secret, &certificate(cert), &options, &SystemRandom::new()).unwrap();
            let opened = manifests::unseal::unseal(&sealed, &ring(&[key]), &[], &terms()).unwrap();
            assert_eq!(opened.secret.data.unwrap()["password"].0, b"tulip");
        }
    }
}

#[test]
fn what_is_written_reads_back_equal_in_both_formats() {
    let long = "x".repeat(300);
    let note = "{a: 'b', c: \\\"d\\\"}\\n# not a comment\\n";
    let secret = secret(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\n  namespace: shop\n  labels: {{on: \"yes\", n: \"1_000\"}}\n  \
         annotations: {{note: \"{note}\", long: {long}}}\nstringData: {{a: b}}\n"
    ));
    let sealed = sealed(&secret, CERT_2048);
    for text in [
        yaml::to_string(&sealed).unwrap(),
        json::to_string_pretty(&sealed).unwrap(),
    ] {
        let documents = documents::read("sealed", text.as_bytes()).unwrap();
        assert_eq!(documents[0].to::<SealedSecret>().unwrap(), sealed, "{text}");
    }
}

#[test]
fn fields_are_written_in_the_order_that_people_expect() {
    let text = yaml::to_string(&sealed(&database("stringData: {password: tulip}"), CERT_2048)).unwrap();
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split_inclusive(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        lines,
        [
            "apiVersion:",
            "kind:",
            "metadata:",
            "  name:",
            "  namespace:",
            "spec:",
            "  encryptedData:",
            "    password:",
            "  template:",
            "    metadata:",
            "      name:",
            "      namespace:",
        ]
    );
}

#[test]
fn the_hint_stands_on_the_sealed_secret_alone() {
    let options = SealOptions {
        hint: true,
        ..SealOptions::default()
    };
    let sealed = seal(
        &database("stringData: {a: b}"),
        &certificate(CERT_2048),
        &options,
        &SystemRandom::new(),
    )
    .unwrap();
    let hint = &sealed.metadata.annotations.as_ref().unwrap()["chancery.dev/sealed-with"];
    assert_eq!(hint, certificate(CERT_2048).fingerprint().as_str());
    assert!(!value(&sealed.spec.template).to_string().contains("chancery.dev"));
}
