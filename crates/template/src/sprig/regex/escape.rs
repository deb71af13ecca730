//! Reading what follows a backslash, and classes in brackets.

use regex_syntax::hir::{Class, ClassUnicode, Hir, Look};

use super::parse::{Item, Parser, once};
use super::{Bad, class};

impl Parser<'_> {
    /// Reads an escape, which can be any number of literals.
    pub(super) fn escape(&mut self, items: &mut Vec<Item>) -> Result<(), Bad> {
        if let Some(class) = self.named_class()? {
            self.grow(class.ranges().len())?;
            items.push(once(Hir::class(Class::Unicode(class))));
            return Ok(());
        }
        let mut ahead = self.rest.clone();
        ahead.next();
        let look = match ahead.next() {
            Some('A') => Look::Start,
            Some('z') => Look::End,
            Some('b') => Look::WordAscii,
            Some('B') => Look::WordAsciiNegate,
            Some('Q') => {
                self.rest = ahead;
                return self.quoted(items);
            }
            _ => {
                let code = self.code()?;
                let item = match char::from_u32(code) {
                    Some(character) => self.literal(character)?,
                    None => once(Hir::fail()),
                };
                items.push(item);
                return Ok(());
            }
        };
        self.rest = ahead;
        items.push(once(Hir::look(look)));
        Ok(())
    }

    /// Reads literals to `\E` or to the end.
    fn quoted(&mut self, items: &mut Vec<Item>) -> Result<(), Bad> {
        while let Some(next) = self.rest.next() {
            if next == '\\' && self.rest.next_if_eq(&'E').is_some() {
                break;
            }
            let item = self.literal(next)?;
            items.push(item);
        }
        Ok(())
    }

    /// Reads `\d`, `\pL`, `\P{Greek}` and their like; none if it is something else, which then is not taken.
    fn named_class(&mut self) -> Result<Option<ClassUnicode>, Bad> {
        let mut ahead = self.rest.clone();
        let (Some('\\'), Some(letter)) = (ahead.next(), ahead.next()) else {
            return Ok(None);
        };
        let (class, negated) = match letter {
            'p' | 'P' => {
                self.rest = ahead;
                let (class, negated) = self.unicode_class()?;
                (class, negated != (letter == 'P'))
            }
            _ => {
                let Some(class) = class::perl(letter) else {
                    return Ok(None);
                };
                self.rest = ahead;
                (class, letter.is_ascii_uppercase())
            }
        };
        let mut class = self.folded(class)?;
        if negated {
            class.negate();
        }
        Ok(Some(class))
    }

    /// Reads `L`, `{Greek}` or `{^Greek}`, and returns the class and whether it is negated.
    fn unicode_class(&mut self) -> Result<(ClassUnicode, bool), Bad> {
        let mut name = String::new();
        match self.rest.next().ok_or(Bad::Syntax)? {
            '{' => loop {
                match self.rest.next().ok_or(Bad::Syntax)? {
                    '}' => break,
                    next => name.push(next),
                }
            },
            letter => name.push(letter),
        }
        let (name, negated) = match name.strip_prefix('^') {
            Some(name) => (name, true),
            None => (&*name, false),
        };
        class::unicode(name)
            .map(|class| (class, negated))
            .ok_or(Bad::Syntax)
    }

    /// Reads a class after its bracket.
    pub(super) fn class(&mut self) -> Result<Hir, Bad> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut class = ClassUnicode::empty();
        let mut first = true;
        while first || self.rest.next_if_eq(&']').is_none() {
            first = false;
            let part = match self.posix_class()? {
                Some(part) => part,
                None => match self.named_class()? {
                    Some(part) => part,
                    None => self.range()?,
                },
            };
            self.grow(part.ranges().len())?;
            class.union(&part);
        }
        if negated {
            class.negate();
        }
        self.grow(class.ranges().len())?;
        Ok(Hir::class(Class::Unicode(class)))
    }

    /// Reads `[:alpha:]` or `[:^alpha:]`; none if there is no `:]`, and nothing is taken then.
    fn posix_class(&mut self) -> Result<Option<ClassUnicode>, Bad> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('[') || ahead.next() != Some(':') {
            return Ok(None);
        }
        let negated = ahead.next_if_eq(&'^').is_some();
        let mut name = String::new();
        while let Some(next) = ahead.next() {
            if next == ':' && ahead.next_if_eq(&']').is_some() {
                let mut class = self.folded(class::posix(&name).ok_or(Bad::Syntax)?)?;
                if negated {
                    class.negate();
                }
                self.rest = ahead;
                return Ok(Some(class));
            }
            // Looking for the end is quadratic in what has none, and no name is that long.
            if name.len() > 1_000 {
                return Err(Bad::Syntax);
            }
            name.push(next);
        }
        Ok(None)
    }

    fn range(&mut self) -> Result<ClassUnicode, Bad> {
        let first = self.class_code()?;
        let mut last = first;
        let mut ahead = self.rest.clone();
        // `[a-]` is `a` or a dash.
        if ahead.next() == Some('-') && ahead.peek().is_some_and(|&next| next != ']') {
            self.rest = ahead;
            last = self.class_code()?;
            if last < first {
                return Err(Bad::Syntax);
            }
        }
        self.folded(class::codes(first, last))
    }

    fn class_code(&mut self) -> Result<u32, Bad> {
        if self.rest.peek() == Some(&'\\') {
            return self.code();
        }
        self.rest.next().map(u32::from).ok_or(Bad::Syntax)
    }

    /// Reads a backslash and the one character that follows or is named.
    fn code(&mut self) -> Result<u32, Bad> {
        self.rest.next();
        let first = self.rest.next().ok_or(Bad::Syntax)?;
        match first {
            '0'..='7' => {
                let mut ahead = self.rest.clone();
                // A digit alone would refer back to a group.
                if first != '0' && !ahead.next().is_some_and(|next| next.is_digit(8)) {
                    return Err(Bad::Syntax);
                }
                let mut code = first.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    if let Some(digit) = self.rest.next_if(|next| next.is_digit(8)) {
                        code = code * 8 + digit.to_digit(8).unwrap_or_default();
                    }
                }
                Ok(code)
            }
            'x' => self.hex(),
            'a' => Ok(7),
            'f' => Ok(0xc),
            'n' => Ok(0xa),
            'r' => Ok(0xd),
            't' => Ok(9),
            'v' => Ok(0xb),
            _ if first.is_ascii() && !first.is_ascii_alphanumeric() => Ok(first.into()),
            _ => Err(Bad::Syntax),
        }
    }

    fn hex(&mut self) -> Result<u32, Bad> {
        let mut digit = || self.rest.next().ok_or(Bad::Syntax);
        let first = digit()?;
        if first != '{' {
            let pair = first.to_digit(16).zip(digit()?.to_digit(16));
            return pair.map(|(high, low)| high * 16 + low).ok_or(Bad::Syntax);
        }
        let (mut code, mut any) = (0, false);
        loop {
            match digit()? {
                '}' if any => return Ok(code),
                next => {
                    code = code * 16 + next.to_digit(16).ok_or(Bad::Syntax)?;
                    any = true;
                    if code > 0x10_ffff {
                        return Err(Bad::Syntax);
                    }
                }
            }
        }
    }
}
