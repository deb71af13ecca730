//! What is bounded.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::render::{render, render_with};
use template::{Budget, Error, Limits, Template, World};

#[track_caller]
fn limited(text: &str) -> String {
    let error = render(text).unwrap_err();
    assert!(error.is_limit(), "{text}: {error}");
    error.to_string()
}

/// Renders on a thread with the stack that a runtime gives.
fn on_a_small_stack(text: String) -> Result<String, Error> {
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || render(&text));
    thread.unwrap().join().unwrap()
}

#[test]
fn memory_is_charged_before_it_is_allocated() {
    for text in [
        r#"{{ repeat 100000000000 "x" }}"#,
        "{{ until 1000000000 }}",
        r#"{{ printf "%999999d" 1 | repeat 1000 }}"#,
        r#"{{ $x := "xxxxxxxxxxxxxxxx" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}"#,
        "{{ $x := list 1 }}{{ range 60 }}{{ $x = concat $x $x }}{{ end }}",
        r#"{{ $x := "&" }}{{ range 60 }}{{ $x = html $x $x }}{{ end }}"#,
    ] {
        limited(text);
    }
}

#[test]
fn loops_end() {
    limited("{{ range 1000000000 }}{{ end }}");
    limited("{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}");
    limited(r#"{{ range 1000000000 }}{{ template "t" }}{{ end }}{{ define "t" }}{{ end }}"#);
}

#[test]
fn work_that_grows_faster_than_its_texts_costs_steps() {
    let limits = Limits {
        steps: 50_000,
        ..Limits::default()
    };
    for text in [
        // Each of thousands of states at each byte, in one search.
        r#"{{ regexMatch "[ab]{1000}[ab]{1000}[ab]{1000}z" (repeat 50000 "ab") }}"#,
        // A search for each character, each to the end of the text.
        r#"{{ regexReplaceAll "(a|b)*c|." (repeat 20000 "ab") "x" }}"#,
        r#"{{ regexReplaceAll "a" (repeat 10000 "a") (repeat 1000 "$1") }}"#,
        // Comparisons to the end of long texts.
        r#"{{ $x := repeat 100000 "a" }}{{ $l := list (print $x 2) (print $x 1) }}{{ range 10 }}{{ $l = concat $l $l }}{{ end }}{{ sortAlpha $l }}"#,
        r#"{{ $x := repeat 100000 "a" }}{{ $d := dict $x 1 (print $x 1) 2 }}{{ range 1000 }}{{ $y := hasKey $d $x }}{{ end }}"#,
        r#"{{ $x := repeat 100000 "a" }}{{ range 1000 }}{{ $y := hasPrefix $x $x }}{{ end }}"#,
        r#"{{ $x := repeat 100000 "1" }}{{ add @ }}"#,
        // Copies of maps that differ in their first entry.
        r#"{{ $d := split "," (repeat 5000 ",") }}{{ $e := split "," (print 1 (repeat 5000 ",")) }}{{ range 1000 }}{{ $y := deepEqual $d $e }}{{ end }}"#,
    ] {
        let text = &text.replace('@', &"$x ".repeat(1000));
        let error = render_with(text, &[], &limits).unwrap_err();
        assert!(
            error.to_string().ends_with("more steps than the limit"),
            "{text}: {error}"
        );
    }
}

#[test]
fn all_matches_of_a_long_text_are_found_within_the_limits() {
    let text = r#"{{ regexReplaceAll "[a-z]+" (repeat 20000 "some words ") "x" | len }}"#;
    assert_eq!(render(text).unwrap(), "80000");
}

#[test]
fn brackets_of_a_format_that_are_not_closed_are_looked_for_once() {
    let begun = std::time::Instant::now();
    render(r#"{{ printf (repeat 100000 "%[1") 1 | len }}"#).unwrap();
    // Half a minute in such a build when each looks for its own.
    assert!(begun.elapsed().as_secs() < 10);
}

#[test]
fn classes_of_all_characters_without_case_are_few_in_a_pattern() {
    let text = format!(
        r#"{{{{ regexMatch `(?i){}` "x" }}}}"#,
        r"[\x00-\x{10FFFF}]".repeat(200)
    );
    let error = render(&text).unwrap_err().to_string();
    assert!(error.ends_with("has a pattern that is too large"), "{error}");
}

#[test]
fn output_is_bounded() {
    let message = limited("{{ range 100000 }}xxxxxxxxxxxxxxxxxxxxxxxx{{ end }}");
    assert!(message.contains("more text than the limit"), "{message}");
}

#[test]
fn nesting_is_bounded_and_what_is_allowed_fits_a_small_stack() {
    let nested = |open: &str, inner: &str, close: &str, count| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count))
    };
    for (open, inner, close) in [
        ("{{ if true }}", "x", "{{ end }}"),
        ("{{ with 1 }}", "x", "{{ else }}{{ end }}"),
        ("{{ range 1 }}", "x", "{{ end }}"),
        ("{{ block \"b\" . }}{{ if true }}", "x", "{{ end }}{{ end }}"),
    ] {
        let error = on_a_small_stack(nested(open, inner, close, 100_000 / 4)).unwrap_err();
        assert!(error.is_limit(), "{error}");
        on_a_small_stack(nested(open, inner, close, 40)).unwrap_or_default();
    }
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("(print ", "1", ")"),
        ("(list 1 | list ", "1", ")"),
    ] {
        let text = |count| format!("{{{{ {} }}}}", nested(open, inner, close, count));
        assert!(on_a_small_stack(text(100_000)).unwrap_err().is_limit());
        assert_eq!(
            on_a_small_stack(text(90))
                .map_err(|error| error.to_string())
                .map(|_| ()),
            Ok(())
        );
    }
}

