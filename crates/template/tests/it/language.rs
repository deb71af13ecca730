//! Actions, pipelines, variables and scopes.

use crate::render::{check, refused};

#[test]
fn markers_trim_the_white_space_beside_them() {
    check(&[
        ("x \n {{- 1 -}} \n y", "x1y"),
        ("a {{- /* no */ -}} b", "ab"),
        ("a {{/* no */}} b", "a  b"),
        ("{{-3}} {{3 -}} z", "-3 3z"),
    ]);
}

#[test]
fn literals_are_go_s() {
    check(&[
        (
            r#"{{ "a\tb\x41\u00e4" }}{{ `raw\n` }}{{ 'a' }}"#,
            "a\tbAäraw\\n97",
        ),
        (
            "{{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }}",
            "31 3 15 15 1000",
        ),
        (
            "{{ 1e3 }} {{ 0x1p4 }} {{ 1. }} {{ .5 }} {{ 1i }} {{ 1+2i }}",
            "1000 16 1 0.5 (0+1i) (1+2i)",
        ),
        ("{{ true }}{{ false }}", "truefalse"),
    ]);
    refused(&[
        "{{ 1e400 }}",
        "{{ 18446744073709551615 }}",
        "{{ 'ab' }}",
        r#"{{ "\q" }}"#,
        "{{ 1__0 }}",
        "{{ nil }}",
    ]);
}

