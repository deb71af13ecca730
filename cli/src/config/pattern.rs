//! Patterns of paths, as `.gitattributes` has them.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// Which files a rule is about. Matched against a path below the folder of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    matcher: GlobMatcher,
    base: PathBuf,
}

impl Pattern {
    /// Reads a pattern. As in `.gitattributes`: `*` and `?` stop at a slash, `**` does not, a pattern without a slash
    /// matches names in every folder, and one that begins with a slash only below the file itself. Beyond it, one
    /// that ends with a slash matches everything in that folder, and `{a,b}` is either.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the pattern is empty; `**` matches every file".to_owned());
        }
        if text.starts_with('!') {
            return Err(
                "a pattern can't be turned round with `!`; write a later rule for the exception".to_owned(),
            );
        }
        if text.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("a pattern is below the folder of this file, without `.` and `..`".to_owned());
        }
        let anchored = text.strip_prefix('/').unwrap_or(text);
        let inner = anchored.strip_suffix('/').unwrap_or(anchored);
        let mut glob = anchored.to_owned();
        if anchored.ends_with('/') {
            glob.push_str("**");
        }
        if !inner.contains('/') && !text.starts_with('/') {
            glob.insert_str(0, "**/");
        }
        let matcher = GlobBuilder::new(&glob)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| format!("not a pattern: {}", error.kind()))?
            .compile_matcher();
        Ok(Self {
            text: text.to_owned(),
            matcher,
            base: base(&glob),
        })
    }

    /// Whether it matches a path below the folder of the configuration.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.matcher.is_match(path)
    }

    /// The folder that all of its files are in: the part of it before the first wildcard.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// The pattern as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

fn base(glob: &str) -> PathBuf {
    let parts: Vec<&str> = glob.split('/').collect();
    let folders = parts.get(..parts.len().saturating_sub(1)).unwrap_or_default();
    folders
        .iter()
        .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(Path::new(path))
    }

    #[test]
    fn patterns_match_as_in_gitattributes() {
        for (pattern, path, expected) in [
            ("*.yaml", "a/b/c.yaml", true),
            ("*.yaml", "c.yaml", true),
            ("/*.yaml", "a/c.yaml", false),
            ("/*.yaml", "c.yaml", true),
            ("plain/*.yaml", "plain/a.yaml", true),
            ("plain/*.yaml", "plain/a/b.yaml", false),
            ("plain/*.yaml", "x/plain/a.yaml", false),
            ("plain/**", "plain/a/b.yaml", true),
            ("plain/**", "plain", false),
            ("plain/**/db.yaml", "plain/db.yaml", true),
            ("**/secrets/*.yaml", "a/b/secrets/x.yaml", true),
            ("plain/", "plain/a/b.yaml", true),
            ("plain/", "x/plain/a.yaml", true),
            ("/plain/", "x/plain/a.yaml", false),
            ("plain/shop/", "x/plain/shop/a.yaml", false),
            ("{shop,team}/*.yaml", "team/a.yaml", true),
            ("a?c/[xy].json", "abc/y.json", true),
            ("**", "anything/at/all", true),
            ("Plain/**", "plain/a.yaml", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for (pattern, said) in [
            ("", "empty"),
            ("!plain/**", "a later rule"),
            ("../plain/**", "below the folder"),
            ("plain/[a", "not a pattern"),
            ("plain/{a,b", "not a pattern"),
        ] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert!(error.contains(said), "{pattern}: {error}");
        }
    }

    #[test]
    fn the_base_is_the_folder_before_the_first_wildcard() {
        for (pattern, base) in [
            ("plain/shop/**", "plain/shop"),
            ("/plain/*/db.yaml", "plain"),
            ("plain/db.yaml", "plain"),
            ("plain/", ""),
            ("/plain/", "plain"),
            ("*.yaml", ""),
            ("a/{b,c}/*.yaml", "a"),
        ] {
            assert_eq!(
                Pattern::parse(pattern).unwrap().base(),
                Path::new(base),
                "{pattern}"
            );
        }
    }
}
