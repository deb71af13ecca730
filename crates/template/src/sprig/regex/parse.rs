//! Reading patterns.

use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

use super::{Bad, class};
use crate::failure::Failure;

/// Literals and ranges of classes that a pattern may have.
const MOST: usize = 100_000;

/// How deep groups may be in each other: the automata are built recursively.
const DEEPEST: usize = 100;

/// A pattern that was read.
pub(super) struct Pattern {
    pub(super) hir: Hir,
    /// The names of the groups, from that of the whole, which has none.
    pub(super) names: Vec<Option<Box<str>>>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the syntax")]
#[derive(Clone, Copy)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_all: bool,
    lazy: bool,
}

/// What a repetition can follow.
pub(super) struct Item {
    hir: Hir,
    /// How many times the innermost repetition in it is repeated at most: Go refuses more than 1000.
    times: u32,
}

pub(super) struct Parser<'a> {
    pub(super) rest: Peekable<Chars<'a>>,
    flags: Flags,
    names: Vec<Option<Box<str>>>,
    size: usize,
    depth: usize,
}

/// Reads a pattern.
///
/// # Errors
///
/// It is no pattern by Go's rules, or larger or deeper than what is run here.
pub(super) fn parse(pattern: &str) -> Result<Pattern, Bad> {
    let flags = Flags {
        fold: false,
        lines: false,
        dot_all: false,
        lazy: false,
    };
    let mut parser = Parser {
        rest: pattern.chars().peekable(),
        flags,
        names: vec![None],
        size: 0,
        depth: 0,
    };
    let item = parser.alternation()?;
    // What is left begins with a parenthesis that nothing opened.
    if parser.rest.next().is_some() {
        Err(Bad::Syntax)
    } else {
        Ok(Pattern {
            hir: item.hir,
            names: parser.names,
        })
    }
}

impl Parser<'_> {
    /// Reads to the end or to a closing parenthesis. Flags that are set inside hold to there.
    fn alternation(&mut self) -> Result<Item, Bad> {
        let mut alternatives = Vec::new();
        let mut times = 1;
        loop {
            let item = self.sequence()?;
            times = times.max(item.times);
            alternatives.push(item.hir);
            if self.rest.next_if_eq(&'|').is_none() {
                return Ok(Item {
                    hir: Hir::alternation(alternatives),
                    times,
                });
            }
        }
    }

    fn sequence(&mut self) -> Result<Item, Bad> {
        let mut items: Vec<Item> = Vec::new();
        let mut repeated = false;
        while let Some(&next) = self.rest.peek() {
            let was_repeated = std::mem::take(&mut repeated);
            match next {
                '|' | ')' => break,
                '*' | '+' | '?' | '{' => {
                    let Some((min, max)) = self.repetition()? else {
                        let literal = self.literal('{')?;
                        items.push(literal);
                        continue;
                    };
                    let greedy = self.rest.next_if_eq(&'?').is_some() == self.flags.lazy;
                    let sub = items.pop().filter(|_| !was_repeated).ok_or(Bad::Syntax)?;
                    items.push(repeat(sub, min, max, greedy, next == '{')?);
                    repeated = true;
                }
                '(' => items.extend(self.group()?),
                '\\' => self.escape(&mut items)?,
                _ => {
                    self.rest.next();
                    let item = self.plain(next)?;
                    items.push(item);
                }
            }
        }
        let times = items.iter().map(|item| item.times).max().unwrap_or(1);
        Ok(Item {
            hir: Hir::concat(items.into_iter().map(|item| item.hir).collect()),
            times,
        })
    }

    fn plain(&mut self, character: char) -> Result<Item, Bad> {
        Ok(once(match character {
            '^' if self.flags.lines => Hir::look(Look::StartLF),
            '^' => Hir::look(Look::Start),
            '$' if self.flags.lines => Hir::look(Look::EndLF),
            '$' => Hir::look(Look::End),
            '.' if self.flags.dot_all => Hir::dot(Dot::AnyChar),
            '.' => Hir::dot(Dot::AnyCharExceptLF),
            '[' => self.class()?,
            _ => return self.literal(character),
        }))
    }

    pub(super) fn literal(&mut self, character: char) -> Result<Item, Bad> {
        if self.flags.fold {
            let class = class::codes(character.into(), character.into());
            return Ok(once(self.class_of(class)?));
        }
        self.grow(1)?;
        Ok(once(Hir::literal(character.encode_utf8(&mut [0; 4]).as_bytes())))
    }

    /// Returns the class, folded if the flag says so.
    fn class_of(&mut self, class: ClassUnicode) -> Result<Hir, Bad> {
        let class = self.folded(class)?;
        self.grow(class.ranges().len())?;
        Ok(Hir::class(Class::Unicode(class)))
    }

    pub(super) fn folded(&mut self, mut class: ClassUnicode) -> Result<ClassUnicode, Bad> {
        if self.flags.fold {
            // Each character is looked up, of which there can be a million in one range.
            let characters: usize = class.ranges().iter().map(ClassUnicodeRange::len).sum();
            self.grow(characters / 256)?;
            // Fails only without the tables, which are compiled in.
            let _folded = class.try_case_fold_simple();
        }
        Ok(class)
    }

    pub(super) fn grow(&mut self, size: usize) -> Result<(), Bad> {
        self.size += 1 + size;
        if self.size > MOST {
            Err(Failure::Refused("has a pattern that is too large").into())
        } else {
            Ok(())
        }
    }

    /// Reads `*`, `+`, `?` or `{1,2}`; none if the brace stands for itself, which is then taken.
    fn repetition(&mut self) -> Result<Option<(u32, Option<u32>)>, Bad> {
        let first = self.rest.next();
        Ok(Some(match first {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            _ => {
                let mut ahead = self.rest.clone();
                let Some(bounds) = bounds(&mut ahead) else {
                    return Ok(None);
                };
                self.rest = ahead;
                let (min, max) = bounds;
                if min > 1000 || max.is_some_and(|max| max > 1000 || max < min) {
                    return Err(Bad::Syntax);
                }
                bounds
            }
        }))
    }

    /// Reads a group; none if it only sets flags.
    fn group(&mut self) -> Result<Option<Item>, Bad> {
        self.rest.next();
        let flags = self.flags;
        let mut name = None;
        let mut captures = true;
        if self.rest.next_if_eq(&'?').is_some() {
            let mut ahead = self.rest.clone();
            let _p = ahead.next_if_eq(&'P');
            if ahead.next() == Some('<') {
                self.rest = ahead;
                name = Some(self.name()?);
            } else if self.set_flags()? {
                captures = false;
            } else {
                return Ok(None);
            }
        }
        let index = self.names.len();
        if captures {
            self.names.push(name);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Failure::Depth.into());
        }
        let mut item = self.alternation()?;
        self.depth -= 1;
        if self.rest.next() != Some(')') {
            return Err(Bad::Syntax);
        }
        self.flags = flags;
        if captures {
            self.grow(1)?;
            let index = u32::try_from(index).map_err(|_| Failure::Memory)?;
            item.hir = Hir::capture(Capture {
                index,
                name: None,
                sub: Box::new(item.hir),
            });
        }
        Ok(Some(item))
    }

    fn name(&mut self) -> Result<Box<str>, Bad> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => return Ok(name.into()),
                Some(next) if next == '_' || next.is_ascii_alphanumeric() => name.push(next),
                _ => return Err(Bad::Syntax),
            }
        }
    }

    /// Reads `i-s:` or `i-s)`, and returns whether a group follows.
    fn set_flags(&mut self) -> Result<bool, Bad> {
        let mut flags = self.flags;
        let (mut on, mut any) = (true, false);
        loop {
            match self.rest.next().ok_or(Bad::Syntax)? {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                'U' => flags.lazy = on,
                '-' if on => {
                    (on, any) = (false, false);
                    continue;
                }
                end @ (':' | ')') if on || any => {
                    self.flags = flags;
                    return Ok(end == ':');
                }
                _ => return Err(Bad::Syntax),
            }
            any = true;
        }
    }
}

