//! Label selectors, as the API server reads them.

use super::pairs::{is_name, is_word};

/// Returns the selector, once it is clear that the API server would take it: a wrong one would only show in the errors of
/// a watch that never begins.
///
/// # Errors
/// The requirement that makes no sense.
pub(super) fn label_selector(text: &str) -> Result<String, String> {
    if !text.trim().is_empty() {
        for requirement in requirements(text) {
            if !is_requirement(requirement.trim()) {
                let requirement = requirement.trim();
                return Err(format!(
                    "`{requirement}` is not a requirement such as `team=a`, `team!=a`, `team in (a,b)`, `team` or `!team`"
                ));
            }
        }
    }
    Ok(text.trim().to_owned())
}

/// Splits at the commas that are in no parentheses.
fn requirements(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut depth) = (0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => {
                parts.push(text.get(begin..at).unwrap_or_default());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(begin..).unwrap_or_default());
    parts
}

fn is_requirement(text: &str) -> bool {
    let is_value = |value: &str| value.is_empty() || is_word(value, "-_.");
    if let Some(name) = text.strip_prefix('!') {
        return is_name(name.trim());
    }
    for operator in ["!=", "==", "="] {
        if let Some((name, value)) = text.split_once(operator) {
            return is_name(name.trim()) && is_value(value.trim());
        }
    }
    for operator in ['>', '<'] {
        if let Some((name, value)) = text.split_once(operator) {
            return is_name(name.trim()) && value.trim().parse::<i64>().is_ok();
        }
    }
    if let Some(head) = text.strip_suffix(')') {
        let Some((head, values)) = head.split_once('(') else {
            return false;
        };
        let mut words = head.split_whitespace();
        return words.next().is_some_and(is_name)
            && matches!(words.next(), Some("in" | "notin"))
            && words.next().is_none()
            && values.split(',').all(|value| is_value(value.trim()));
    }
    is_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_kubernetes_documentation_are_taken_as_they_are() {
        for selector in [
            "",
            "environment=production,tier!=frontend",
            "environment in (production, qa),tier notin (frontend,)",
            "partition",
            "!partition",
            "example.org/team == a , x",
            "generation>3",
            "team=",
        ] {
            assert_eq!(label_selector(selector), Ok(selector.to_owned()));
        }
        assert_eq!(label_selector("  "), Ok(String::new()));
    }

    #[test]
    fn a_requirement_that_makes_no_sense_is_named() {
        for (selector, named) in [
            ("a=1,b=2 3", "`b=2 3`"),
            ("a=1,", "``"),
            ("a b", "`a b`"),
            ("a in (b", "`a in (b`"),
            ("a within (b)", "`a within (b)`"),
            ("!", "`!`"),
            ("a>b", "`a>b`"),
            ("=a", "`=a`"),
        ] {
            let error = label_selector(selector).unwrap_err();
            assert!(error.contains(named), "{selector}: {error}");
        }
    }
}
