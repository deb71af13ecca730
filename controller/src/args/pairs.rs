//! Labels and annotations in one flag: `name=value,name=value`.

use std::collections::BTreeMap;

/// Names and values of labels or annotations, by the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pairs(pub(crate) BTreeMap<String, String>);

/// Reads annotations. A value may hold anything but a comma.
///
/// # Errors
/// An item without `=`, at which upstream panics, and a name that the API server would refuse at each new key.
pub(super) fn annotations(text: &str) -> Result<Pairs, String> {
    pairs(text, |_| true)
}

/// Reads labels, whose values have a rule as well.
///
/// # Errors
/// As [`annotations`], and a value that no label may have.
pub(super) fn labels(text: &str) -> Result<Pairs, String> {
    pairs(text, |value| value.is_empty() || is_word(value, "-_."))
}

fn pairs(text: &str, fits: fn(&str) -> bool) -> Result<Pairs, String> {
    let mut pairs = BTreeMap::new();
    if text.is_empty() {
        return Ok(Pairs(pairs));
    }
    for item in text.split(',') {
        let (name, value) = item
            .split_once('=')
            .ok_or_else(|| format!("`{item}` is not `name=value`"))?;
        let name = name.trim();
        if !is_name(name) {
            return Err(format!(
                "`{name}` is not a name such as `team` or `example.org/team`"
            ));
        }
        if !fits(value) {
            return Err(format!(
                "the value of `{name}` is not 63 letters, digits, `-`, `_` and `.` at most, as a label's must be"
            ));
        }
        pairs.insert(name.to_owned(), value.to_owned());
    }
    Ok(Pairs(pairs))
}

/// Kubernetes' rule for the names of labels and annotations ("Labels and Selectors", syntax and character set).
pub(super) fn is_name(name: &str) -> bool {
    match name.split_once('/') {
        None => is_word(name, "-_."),
        Some((prefix, name)) => {
            let labels = prefix
                .split('.')
                .all(|label| !label.contains(|c: char| c.is_ascii_uppercase()) && is_word(label, "-"));
            prefix.len() <= 253 && labels && is_word(name, "-_.")
        }
    }
}

/// Returns whether these are 1 to 63 letters and digits, with `inside` between them.
pub(super) fn is_word(text: &str, inside: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    (1..=63).contains(&text.len())
        && text.starts_with(plain)
        && text.ends_with(plain)
        && text.chars().all(|c| plain(c) || inside.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_equals_signs() {
        let read = annotations("a=b=c==,example.org/x=,a.b/c= two words").unwrap();
        let expected = [("a", "b=c=="), ("example.org/x", ""), ("a.b/c", " two words")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read.0, expected.into());
        assert_eq!(annotations(""), Ok(Pairs::default()));
        assert_eq!(labels("team=,x=y").unwrap().0.len(), 2);
    }

    #[test]
    fn of_a_name_that_is_there_twice_the_last_one_counts() {
        assert_eq!(labels("a=1,a=2").unwrap().0["a"], "2");
    }

    #[test]
    fn what_upstream_panics_at_or_the_api_server_would_refuse_is_an_error_that_names_the_item() {
        let long = "a".repeat(64);
        for (bad, said) in [
            ("nothing", "`nothing` is not `name=value`"),
            ("a=b,", "`` is not `name=value`"),
            ("=b", "`` is not a name"),
            ("a b=c", "`a b` is not a name"),
            ("/x=c", "`/x` is not a name"),
            ("Upper.example/x=c", "is not a name"),
            ("a/b/c=d", "is not a name"),
            ("-a=b", "is not a name"),
            (&format!("{long}=b"), "is not a name"),
        ] {
            let error = annotations(bad).unwrap_err();
            assert!(error.contains(said), "{bad}: {error}");
            assert!(labels(bad).is_err(), "{bad}");
        }
        for bad in ["a=b=c", "a= b", "a=é", &format!("a={long}")] {
            assert!(labels(bad).unwrap_err().contains("the value of `a`"), "{bad}");
        }
    }
}
