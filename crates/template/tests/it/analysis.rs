//! What can be said of a template without running it.

use template::{Inputs, Limits, Template};

fn parse(text: &str) -> Template {
    Template::parse("key", text, &Limits::default()).unwrap()
}

#[test]
fn fields_and_indexes_with_literal_keys_are_named() {
    for (text, names) in [
        ("plain", &[] as &[&str]),
        (
            "{{ .a }}{{ $.b }}{{ index . \"c-d\" }}{{ index $ \"e\" | upper }}",
            &["a", "b", "c-d", "e"],
        ),
        (
            "{{ if .a }}{{ .b }}{{ else if .c }}{{ else }}{{ .d }}{{ end }}",
            &["a", "b", "c", "d"],
        ),
        (
            "{{ with .a }}{{ . }}{{ $.b }}{{ else }}{{ .c }}{{ end }}",
            &["a", "b", "c"],
        ),
        ("{{ range splitList \",\" .a }}{{ . }}{{ .x }}{{ end }}", &["a"]),
        ("{{ $x := .a }}{{ $x }}{{ (print .b).c }}", &["a", "b"]),
        (
            "{{ template \"t\" . }}{{ define \"t\" }}{{ .a }}{{ $.b }}{{ end }}",
            &["a", "b"],
        ),
        (
            "{{ template \"t\" .a }}{{ define \"t\" }}{{ . }}{{ end }}{{ define \"u\" }}{{ .z }}{{ end }}",
            &["a"],
        ),
        (
            "{{ template \"t\" . }}{{ define \"t\" }}{{ .a }}{{ template \"t\" $ }}{{ end }}",
            &["a"],
        ),
        (
            "{{ template \"t\" }}{{ define \"t\" }}{{ .a }}{{ . }}{{ end }}",
            &[],
        ),
    ] {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(parse(text).inputs(), Inputs::Named(names), "{text}");
    }
}

#[test]
fn the_data_as_a_whole_are_all_of_them() {
    for text in [
        "{{ . }}",
        "{{ range . }}{{ end }}",
        "{{ range $k, $v := $ }}{{ end }}",
        "{{ $x := . }}{{ $x.a }}",
        "{{ with . }}{{ .a }}{{ end }}",
        "{{ index . .a }}",
        "{{ len . }}",
        "{{ toJson . }}",
        "{{ with .a }}{{ $ }}{{ end }}",
        "{{ template \"t\" . }}{{ define \"t\" }}{{ toJson . }}{{ end }}",
        "{{ (.).a }}",
        "{{ print (print .) }}",
        "{{ . | len }}",
        "{{ $ := 1 }}",
    ] {
        assert_eq!(parse(text).inputs(), Inputs::All, "{text}");
    }
}

#[test]
fn what_is_not_among_the_inputs_changes_nothing() {
    // A value that is not named is not even passed; what is missing renders as it would be.
    let template = parse("{{ .a }}{{ .absent }}");
    let world = template::World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &aws_lc_rs::rand::SystemRandom::new(),
        expired: &|| false,
    };
    let data = [("a", "1"), ("other", "2")].map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()));
    let rendered = template.render(
        &data.into(),
        &world,
        &mut template::Budget::new(&Limits::default()),
    );
    assert_eq!(*rendered.unwrap(), b"1<no value>");
}

#[test]
fn volatile_functions_are_found_where_they_can_run() {
    let template =
        parse("{{ .a }}\n{{ if .b }}{{ randAlphaNum 3 | upper }}{{ end }}\n{{ print (now) }}{{ now }}");
    let uses: Vec<_> = template
        .volatile()
        .iter()
        .map(|found| (found.function, found.line, found.column))
        .collect();
    assert_eq!(uses, [("randAlphaNum", 2, 15), ("now", 3, 11), ("now", 3, 21)]);
    assert!(
        parse("{{ define \"unused\" }}{{ now }}{{ end }}{{ upper .a }}")
            .volatile()
            .is_empty()
    );
    assert_eq!(
        parse("{{ define \"t\" }}{{ uuidv4 }}{{ end }}{{ template \"t\" }}")
            .volatile()
            .len(),
        1
    );
}