pub(super) fn once(hir: Hir) -> Item {
    Item { hir, times: 1 }
}

fn repeat(sub: Item, min: u32, max: Option<u32>, greedy: bool, counted: bool) -> Result<Item, Bad> {
    let times = match (counted, max) {
        (false, _) => sub.times,
        (true, Some(0)) => 1,
        (true, _) => sub.times * max.unwrap_or(min).max(1),
    };
    if counted && (min >= 2 || max.is_some_and(|max| max >= 2)) && times > 1000 {
        return Err(Bad::Syntax);
    }
    let hir = Hir::repetition(Repetition {
        min,
        max,
        greedy,
        sub: Box::new(sub.hir),
    });
    Ok(Item { hir, times })
}

/// Reads `1}`, `1,}` or `1,2}`; none for anything else.
fn bounds(rest: &mut Peekable<Chars<'_>>) -> Option<(u32, Option<u32>)> {
    let min = number(rest)?;
    let max = match rest.next()? {
        '}' => return Some((min, Some(min))),
        ',' if rest.next_if_eq(&'}').is_some() => return Some((min, None)),
        ',' => number(rest)?,
        _ => return None,
    };
    (rest.next()? == '}').then_some((min, Some(max)))
}

/// Reads digits without a leading zero; a number that is too large is one above all that is allowed.
fn number(rest: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let first = rest.next_if(char::is_ascii_digit)?;
    let mut number = first.to_digit(10)?;
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        if first == '0' {
            return None;
        }
        number = number.saturating_mul(10).saturating_add(digit.to_digit(10)?);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax_is_that_of_go() {
        for pattern in [
            "a{,5}",
            "a{",
            "a??",
            "(?i)a(?-i)b",
            r"\Qa*\E+",
            r"\12",
            r"[a&&b]",
            r"\pL\P{Greek}",
            "(?<n>x)",
            "[]a]",
        ] {
            assert!(parse(pattern).is_ok(), "{pattern}");
        }
        for pattern in [
            "a**",
            "*",
            "a{1001}",
            "(a{11}){100}",
            r"\1",
            r"\C",
            "(?x)a",
            "(?=a)",
            "[b-a]",
            "a)",
            "(",
            "(?i-)",
        ] {
            assert_eq!(parse(pattern).err(), Some(Bad::Syntax), "{pattern}");
        }
    }

    #[test]
    fn what_would_be_too_large_is_refused() {
        for pattern in [
            r"\pL".repeat(50_000),
            format!("{}{}", "(".repeat(500), ")".repeat(500)),
        ] {
            assert!(matches!(parse(&pattern).err(), Some(Bad::Failure(_))));
        }
    }
}
