//! What a version must satisfy.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::version::{Version, compare_prereleases};

/// Alternatives, of which each is a list of conditions that must all hold.
pub(crate) struct Constraints(Vec<Vec<Constraint>>);

struct Constraint {
    operator: Operator,
    version: Version,
    open: Open,
}

/// The first part of a version that is left open by `x`, `*` or by not being written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    Major,
    Minor,
    Patch,
    Nothing,
}

#[derive(Clone, Copy)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The grammar, as regular expressions: which of two readings is taken is what such engines agree on.
struct Grammar {
    range: Regex,
    conditions: Regex,
    condition: Regex,
}

/// None never happens: the expressions are constant.
static GRAMMAR: LazyLock<Option<Grammar>> = LazyLock::new(|| {
    const SPACE: &str = r"[\t\n\f\r ]";
    const OPERATOR: &str = r"(=||!=|>|<|>=|=>|<=|=<|~|~>|\^)";
    const PART: &str = r"[0-9|xX*]+";
    const WORDS: &str = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*";
    let version = format!(r"(v?({PART})(\.{PART})?(\.{PART})?(-{WORDS})?(?:\+{WORDS})?)");
    let compile = |pattern: &str| {
        Regex::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(pattern)
            .ok()
    };
    let one = format!("{OPERATOR}{SPACE}*{version}");
    Some(Grammar {
        range: compile(&format!("{SPACE}*{version}{SPACE}+-{SPACE}+{version}{SPACE}*"))?,
        conditions: compile(&format!(
            r"\A{SPACE}*{one}{SPACE}*(?:(?:{SPACE}+|,{SPACE}*){one}{SPACE}*)*\z"
        ))?,
        condition: compile(&one)?,
    })
});

impl Constraints {
    /// Reads `>= 1.2, < 3 || ~4.1`, `1.2 - 2.3`, `^0.3`, `1.x`. None for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let grammar = GRAMMAR.as_ref()?;
        let text = grammar.without_ranges(text);
        let alternatives = text.split("||").map(|alternative| {
            if !grammar.conditions.is_match(alternative) {
                return None;
            }
            let conditions = grammar.condition.find_iter(alternative);
            conditions
                .map(|found| grammar.constraint(&alternative[found.range()]))
                .collect()
        });
        alternatives.collect::<Option<_>>().map(Self)
    }

    pub(crate) fn hold(&self, version: &Version) -> bool {
        self.0.iter().any(|alternative| {
            // A prerelease only satisfies conditions that name one.
            let prereleases = alternative
                .iter()
                .any(|constraint| !constraint.version.prerelease.is_empty());
            alternative
                .iter()
                .all(|c| (prereleases || version.prerelease.is_empty()) && c.holds(version))
        })
    }
}

impl Grammar {
    /// Returns the text with each `1.2 - 2.3` written as two conditions.
    fn without_ranges(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for captures in self.range.captures_iter(text) {
            let group = |index| captures.get_group(index).map_or("", |span| &text[span.range()]);
            // The second version begins after the five groups of the first.
            let conditions = format!(">= {}, <= {} ", group(1), group(6));
            out = out.replacen(group(0), &conditions, 1);
        }
        out
    }

    fn constraint(&self, text: &str) -> Option<Constraint> {
        let mut captures = self.condition.create_captures();
        self.condition.captures(text, &mut captures);
        let group = |index| captures.get_group(index).map_or("", |span| &text[span.range()]);
        let operator = match group(1) {
            "" | "=" => Operator::Equal,
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::GreaterEqual,
            "<=" | "=<" => Operator::LessEqual,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ => return None,
        };
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (major, minor, prerelease) = (group(3), group(4), group(6));
        let (open, version) = if is_open(major) {
            (Open::Major, format!("0.0.0{prerelease}"))
        } else if is_open(minor) {
            (Open::Minor, format!("{major}.0.0{prerelease}"))
        } else if is_open(group(5)) {
            (Open::Patch, format!("{major}{minor}.0{prerelease}"))
        } else {
            (Open::Nothing, group(2).to_owned())
        };
        Some(Constraint {
            operator,
            version: Version::parse(&version)?,
            open,
        })
    }
}

impl Constraint {
    fn holds(&self, version: &Version) -> bool {
        let (own, open) = (&self.version, self.open);
        let order = version.precedence(own);
        match self.operator {
            Operator::Equal if open == Open::Nothing => order == Ordering::Equal,
            Operator::Equal | Operator::Tilde => self.tilde(version, order),
            Operator::NotEqual => self.differs(version, order),
            Operator::Greater => match version.major.cmp(&own.major) {
                _ if matches!(open, Open::Nothing) => order == Ordering::Greater,
                Ordering::Equal => match open {
                    Open::Minor => false,
                    Open::Patch => version.minor > own.minor,
                    _ => order == Ordering::Greater,
                },
                major => major == Ordering::Greater,
            },
            Operator::Less => order == Ordering::Less,
            Operator::GreaterEqual => order != Ordering::Less,
            Operator::LessEqual if open == Open::Nothing => order != Ordering::Greater,
            Operator::LessEqual => {
                version.major < own.major
                    || (version.major == own.major && (version.minor <= own.minor || open == Open::Minor))
            }
            Operator::Caret => self.caret(version, order),
        }
    }

    fn tilde(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order == Ordering::Less {
            return false;
        }
        // `~0.0.0`, as `*`, accepts all.
        let zero = (own.major, own.minor, own.patch) == (0, 0, 0);
        if zero && !matches!(self.open, Open::Minor | Open::Patch) {
            return true;
        }
        version.major == own.major && (version.minor == own.minor || self.open == Open::Minor)
    }

    fn caret(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order == Ordering::Less {
            return false;
        }
        if own.major > 0 || self.open == Open::Minor {
            return version.major == own.major;
        }
        if version.major > 0 {
            return false;
        }
        if own.minor > 0 || self.open == Open::Patch {
            return version.minor == own.minor;
        }
        version.minor == 0 && version.patch == own.patch
    }

    fn differs(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.open {
            Open::Nothing => order != Ordering::Equal,
            _ if version.major != own.major => true,
            Open::Minor => false,
            _ if version.minor != own.minor => true,
            Open::Major => version.patch != own.patch || order != Ordering::Equal,
            Open::Patch if version.prerelease.is_empty() && own.prerelease.is_empty() => false,
            Open::Patch => compare_prereleases(&version.prerelease, &own.prerelease) != Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_hold_for_the_versions_that_they_mean() {
        for (constraint, holds, fails) in [
            ("~1.2.3", "1.2.9", "1.3"),
            ("^0.2.3", "0.2.9", "0.3"),
            ("1.x", "1.9", "2"),
            (">= 1.2, < 2", "1.9", "2"),
            ("1.2 - 1.3.5", "1.3.5", "1.3.6"),
            ("<1 || >=2", "2.1", "1.5"),
            (">=1.2.3-0", "1.2.3-beta", "1.2.2"),
            ("!=1.2", "1.3", "1.2.7"),
            ("<=1", "1.9", "2"),
            ("*", "7", "7.0.0-a"),
        ] {
            let constraints = Constraints::parse(constraint).unwrap();
            assert!(
                constraints.hold(&Version::parse(holds).unwrap()),
                "{constraint} {holds}"
            );
            assert!(
                !constraints.hold(&Version::parse(fails).unwrap()),
                "{constraint} {fails}"
            );
        }
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in ["", "abc", "1 ||", "1.2.3.4", "1x", "1.2.3-01", ">1<2", "1;2"] {
            assert!(Constraints::parse(text).is_none(), "{text}");
        }
    }
}
