//! Plain Secrets, objects that stand twice, and texts that can't be read.

use super::*;

#[test]
fn plain_secrets_show_values_unless_they_are_empty_or_of_sops() {
    let check = |text: &str, found: &[&str]| {
        let findings: Vec<Finding> = read(text).iter().flat_map(plain_secret).collect();
        assert_eq!(places(&findings), found, "{findings:#?}");
        assert!(!format!("{findings:?}").contains("hunter2"));
    };
    check(
        "kind: Secret\nmetadata: {name: a}\ndata: {a: hunter2}\nstringData:\n  b: hunter2\n",
        &["3:1 plain-secret", "4:1 plain-secret"],
    );
    check("kind: Secret\ndata: {}\nstringData: {a: \"\", b: null}\n", &[]);
    check(
        "kind: Secret\ndata: {a: \"ENC[AES256_GCM,x]\"}\nsops: {mac: x}\n",
        &[],
    );
    check(
        "kind: Secret\ndata: {a: \"ENC[AES256_GCM,x]\"}\n",
        &["2:1 plain-secret"],
    );
    check("kind: Secret\ndata: hunter2\n", &["2:1 plain-secret"]);
    check(
        "kind: List\nitems:\n- kind: Secret\n  stringData: {a: 5}\n",
        &["4:3 plain-secret"],
    );
    check(
        "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n  data: {a: hunter2}\n",
        &["5:3 plain-secret"],
    );
    check("kind: ConfigMap\ndata: {a: hunter2}\n", &[]);
}

#[test]
fn a_kustomization_shows_the_literals_of_its_secrets_and_names_files() {
    let text = "kind: Kustomization\nconfigMapGenerator:\n- literals: [a=b]\nsecretGenerator:\n- name: a\n  literals:\n  - user=hunter2\n  - empty=\n  - 'quoted=\"\"'\n  envs: [a.env]\n  files:\n  - tls.key=keys/a.pem\n  - b.txt\n- env: c.env\n";
    let document = &read(text)[0];
    let (findings, files) = kustomization(document, false);
    assert_eq!(places(&findings), ["7:5 generator-literal"]);
    assert!(!findings[0].message.contains("hunter2"));
    let files: Vec<_> = files
        .iter()
        .map(|file| {
            (
                file.path.as_str(),
                file.lines,
                file.finding.line,
                file.finding.column,
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            ("a.env", true, 10, 10),
            ("keys/a.pem", false, 12, 5),
            ("b.txt", false, 13, 5),
            ("c.env", true, 14, 3)
        ]
    );

    let unnamed = &read("secretGenerator:\n- literals: [a=hunter2]\n")[0];
    assert!(kustomization(unnamed, false).0.is_empty());
    assert_eq!(
        places(&kustomization(unnamed, true).0),
        ["2:14 generator-literal"]
    );
    let own = &read("kind: SecretGenerator\nliterals: [a=hunter2]\n")[0];
    assert_eq!(places(&kustomization(own, false).0), ["2:12 generator-literal"]);
}

#[test]
fn an_object_that_stands_twice_is_found_at_the_second() {
    let text = sealed("", ITEMS);
    let documents = read(&format!(
        "{text}---\n{text}---\n{}",
        text.replace("name: db", "name: other")
    ));
    let clusters = ["a".to_owned(), "b".to_owned()];
    let sighting = |index: usize, folder, clusters| Sighting {
        document: &documents[index],
        namespace: Some("shop"),
        folder,
        clusters,
    };
    let check = |sightings: &[Sighting<'_>], found: &[&str]| {
        assert_eq!(places(&duplicates(sightings)), found);
    };
    check(
        &[
            sighting(0, "x", &[]),
            sighting(1, "x", &[]),
            sighting(2, "x", &[]),
        ],
        &["13:3 duplicate"],
    );
    check(
        &[sighting(0, "x", &[]), sighting(1, "y", &[])],
        &["13:3 duplicate-elsewhere"],
    );
    check(
        &[sighting(0, "x", &clusters[..1]), sighting(1, "x", &clusters[1..])],
        &[],
    );
    check(
        &[sighting(0, "x", &clusters[..1]), sighting(1, "y", &clusters)],
        &["13:3 duplicate-elsewhere"],
    );
    let elsewhere = Sighting {
        namespace: Some("other"),
        ..sighting(1, "x", &[])
    };
    check(&[sighting(0, "x", &[]), elsewhere], &[]);
}

#[test]
fn a_text_that_cannot_be_read_has_line_and_column() {
    let check = |text: &[u8], place: &str| {
        let finding = unreadable("f.yaml", &documents::read("f.yaml", text).unwrap_err());
        assert_eq!(places(std::slice::from_ref(&finding)), [place], "{finding:#?}");
        assert!(!finding.message.contains("hunter2"));
    };
    check(b"a: 1\n---\nkind: SealedSecret\nb: [hunter2\n", "4:4 syntax");
    check(b"kind: SealedSecret\nspec:\n  a: \"b\" hunter2\n", "3:10 syntax");
    check(
        b"kind: SealedSecret\r\nspec:\r\n  a: 1\r\n  a: hunter2\r\n",
        "4:3 syntax",
    );
    check(
        b"{\"kind\": \"SealedSecret\",\n  \"a\": \"x\" \"hunter2\"}",
        "2:12 syntax",
    );
    check(b"kind: SealedSecret\na: \xff\n", "2:1 not-utf8");
    check(b"- kind: SealedSecret\n", "1:1 syntax");
}

#[test]
fn a_text_that_cannot_be_read_is_known_by_the_kind_in_it() {
    for text in [
        "kind: Secret\n\tx",
        "{\"kind\":\"Secret\"",
        "- kind : 'Secret' # x",
        "apiKind: x\nkind: \"Secret\"",
    ] {
        assert!(mentions_kind(text.as_bytes(), "Secret"), "{text}");
    }
    for text in [
        "kind: SecretStore",
        "kind: SealedSecret",
        "a Secret of a kind",
        "kind:\nSecrets",
    ] {
        assert!(!mentions_kind(text.as_bytes(), "Secret"), "{text}");
    }
}