#[test]
fn what_is_missing_has_no_value_and_index_finds_nothing() {
    check(&[
        ("{{ .absent }}", "<no value>"),
        ("{{ .absent.deeper }}", "<no value>"),
        (r#"[{{ index . "absent" }}]"#, "[]"),
        ("{{ print .absent }}", "<nil>"),
        ("{{ . }}", "map[a:hello empty: n:42]"),
    ]);
    refused(&[
        "{{ .a.b }}",
        r#"{{ hasKey . "a" }}"#,
        r#"{{ (dict "a" nil).a.b }}"#,
    ]);
}

#[test]
fn branches_take_the_first_that_is_true() {
    check(&[
        (
            "{{ if .empty }}1{{ else if .absent }}2{{ else if $x := .a }}{{ $x }}{{ else }}4{{ end }}",
            "hello",
        ),
        ("{{ with .a }}{{ . }}{{ $.n }}{{ end }}", "hello42"),
        (
            "{{ with .empty }}1{{ else with .a }}{{ . }}{{ else }}{{ .n }}{{ end }}",
            "hello",
        ),
        ("{{ with 0 }}{{ else }}{{ .n }}{{ end }}", "42"),
    ]);
    refused(&[
        "{{ if 1 }}",
        "{{ if }}{{ end }}",
        "{{ else }}",
        "{{ with 1 }}{{ else if 2 }}{{ end }}",
        "{{ end }}",
    ]);
}

#[test]
fn ranges_run_over_lists_maps_and_integers() {
    check(&[
        ("{{ range . }}[{{ . }}]{{ end }}", "[hello][][42]"),
        (
            "{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}",
            "a=hello;empty=;n=42;",
        ),
        (
            "{{ range 3 }}{{ . }}{{ end }}{{ range 0 }}{{ else }}none{{ end }}",
            "012none",
        ),
        (
            "{{ range $i, $x := list 5 6 }}{{ $i }}{{ $x }} {{ end }}",
            "05 16 ",
        ),
        (
            "{{ range list 1 2 3 4 }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ if eq . 4 }}{{ break }}{{ end }}{{ . }}{{ end }}",
            "13",
        ),
        ("{{ $x := 0 }}{{ range $x = list 1 2 }}{{ end }}{{ $x }}", "2"),
    ]);
    refused(&[
        "{{ range .a }}{{ end }}",
        "{{ range $i, $j := 3 }}{{ end }}",
        "{{ break }}",
    ]);
}

#[test]
fn variables_live_until_the_end_of_their_block() {
    check(&[
        (
            "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}",
            "32",
        ),
        (
            "{{ with $x := 5 }}{{ with $x := 6 }}{{ $x }}{{ end }}{{ $x }}{{ end }}",
            "65",
        ),
    ]);
    refused(&[
        "{{ $x }}",
        "{{ $x := $x }}",
        "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}",
        "{{ or 1 ($x := 2) }}{{ $x }}",
    ]);
}

#[test]
fn templates_see_their_argument_and_nothing_else() {
    check(&[
        (
            r#"{{ define "t" }}[{{ . }}{{ $ }}]{{ end }}{{ template "t" .a }}{{ template "t" }}"#,
            "[hellohello][<no value><no value>]",
        ),
        (
            r#"{{ block "b" .a }}{{ len . }}{{ end }}{{ template "b" .n }}"#,
            "52",
        ),
        (r#"{{ define "key" }}only{{ end }}"#, "only"),
        (r#"{{ if false }}{{ template "none" }}{{ end }}ok"#, "ok"),
    ]);
    refused(&[
        r#"{{ template "none" }}"#,
        r#"{{ define "t" }}1{{ end }}{{ define "t" }}2{{ end }}"#,
        r#"{{ $x := 1 }}{{ define "t" }}{{ $x }}{{ end }}"#,
        r#"{{ if 1 }}{{ define "t" }}{{ end }}{{ end }}"#,
    ]);
}

#[test]
fn and_and_or_stop_where_it_is_decided() {
    check(&[
        ("{{ and 1 0 (index 1 2) }}{{ or 1 (index 1 2) }}", "01"),
        (
            "{{ .absent | or .absent }}{{ .a | and 1 }}{{ not .empty }}",
            "<no value>hellotrue",
        ),
    ]);
    refused(&["{{ and }}", "{{ and 1 (index 1 2) }}", "{{ not 1 2 }}"]);
}

#[test]
fn comparisons_need_values_of_one_kind() {
    check(&[
        (
            "{{ eq 1 2 1 }} {{ ne .a .n }} {{ lt 1 2 }} {{ ge 1.5 1.5 }} {{ gt \"b\" \"a\" }}",
            "true true true true true",
        ),
        (
            "{{ eq (index .a 0) 104 }} {{ eq nil .absent }} {{ eq 1 nil }}",
            "true true false",
        ),
    ]);
    refused(&[
        "{{ eq 1 1.0 }}",
        "{{ eq 1 \"1\" }}",
        "{{ lt true false }}",
        "{{ eq 1 }}",
        "{{ eq (list 1) (list 1) }}",
    ]);
}

#[test]
fn arguments_have_the_types_that_functions_declare() {
    check(&[
        ("{{ repeat 2.0 .a }}", "hellohello"),
        (r#"{{ "x" | len | printf "%03d" }}"#, "001"),
    ]);
    refused(&[
        r#"{{ repeat "2" .a }}"#,
        "{{ repeat (int64 2) .a }}",
        "{{ upper nil }}",
        "{{ upper .absent }}",
        "{{ printf 1 }}",
        r#"{{ .a "x" }}"#,
        "{{ 1 | 2 }}",
    ]);
}

#[test]
fn bytes_that_are_no_utf_8_stay_as_they_are() {
    let data: &[(&str, &[u8])] = &[("b", b"\xff\x00\xfe")];
    let world = template::World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &aws_lc_rs::rand::SystemRandom::new(),
        expired: &|| false,
    };
    let limits = template::Limits::default();
    let rendered = template::Template::parse("key", "{{ .b }}", &limits)
        .unwrap()
        .render(
            &data
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.to_vec()))
                .collect(),
            &world,
            &mut template::Budget::new(&limits),
        );
    assert_eq!(*rendered.unwrap(), b"\xff\x00\xfe");
}

#[test]
fn escapes_are_those_of_html_scripts_and_queries() {
    check(&[
        (
            r#"{{ html "<a href='x'>&\"" }}"#,
            "&lt;a href=&#39;x&#39;&gt;&amp;&#34;",
        ),
        (r#"{{ js "it's <b>\n" }}"#, r"it\'s \u003Cb\u003E\u000A"),
        (r#"{{ urlquery "a b&c/ä" }}"#, "a+b%26c%2F%C3%A4"),
        ("{{ html .absent }}", "&lt;no value&gt;"),
    ]);
}

#[test]
fn sprig_s_slice_replaces_go_s() {
    // Go's own would be `[]`.
    check(&[
        ("{{ slice (list) }}", "<no value>"),
        ("{{ slice (list 1 2 3) 1 }}", "[2 3]"),
    ]);
}
