//! Templates that speak of an item.

use std::collections::BTreeMap;

use crate::printer::Printer;
use crate::sealed_file::Picked;

/// Warns of each entry of `spec.template.data` that mentions an item which will be gone: it would render without the
/// value, or not at all, and that is seen only in the cluster.
pub(super) fn warn_of_mentions(picked: &Picked, key: &str, printer: &Printer) {
    let template = picked.sealed.spec.template.as_ref();
    let Some(data) = template.and_then(|template| template.data.as_ref()) else {
        return;
    };
    for name in mentioning(data, key) {
        printer.warning(&format!(
            "`{name}` in `spec.template.data` of SealedSecret `{}` mentions `{key}`; change it too",
            picked.title()
        ));
    }
}

fn mentioning<'a>(data: &'a BTreeMap<String, Option<String>>, key: &str) -> Vec<&'a str> {
    data.iter()
        .filter(|(_, template)| {
            template
                .as_deref()
                .is_some_and(|template| is_mentioned(template, key))
        })
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Whether an action of the template holds the key as a word of its own: `.key`, or `"key"` for `index`. A comment
/// that holds it is warned of too; what decides is Go's template language, which isn't read here.
fn is_mentioned(template: &str, key: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let actions = template.split("{{").skip(1);
    let mut actions = actions.map(|rest| rest.split("}}").next().unwrap_or_default());
    actions.any(|action| {
        action.match_indices(key).any(|(at, _)| {
            let (before, after) = (action.get(..at), action.get(at + key.len()..));
            !before.unwrap_or_default().ends_with(is_word) && !after.unwrap_or_default().starts_with(is_word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_mentions_a_key_that_is_a_word_of_its_own() {
        for template in [
            "{{ .password }}",
            "{{.password|quote}}",
            "url: {{ index . \"password\" }}:{{ .user }}",
            "{{ printf \"%s\" .password",
        ] {
            assert!(is_mentioned(template, "password"), "{template}");
        }
        for template in [
            "password",
            "{{ .user }} password {{ .host }}",
            "{{ .old_password }}",
            "{{ .password2 }}",
            "{{ index . \"password-old\" }}",
            "",
        ] {
            assert!(!is_mentioned(template, "password"), "{template}");
        }
        assert!(is_mentioned("{{ index . \"tls.key\" }}", "tls.key"));
    }
}