#[test]
fn templates_that_run_themselves_end() {
    let text = r#"{{ define "t" }}{{ if true }}{{ with 1 }}{{ range 1 }}{{ template "t" (print (print .)) }}{{ end }}{{ end }}{{ end }}{{ end }}{{ template "t" }}"#;
    assert!(on_a_small_stack(text.to_owned()).unwrap_err().is_limit());
}

#[test]
fn values_nested_deep_or_in_themselves_are_no_trouble() {
    let deep = "{{ $x := list 1 }}{{ range 20000 }}{{ $x = list $x }}{{ end }}";
    let cycle = r#"{{ $x := dict }}{{ $y := set $x "x" $x }}"#;
    for make in [deep, cycle] {
        assert_eq!(on_a_small_stack(format!("{make}ok")).unwrap(), "ok");
        for used in [
            "{{ $x }}",
            "{{ deepEqual $x (deepCopy $x) }}",
            "{{ toJson $x }}",
            "{{ mustToPrettyJson (list $x) }}",
            "{{ printf \"%d\" $x }}",
            "{{ quote $x }}",
            "{{ has (deepCopy $x) (list $x) }}",
            "{{ merge (dict \"x\" (deepCopy $x)) (dict \"x\" $x) }}",
        ] {
            let error = on_a_small_stack(format!("{make}{used}")).unwrap_err();
            assert!(error.is_limit(), "{used}: {error}");
        }
    }
}

#[test]
fn json_nested_deep_is_no_trouble() {
    for used in ["fromJson", "mustFromJson"] {
        let text = format!(
            "{{{{ {used} `{}1{}` }}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(on_a_small_stack(text).unwrap_err().is_limit());
    }
}

#[test]
fn chains_of_else_if_are_not_deep() {
    let text = format!(
        "{{{{ if false }}}}{}{{{{ end }}}}",
        "{{ else if false }}".repeat(5000) + "{{ else }}end"
    );
    assert_eq!(on_a_small_stack(text).unwrap(), "end");
}

#[test]
fn a_long_text_is_refused() {
    let limits = Limits {
        text: 10,
        ..Limits::default()
    };
    assert!(render_with("12345678901", &[], &limits).unwrap_err().is_limit());
    assert_eq!(render_with("1234567890", &[], &limits).unwrap(), "1234567890");
}

#[test]
fn many_variables_cost_steps() {
    let text = "{{ $a := 1 }}".repeat(30_000) + &"{{ $ }}".repeat(40_000);
    assert!(
        render_with(&text, &[], &Limits::default())
            .unwrap_err()
            .is_limit()
    );
}

#[test]
fn a_budget_is_shared_by_the_templates_of_an_object() {
    let limits = Limits {
        output: 10,
        ..Limits::default()
    };
    let template = Template::parse("key", "123456", &limits).unwrap();
    let random = aws_lc_rs::rand::SystemRandom::new();
    let world = World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &random,
        expired: &|| false,
    };
    let mut budget = Budget::new(&limits);
    assert!(template.render(&BTreeMap::new(), &world, &mut budget).is_ok());
    assert!(
        template
            .render(&BTreeMap::new(), &world, &mut budget)
            .unwrap_err()
            .is_limit()
    );
}

#[test]
fn the_time_is_asked_for_while_a_template_runs() {
    let asked = Cell::new(0);
    let expired = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let limits = Limits::default();
    let template = Template::parse("key", "{{ range 1000000 }}{{ end }}", &limits).unwrap();
    let random = aws_lc_rs::rand::SystemRandom::new();
    let world = World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &random,
        expired: &expired,
    };
    let error = template
        .render(&BTreeMap::new(), &world, &mut Budget::new(&limits))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("takes longer than the time that is left"),
        "{error}"
    );
    assert_eq!(asked.get(), 4);
}
