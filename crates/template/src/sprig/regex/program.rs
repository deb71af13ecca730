//! Patterns that can be run.

use regex_automata::nfa::thompson::{Compiler, NFA, WhichCaptures};

use super::Bad;
use super::haystack::Haystack;
use super::machine::Machine;
use super::parse::parse;
use crate::call::Call;
use crate::failure::Failure;
use crate::sprig::cost;

/// Bytes that the automaton of one pattern may have.
const LARGEST: usize = 2 << 20;

/// A pattern that was compiled.
pub(super) struct Program {
    machine: Machine,
    names: Vec<Option<Box<str>>>,
}

/// Where a match begins and ends.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Program {
    /// Compiles a pattern. `groups` returns how many groups are of interest, that of the whole match included, given
    /// the names of all.
    ///
    /// # Errors
    ///
    /// It is no pattern by Go's rules, or too large.
    pub(super) fn new(
        call: &mut Call<'_>,
        pattern: &[u8],
        groups: impl FnOnce(&[Option<Box<str>>]) -> usize,
    ) -> Result<Self, Bad> {
        let text = std::str::from_utf8(pattern).map_err(|_| Bad::Syntax)?;
        // Reading takes many times the pattern's bytes; what the automaton needs is known when it is built.
        call.afford(text.len().saturating_mul(64).saturating_add(2 * LARGEST))?;
        cost::scan(call, text.len().saturating_mul(64))?;
        let pattern = parse(text)?;
        let groups = groups(&pattern.names).clamp(1, pattern.names.len().max(1));
        let config = NFA::config()
            .nfa_size_limit(Some(LARGEST))
            .which_captures(if groups > 1 {
                WhichCaptures::All
            } else {
                WhichCaptures::Implicit
            });
        let nfa = Compiler::new().configure(config).build_from_hir(&pattern.hir);
        let nfa = nfa.map_err(|_| Failure::Refused("has a pattern that is too large"))?;
        call.costly(nfa.memory_usage() as u64 / 256)?;
        Ok(Self {
            machine: Machine::new(call, nfa, groups)?,
            names: pattern.names,
        })
    }

    /// Finds the first match from a position on.
    pub(super) fn find(
        &mut self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        from: usize,
    ) -> Result<Option<Found>, Failure> {
        call.steps(1)?;
        let found = self.machine.search(call, haystack.text(), from)?;
        let span = self.machine.span(0).filter(|_| found);
        Ok(span.map(|(start, end)| Found { start, end }))
    }

    /// Returns where a group began and ended in the match that was found last, if it took part in it.
    pub(super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        self.machine.span(group)
    }

    pub(super) fn names(&self) -> &[Option<Box<str>>] {
        &self.names
    }

    /// Finds matches as Go's `FindAll` does: at most `most`, and no empty one right after another one.
    pub(super) fn find_all(
        &mut self,
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
}
