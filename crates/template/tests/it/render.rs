//! Renders for tests.

use std::collections::BTreeMap;

use template::{Budget, Error, Limits, Template, World};

/// Renders a text with those data, as lossy UTF-8.
pub(crate) fn render_with(text: &str, data: &[(&str, &[u8])], limits: &Limits) -> Result<String, Error> {
    let data: BTreeMap<String, Vec<u8>> = data
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.to_vec()))
        .collect();
    let world = World {
        now: jiff::Timestamp::UNIX_EPOCH,
        random: &aws_lc_rs::rand::SystemRandom::new(),
        expired: &|| false,
    };
    let rendered = Template::parse("key", text, limits)?.render(&data, &world, &mut Budget::new(limits))?;
    Ok(String::from_utf8_lossy(&rendered).into_owned())
}

/// Renders a text with `a` = `hello`, `n` = `42` and `empty`.
pub(crate) fn render(text: &str) -> Result<String, Error> {
    render_with(
        text,
        &[("a", b"hello"), ("n", b"42"), ("empty", b"")],
        &Limits::default(),
    )
}

/// Asserts what each text renders.
#[track_caller]
pub(crate) fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let rendered = render(text);
        assert_eq!(
            rendered.as_deref().map_err(ToString::to_string),
            Ok(*expected),
            "{text}"
        );
    }
}

/// Asserts that each text is refused.
#[track_caller]
pub(crate) fn refused(texts: &[&str]) {
    for text in texts {
        assert!(render(text).is_err(), "{text}");
    }
}
