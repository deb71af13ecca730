//! `chancery verify`: what is found, and exactly where.

use manifests::verify::Code;

use crate::sandbox::{CANARY, Run, Sandbox, secret};

/// An item of a 2048-bit key as it looks without any key.
pub(crate) fn item() -> String {
    let mut bytes = vec![1, 0];
    bytes.resize(2 + 256 + 16, 0xa5);
    sealing::encode_item(&bytes)
}

/// A SealedSecret `shop/NAME` with these lines of items.
pub(crate) fn sealed_secret(name: &str, items: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  encryptedData:\n{items}"
    )
}

/// One that nothing is wrong with.
pub(crate) fn good(name: &str) -> String {
    sealed_secret(name, &format!("    token: {}\n", item()))
}

/// The run ended so, and found exactly that: the beginnings of its lines, up to the code.
#[track_caller]
pub(crate) fn check(run: &Run, code: i32, found: &[&str]) {
    let all = format!("{}{}", run.stdout, run.stderr);
    let starts: Vec<&str> = run
        .stdout
        .lines()
        .map(|line| line.split_inclusive("]:").next().unwrap_or_default())
        .collect();
    let expected: Vec<String> = found.iter().map(|start| format!("{start}:")).collect();
    assert_eq!(starts, expected, "{all}");
    assert_eq!(run.code, code, "{all}");
    for value in [CANARY, "hunter2", "dHVsaXA"] {
        assert!(!all.contains(value), "a value was shown:\n{all}");
    }
}

#[test]
fn nothing_is_wrong_with_what_was_just_sealed() {
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        for format in ["yaml", "json"] {
            let sandbox = Sandbox::with_store();
            let file = format!("sealed.{format}");
            let arguments = ["seal", "--local", "store", "--scope", scope, "-w", &file];
            sandbox.run_with(&arguments, &secret("shop", "db")).succeeded();
            let run = sandbox.run(&["verify", &file, "--strict"]);
            check(&run, 0, &[]);
            assert_eq!(run.stderr, "1 file, 1 SealedSecret: nothing is wrong\n");
        }
    }
}

#[test]
fn findings_stand_in_the_order_of_files_lines_and_columns() {
    let sandbox = Sandbox::new();
    let bad = sealed_secret(
        "db",
        &format!("    token: {CANARY}\n    other: hunter2\n    good: {}\n", item()),
    );
    sandbox.write("b/plain.yaml", &format!("# first\n---\na: 1\n---\n{bad}"));
    sandbox.write(
        "b/crlf.yml",
        &bad.replace("name: db", "name: Crlf").replace('\n', "\r\n"),
    );
    let list = bad.replace("name: db", "name: listed").replace('\n', "\n  ");
    sandbox.write(
        "a/list.yaml",
        &format!(
            "apiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n- {}\n",
            list.trim_end()
        ),
    );
    sandbox.write(
        "a/one.json",
        &format!(
            "{{\n\t\"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\",\n  \"metadata\": {{\"name\": \"json\", \"namespace\": \"shop\"}},\n  \"spec\": {{\"encryptedData\": {{\"token\": \"{CANARY}\"}}}}\n}}\n"
        ),
    );
    let run = sandbox.run(&["verify", "."]);
    check(
        &run,
        1,
        &[
            "./a/list.yaml:12:7: error[item-plain]",
            "./a/list.yaml:13:7: error[item-plain]",
            "./a/one.json:4:30: error[item-plain]",
            "./b/crlf.yml:4:3: error[name-invalid]",
            "./b/crlf.yml:8:5: error[item-plain]",
            "./b/crlf.yml:9:5: error[item-plain]",
            "./b/plain.yaml:12:5: error[item-plain]",
            "./b/plain.yaml:13:5: error[item-plain]",
        ],
    );
    assert_eq!(run.stderr, "4 files, 4 SealedSecrets: 8 errors\n");
    assert!(
        run.stdout.contains("`shop/db`: item `token`: a plain value"),
        "{}",
        run.stdout
    );
}

