//! What errors say, and what they never say.

use crate::render::{render, render_with};
use template::Limits;

#[track_caller]
fn says(text: &str, expected: &str) {
    assert_eq!(
        render(text).map_err(|error| error.to_string()),
        Err(expected.to_owned()),
        "{text}"
    );
}

#[test]
fn errors_say_where_and_what() {
    says(
        "\n {{ index . 1 }}",
        "template \"key\", line 2, column 5: calls `index`, which needs a string to index a map",
    );
    says(
        "{{ .a.b }}",
        "template \"key\", line 1, column 4: asks for the field `b` of a value that can't have it",
    );
    says(
        "{{ upper }}",
        "template \"key\", line 1, column 4: calls `upper` with too few or too many arguments",
    );
    says(
        "{{ upper 1 }}",
        "template \"key\", line 1, column 10: calls `upper` with an argument that is not of type string",
    );
    says(
        "{{ env \"HOME\" }}",
        "template \"key\", line 1, column 4: calls `env`, which is no function",
    );
    says(
        "{{ if 1 }}",
        "template \"key\", line 1, column 11: ends where an `end` is missing",
    );
}

#[test]
fn no_error_has_a_value_in_it() {
    let secret = "s3cr3t-s3cr3t";
    for text in [
        "{{ fail .p }}",
        "{{ .p.x }}",
        "{{ index .p .p }}",
        "{{ index (list 1) .p }}",
        "{{ template .p }}",
        "{{ repeat .p 1 }}",
        "{{ eq .p 1 }}",
        "{{ lt .p 1 }}",
        "{{ mustRegexMatch (print \"(\" .p) .p }}",
        "{{ mustFromJson .p }}",
        "{{ mustToDate \"2006\" .p }}",
        "{{ semver .p }}",
        "{{ call .p }}",
        "{{ range .p }}{{ end }}",
        "{{ printf \"%p\" (list .p) }}",
        "{{ genPrivateKey .p | fail }}",
        "{{ decryptAES .p .p }}",
        "{{ urlParse (print \":\" .p \"%zz\") }}",
    ] {
        let error = render_with(text, &[("p", secret.as_bytes())], &Limits::default()).unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"), "{text}: {error}");
        assert!(!format!("{error:?}").contains("s3cr3t"), "{text}: {error:?}");
    }
}

#[test]
fn a_long_name_of_the_text_is_cut() {
    let error = render(&format!("{{{{ {} }}}}", "x".repeat(1000))).unwrap_err();
    assert!(error.to_string().len() < 200, "{error}");
}
