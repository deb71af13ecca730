//! Patterns that can be run.

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;

use super::Bad;
use super::haystack::Haystack;
use super::parse::parse;
use crate::call::Call;
use crate::failure::Failure;
use crate::sprig::cost;

/// Bytes that the automata of one pattern may have.
const LARGEST: usize = 2 << 20;

/// A pattern that was compiled.
pub(super) struct Program {
    regex: Regex,
    names: Vec<Option<Box<str>>>,
    /// How much slower it may be than a plain search.
    weight: usize,
}

/// Where a match begins and ends.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Program {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// It is no pattern by Go's rules, or too large.
    pub(super) fn new(call: &mut Call<'_>, pattern: &[u8]) -> Result<Self, Bad> {
        let text = std::str::from_utf8(pattern).map_err(|_| Bad::Syntax)?;
        // Reading takes many times the pattern's bytes; what the automata need is known when they are built.
        call.afford(text.len().saturating_mul(64).saturating_add(2 * LARGEST))?;
        cost::scan(call, text.len().saturating_mul(64))?;
        let pattern = parse(text)?;
        let config = Regex::config()
            .nfa_size_limit(Some(LARGEST))
            .onepass_size_limit(Some(LARGEST / 16))
            .hybrid_cache_capacity(LARGEST)
            .dfa(false);
        let regex = Regex::builder().configure(config).build_from_hir(&pattern.hir);
        let regex = regex.map_err(|_| Failure::Refused("has a pattern that is too large"))?;
        let weight = 1 + regex.memory_usage() / (16 << 10);
        call.costly(weight as u64 * 16)?;
        Ok(Self {
            regex,
            names: pattern.names,
            weight,
        })
    }

    /// Finds the first match from a position on, and its groups.
    pub(super) fn captures(
        &self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        from: usize,
        captures: &mut Captures,
    ) -> Result<Option<Found>, Failure> {
        self.charge(call, haystack, from)?;
        self.regex
            .search_captures(&Input::new(haystack.text()).range(from..), captures);
        Ok(captures.get_match().map(|found| Found {
            start: found.start(),
            end: found.end(),
        }))
    }

    /// Finds the first match from a position on.
    pub(super) fn find(
        &self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        from: usize,
    ) -> Result<Option<Found>, Failure> {
        self.charge(call, haystack, from)?;
        let found = self.regex.find(Input::new(haystack.text()).range(from..));
        Ok(found.map(|found| Found {
            start: found.start(),
            end: found.end(),
        }))
    }

    pub(super) fn no_captures(&self) -> Captures {
        self.regex.create_captures()
    }

    /// Returns the number of the first group of that name which took part in a match.
    pub(super) fn group(&self, name: &[u8], captures: &Captures) -> Option<usize> {
        let named = |own: &Option<Box<str>>| own.as_deref().is_some_and(|own| own.as_bytes() == name);
        (0..self.names.len()).find(|&index| named(&self.names[index]) && captures.get_group(index).is_some())
    }

    /// Finds matches as Go's `FindAll` does: at most `most`, and no empty one right after another one.
    pub(super) fn find_all(
        &self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        most: usize,
    ) -> Result<Vec<Found>, Failure> {
        let mut all: Vec<Found> = Vec::new();
        let (mut at, mut previous) = (0, None);
        while all.len() < most && at <= haystack.text().len() {
            let Some(found) = self.find(call, haystack, at)? else {
                break;
            };
            let mut accepted = true;
            if found.end == at {
                accepted = previous != Some(found.start);
                at += haystack.width(at).max(1);
            } else {
                at = found.end;
            }
            previous = Some(found.end);
            if accepted {
                if all.len() == all.capacity() {
                    call.afford((2 * all.len() + 4) * size_of::<Found>())?;
                }
                all.push(found);
            }
        }
        Ok(all)
    }

    fn charge(&self, call: &mut Call<'_>, haystack: &Haystack<'_>, from: usize) -> Result<(), Failure> {
        let left = haystack.text().len().saturating_sub(from);
        call.steps(1 + (left / 512).saturating_mul(self.weight) as u64)
    }
}
