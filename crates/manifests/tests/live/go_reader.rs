//! Our YAML through Go's reader, which kubectl, Argo CD and Flux share with kubeseal.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use manifests::keys::ring_from_pem;
use manifests::unseal::unseal;
use manifests::{documents, yaml};
use testkit::case::testdata;

use crate::kubeseal::{kubeseal, terms};

/// Texts that a reader of YAML 1.1 could take for something other than a string.
const WORDS: &[&str] = &[
    "",
    " ",
    "~",
    "null",
    "True",
    "yes",
    "no",
    "on",
    "OFF",
    "y",
    "N",
    "1",
    "-1",
    "+1",
    "012",
    "0o14",
    "0x1F",
    "0b11",
    "1_000",
    "1.5",
    ".5",
    "1e3",
    "12e03",
    ".inf",
    ".nan",
    "1:20",
    "190:20:30",
    "2026-01-01",
    "=",
    "<<",
    "---",
    "...",
    "--- x",
    "x: y",
    "x #y",
    "a\u{85}b",
    "\u{2028}",
    "\u{feff}",
    "é😀",
];

/// Characters that mean something to YAML.
const MARKS: &[&str] = &[
    "\n", "\t", "\r", " ", "-", "?", ":", "#", "!", "&", "*", "%", "@", "`", "[", "]", "{", "}", "|", ">",
    "'", "\"", "\\", ",",
];

/// Every word, and every two marks around letters.
fn texts() -> Vec<String> {
    let pairs = MARKS
        .iter()
        .flat_map(|one| MARKS.iter().map(move |two| (one, two)));
    let around = pairs.map(|(one, two)| format!("{one}a\n{two}b{one} c{two}"));
    WORDS
        .iter()
        .map(|word| (*word).to_owned())
        .chain(around)
        .collect()
}

#[test]
fn go_reads_every_string_that_we_write_as_it_was() {
    let texts = texts();
    let mut secret = Secret::default();
    secret.metadata.name = Some("awkward".to_owned());
    secret.metadata.namespace = Some("shop".to_owned());
    // As values and as keys; annotations pass kubeseal unsealed, so one private-key operation is enough.
    let numbered = |(at, text): (usize, &String)| (format!("v{at}"), text.clone());
    let annotations: BTreeMap<_, _> = texts.iter().enumerate().map(numbered).collect();
    let keys = texts
        .iter()
        .map(|text| (format!("{text}/"), "1".to_owned()))
        .chain(WORDS.iter().map(|word| ((*word).to_owned(), "2".to_owned())));
    secret.metadata.annotations = Some(annotations.into_iter().chain(keys).collect());
    secret.string_data = Some(
        [(
            "script".to_owned(),
            "#!/bin/sh\n\tset -e\n\necho done\n".to_owned(),
        )]
        .into(),
    );

    let certificate = testdata().join("crypto/cert-2048.pem");
    let text = kubeseal(
        &["--cert", certificate.to_str().unwrap(), "-o", "json"],
        &yaml::to_string(&secret).unwrap(),
    );
    let sealed: api::sealed_secret::SealedSecret = documents::read("sealed", text.as_bytes()).unwrap()[0]
        .to()
        .unwrap();
    let key = std::fs::read(testdata().join("crypto/key-2048.pem")).unwrap();
    let opened = unseal(&sealed, &ring_from_pem("key", &key).0, &[], &terms())
        .unwrap()
        .secret;
    assert_eq!(opened.metadata.annotations, secret.metadata.annotations);
    assert_eq!(
        opened.data.unwrap()["script"].0,
        secret.string_data.unwrap()["script"].as_bytes()
    );
}