#[test]
fn json_has_every_part_of_a_finding() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("x.yaml", &sealed_secret("db", "    token: hunter2\n"));
    let run = sandbox.run(&["verify", &file, "-o", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let message = report["findings"][0]["message"].as_str().unwrap();
    assert!(!message.contains("hunter2"), "{message}");
    assert_eq!(
        report,
        serde_json::json!({
            "files": 1, "sealedSecrets": 1, "errors": 1, "warnings": 0,
            "findings": [{
                "file": "x.yaml", "line": 8, "column": 5, "document": 1, "object": "shop/db", "item": "token",
                "code": "item-plain", "severity": "error", "message": message,
            }],
        })
    );
}

#[test]
fn warnings_alone_fail_only_a_strict_run() {
    let sandbox = Sandbox::new();
    let text = good("db").replace(
        "spec:",
        "  annotations:\n    sealedsecrets.bitnami.com/managed: \"true\"\nspec:",
    );
    sandbox.write("x.yaml", &text);
    let run = sandbox.run(&["verify", "x.yaml"]);
    check(&run, 0, &["x.yaml:7:5: warning[annotation]"]);
    assert_eq!(run.stderr, "1 file, 1 SealedSecret: 1 warning\n");
    check(
        &sandbox.run(&["verify", "x.yaml", "--strict"]),
        1,
        &["x.yaml:7:5: error[annotation]"],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_only_if_a_sealed_secret_was_meant() {
    let sandbox = Sandbox::new();
    sandbox.write("ours.yaml", "kind: SealedSecret\nspec:\n  a: \"b\" hunter2\n");
    sandbox.write(
        "missing-colon.yaml",
        "apiVersion: bitnami.com/v1alpha1\nkind SealedSecret\nspec:\n",
    );
    sandbox.write("list.yaml", "- a\n- kind: x\n");
    sandbox.write("other.yaml", "# SealedSecrets are elsewhere\na: \"b\" c\n");
    sandbox.write(
        "playbook.yaml",
        "- name: apply the SealedSecret\n  shell: kubectl\n",
    );
    std::fs::write(sandbox.path("latin1.yaml"), b"kind: SealedSecret\n# caf\xe9\n").unwrap();
    std::fs::write(sandbox.path("binary.json"), b"\xff\xfe\x00\x01").unwrap();
    let run = sandbox.run(&["verify", "."]);
    check(
        &run,
        1,
        &[
            "./latin1.yaml:2:1: error[not-utf8]",
            "./missing-colon.yaml:2:1: error[syntax]",
            "./ours.yaml:3:10: error[syntax]",
        ],
    );
}

#[test]
fn helm_templates_are_notes() {
    let sandbox = Sandbox::new();
    sandbox.write("chart/Chart.yaml", "name: c\n");
    sandbox.write(
        "chart/templates/db.yaml",
        &good("db").replace("name: db", "name: {{ .Release.Name }}"),
    );
    sandbox.write(
        "quoted.yaml",
        &good("db").replace("name: db", "name: \"{{ .Values.name }}\""),
    );
    check(
        &sandbox.run(&["verify", ".", "--strict"]),
        0,
        &[
            "./chart/templates/db.yaml:1:1: note[helm-template]",
            "./quoted.yaml:1:1: note[helm-template]",
        ],
    );
}

#[test]
fn a_namespace_comes_from_a_flag_or_the_kustomization() {
    let sandbox = Sandbox::new();
    let text = good("db").replace("  namespace: shop\n", "");
    sandbox.write("bare/db.yaml", &text);
    sandbox.write("built/db.yaml", &text.replace("name: db", "name: other"));
    sandbox.write(
        "built/kustomization.yaml",
        "namespace: shop\nresources: [db.yaml]\n",
    );
    check(
        &sandbox.run(&["verify", "."]),
        0,
        &["./bare/db.yaml:3:1: warning[namespace-missing]"],
    );
    check(&sandbox.run(&["verify", ".", "-n", "shop"]), 0, &[]);
}

#[test]
fn an_object_that_a_kustomization_moves_is_noticed() {
    let sandbox = Sandbox::new();
    sandbox.write("x/db.yaml", &good("db"));
    sandbox.write("x/kustomization.yaml", "namespace: prod\nresources: [db.yaml]\n");
    check(
        &sandbox.run(&["verify", "x"]),
        0,
        &["x/db.yaml:5:3: warning[namespace-kustomization]"],
    );
}

#[test]
fn an_object_that_stands_twice_is_an_error_in_one_folder_and_a_warning_in_two() {
    let sandbox = Sandbox::new();
    sandbox.write("x/one.yaml", &format!("{}---\n{}", good("a"), good("a")));
    sandbox.write("x/two.yaml", &good("b"));
    sandbox.write("y/two.yaml", &good("b"));
    sandbox.write(
        "x/three.yaml",
        &good("b").replace("namespace: shop", "namespace: team"),
    );
    let run = sandbox.run(&["verify", "x", "y"]);
    check(
        &run,
        1,
        &[
            "x/one.yaml:13:3: error[duplicate]",
            "y/two.yaml:4:3: warning[duplicate-elsewhere]",
        ],
    );
    assert!(
        run.stdout.contains("the same object as in x/one.yaml:1;"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_name_in_a_file_cannot_write_to_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "x.yaml",
        &sealed_secret("\"a\\e[2J\\nb\"", "    \"k\\e[2J\": x\n"),
    );
    let run = sandbox.run(&["verify", "x.yaml", "--color", "always"]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 3), "{}", run.stdout);
    assert!(!run.stdout.contains("\u{1b}[2J"), "{}", run.stdout);
}

#[test]
fn standard_input_is_judged_too() {
    let sandbox = Sandbox::new();
    let text = sealed_secret("db", "    token: hunter2\n");
    let run = sandbox.run_with(&["verify", "-"], &text);
    check(&run, 1, &["<stdin>:8:5: error[item-plain]"]);
    let run = sandbox.run_with(&["verify", "-"], "kind: SealedSecret\na: [hunter2\n");
    check(&run, 1, &["<stdin>:2:4: error[syntax]"]);
}

#[test]
fn files_without_a_sealed_secret_are_fine_and_a_path_that_is_not_there_is_not() {
    let sandbox = Sandbox::new();
    sandbox.write("x/a.yaml", "kind: ConfigMap\n");
    let run = sandbox.run(&["verify", "x"]);
    check(&run, 0, &[]);
    assert_eq!(run.stderr, "1 file, 0 SealedSecrets: nothing is wrong\n");
    sandbox.run(&["verify", "y"]).failed(1, &["cannot open `y`"]);
    sandbox.run(&["verify"]).failed(2, &["<PATH>"]);
}

#[test]
fn the_manual_has_every_code_with_what_it_means() {
    let manual = include_str!("../../README.md");
    let rows: Vec<&str> = manual
        .lines()
        .skip_while(|line| *line != "| code | severity | what is wrong |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{code}` | {} | {} |", code.severity(), code.meaning()))
        .collect();
    assert_eq!(
        rows,
        codes,
        "put these rows into cli/README.md:\n{}",
        codes.join("\n")
    );
}
