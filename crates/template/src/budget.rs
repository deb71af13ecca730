//! What is left of the limits.

use crate::Limits;
use crate::failure::Failure;
use crate::world::World;

/// How many steps are taken between two looks at the clock.
const STEPS_A_LOOK: u64 = 256;

/// How many times deeper than a text a run can go. In a debug build a level of a text takes 10 KiB of stack to parse; to
/// run, a block or a list in a list takes 3 KiB, a `range` two of that, a pipeline in parentheses three.
const DEPTH_OF_RUN: usize = 3;

/// What is left of [`Limits`], shared by all templates of one object.
#[derive(Clone, Debug)]
pub struct Budget {
    depth: usize,
    steps: u64,
    output: usize,
    memory: usize,
    until_look: u64,
}

impl Budget {
    /// Returns a budget of all that `limits` allow.
    pub fn new(limits: &Limits) -> Self {
        Self {
            depth: limits.depth.saturating_mul(DEPTH_OF_RUN),
            steps: limits.steps,
            output: limits.output,
            memory: limits.memory,
            until_look: STEPS_A_LOOK,
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    pub(crate) fn take_steps(&mut self, count: u64, world: &World<'_>) -> Result<(), Failure> {
        self.steps = self.steps.checked_sub(count).ok_or(Failure::Steps)?;
        match self.until_look.checked_sub(count) {
            Some(left) if left > 0 => self.until_look = left,
            _ => {
                self.until_look = STEPS_A_LOOK;
                look(world)?;
            }
        }
        Ok(())
    }

    pub(crate) fn take_memory(&mut self, bytes: usize) -> Result<(), Failure> {
        self.memory = self.memory.checked_sub(bytes).ok_or(Failure::Memory)?;
        Ok(())
    }

    pub(crate) fn take_output(&mut self, bytes: usize) -> Result<(), Failure> {
        self.output = self.output.checked_sub(bytes).ok_or(Failure::Output)?;
        Ok(())
    }
}

/// Fails when the time is up.
pub(crate) fn look(world: &World<'_>) -> Result<(), Failure> {
    if (world.expired)() {
        Err(Failure::Expired)
    } else {
        Ok(())
    }
}
