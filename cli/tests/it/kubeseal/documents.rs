//! Inputs of several documents, and inputs that are wrong: where kubeseal skips, hangs or seals nonsense.

use super::fixture::{Kubeseal, SECRET};

const OTHER: &str = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"two\",\"namespace\":\"shop\"},\
                     \"stringData\":{\"a\":\"b\"}}";

#[test]
fn each_document_gives_one_whatever_the_input_is_written_in() {
    let kubeseal = Kubeseal::new();
    for input in [
        format!("{SECRET}---\n{OTHER}\n"),
        format!("---\n# nothing\n---\n{SECRET}\n---\n---\n{OTHER}\n...\n"),
        format!("{OTHER}{}", OTHER.replace("two", "db")),
        format!("{OTHER}\n{}\n\n", OTHER.replace("two", "db")),
        format!("\u{feff}{SECRET}---\r\n{OTHER}"),
    ] {
        let sealed = kubeseal.seal(&["-o", "yaml"], &input).succeeded().stdout;
        assert_eq!(sealed.matches("---\n").count(), 2, "{input}\n{sealed}");
    }
}

#[test]
fn the_items_of_a_list_are_sealed() {
    let kubeseal = Kubeseal::new();
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{OTHER},{OTHER}]}}");
    let sealed = kubeseal.seal(&["-o", "yaml"], &list).succeeded().stdout;
    assert_eq!(sealed.matches("---\n").count(), 2);
}

#[test]
fn an_input_without_documents_is_an_error() {
    let kubeseal = Kubeseal::new();
    let said = "error: no secrets found. Ensure the input is valid and UTF-8 encoded";
    for input in ["", "\n\n", "# nothing\n", "---\n---\n"] {
        kubeseal.seal(&[], input).failed(1, &[said]);
    }
}

#[test]
fn a_document_that_can_not_be_read_fails_all_of_them_by_place() {
    let kubeseal = Kubeseal::new();
    let bad = format!("{SECRET}---\nkind: Secret\n  data: [\n---\n{OTHER}\n");
    kubeseal
        .seal(&[], &bad)
        .failed(1, &["error: <stdin>, document 2"]);
    kubeseal.sandbox.write("in.yaml", &bad);
    kubeseal
        .seal(&["-f", "in.yaml", "-w", "out.yaml"], "")
        .failed(1, &["error: in.yaml, document 2"]);
    assert!(!kubeseal.sandbox.path("out.yaml").exists());
}

#[test]
fn garbage_after_objects_is_an_error_and_not_an_endless_loop() {
    let kubeseal = Kubeseal::new();
    for tail in ["}", "garbage", "{\"a\":", "[1]"] {
        let input = format!("{OTHER}{OTHER}{tail}");
        kubeseal.seal(&[], &input).failed(1, &["error: <stdin>"]);
    }
    let mut command = assert_cmd::Command::new(kubeseal.sandbox.path("kubeseal"));
    command
        .current_dir(kubeseal.sandbox.path(""))
        .args(["--cert", "cert.pem"]);
    let output = command
        .write_stdin([OTHER.as_bytes(), b"\xff\xfe"].concat())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("<stdin> is not UTF-8 (line 1)"), "{said}");
}

#[test]
fn another_kind_is_refused_by_name() {
    let kubeseal = Kubeseal::new();
    let config_map = SECRET
        .replace("kind: Secret", "kind: ConfigMap")
        .replace("stringData", "data");
    kubeseal.seal(&[], &format!("{SECRET}---\n{config_map}")).failed(
        1,
        &["error: <stdin>, document 2 (line 6) is a `ConfigMap` of `v1`, not a Secret"],
    );
    let sealed = kubeseal.seal(&[], SECRET).succeeded().stdout;
    kubeseal.seal(&[], &sealed).failed(1, &["is sealed already"]);
    let foreign = SECRET.replace("apiVersion: v1", "apiVersion: example.org/v1");
    kubeseal
        .seal(&[], &foreign)
        .failed(1, &["is a `Secret` of `example.org/v1`"]);
}

#[test]
fn a_document_without_a_kind_is_a_secret_as_ever_with_a_warning() {
    let kubeseal = Kubeseal::new();
    let bare = "metadata: {name: db, namespace: shop}\ndata: {a: eA==}\n";
    let run = kubeseal.seal(&[], bare).succeeded();
    assert!(
        run.stderr.contains("<stdin>, document 1 (line 1) has no `kind`"),
        "{}",
        run.stderr
    );
    assert_eq!(kubeseal.opened(&run.stdout)["a"], "eA==");
}

#[test]
fn a_field_that_a_secret_does_not_have_is_an_error_and_no_value_is_shown() {
    let kubeseal = Kubeseal::new();
    let typo = SECRET.replace("stringData", "stringdata");
    kubeseal
        .seal(&[], &typo)
        .failed(1, &["field `stringdata` (line 4)", "did you mean `stringData`?"]);
}

#[test]
fn a_number_or_a_boolean_is_sealed_as_it_is_written_and_refused_where_go_reads_another_one() {
    let kubeseal = Kubeseal::new();
    let form = SECRET.replace("tulip-hunter2-canary", "@");
    for (written, base64) in [("8080", "ODA4MA=="), ("true", "dHJ1ZQ=="), ("1.5", "MS41")] {
        let sealed = kubeseal.seal(&[], &form.replace('@', written)).succeeded().stdout;
        assert_eq!(kubeseal.opened(&sealed)["password"], base64);
    }
    for written in ["0123", "1.10", "yes", "1e3", "0x1F"] {
        let said = "field `stringData.password` (line 4): expected a string";
        kubeseal
            .seal(&[], &form.replace('@', written))
            .failed(1, &[said, "quote it"]);
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let kubeseal = Kubeseal::new();
    let twice = SECRET.replace("{password:", "{password: first, password:");
    kubeseal
        .seal(&[], &twice)
        .failed(1, &["the key `password` stands twice"]);
}

#[test]
fn more_than_10_mib_is_refused() {
    let kubeseal = Kubeseal::new();
    let long = format!("{SECRET}#{}\n", " ".repeat(10 << 20));
    kubeseal.seal(&[], &long).failed(1, &["larger than 10 MiB"]);
}

#[test]
fn a_key_that_old_yaml_takes_for_a_boolean_is_the_key_that_is_written() {
    let kubeseal = Kubeseal::new();
    for key in ["y", "yes", "on", "no"] {
        let sealed = kubeseal.sealed(&[], &SECRET.replace("password", key));
        assert!(sealed["spec"]["encryptedData"][key].is_string(), "{key}");
    }
}
