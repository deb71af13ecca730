//! What a function may do while it runs.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;

use crate::budget::{self, Budget};
use crate::failure::Failure;
use crate::heap::Heap;
use crate::value::{Dict, Elem, List, Object, Text, Value};
use crate::world::World;

/// Bytes that a value costs beside its content: what Rust needs for it, rounded up.
const VALUE: usize = 64;

/// What a function may do while it runs: see the world, and make values that are charged to the budget.
pub(crate) struct Call<'a> {
    world: &'a World<'a>,
    budget: &'a mut Budget,
    heap: Heap,
    depth: usize,
}

impl<'a> Call<'a> {
    pub(crate) fn new(world: &'a World<'a>, budget: &'a mut Budget) -> Self {
        Self {
            world,
            budget,
            heap: Heap::default(),
            depth: 0,
        }
    }

    /// Returns the time, the same for the whole run.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now
    }

    /// Returns the source of randomness, for keys; plain bytes are `fill`'s.
    pub(crate) fn random(&self) -> &'a dyn aws_lc_rs::rand::SecureRandom {
        self.world.random
    }

    /// Fills the bytes with random ones.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Failure> {
        self.steps(1 + bytes.len() as u64 / 64)?;
        self.world
            .random
            .fill(bytes)
            .map_err(|_| Failure::Refused("got no random bytes from the system"))
    }

    /// Charges steps, and looks at the clock every few hundred of them. A step is about a microsecond of work.
    pub(crate) fn steps(&mut self, count: u64) -> Result<(), Failure> {
        self.budget.take_steps(count, self.world)
    }

    /// Charges steps for work that takes long and looks at the clock at once.
    pub(crate) fn costly(&mut self, steps: u64) -> Result<(), Failure> {
        self.steps(steps)?;
        budget::look(self.world)
    }

    /// Charges memory that is not part of a value made here; before it is allocated.
    pub(crate) fn memory(&mut self, bytes: usize) -> Result<(), Failure> {
        self.budget.take_memory(bytes)
    }

    /// Fails if so many bytes are not left; to be asked before allocating what can be larger than the arguments.
    pub(crate) fn afford(&self, bytes: usize) -> Result<(), Failure> {
        if bytes > self.budget.memory() {
            Err(Failure::Memory)
        } else {
            Ok(())
        }
    }

    /// Charges text that is written to the output.
    pub(crate) fn output(&mut self, bytes: usize) -> Result<(), Failure> {
        self.budget.take_output(bytes)
    }

    /// Runs `inside` one level deeper: for whatever follows values into their elements.
    pub(crate) fn deeper<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.enter(1)?;
        let result = inside(self);
        self.leave(1);
        result
    }

    /// Goes some levels deeper, until `leave`.
    pub(crate) fn enter(&mut self, levels: usize) -> Result<(), Failure> {
        if self.depth + levels > self.budget.depth() {
            return Err(Failure::Depth);
        }
        self.depth += levels;
        Ok(())
    }

    pub(crate) fn leave(&mut self, levels: usize) {
        self.depth -= levels;
    }

    /// Makes a text and charges for it.
    pub(crate) fn text(&mut self, bytes: Vec<u8>) -> Result<Text, Failure> {
        // Wrapped before anything can fail, so that it is wiped.
        let text = Text::uncharged(bytes);
        self.memory(VALUE + text.len())?;
        self.steps(text.len() as u64 / 256)?;
        Ok(text)
    }

    /// Makes a string and charges for it.
    pub(crate) fn string(&mut self, bytes: impl Into<Vec<u8>>) -> Result<Value, Failure> {
        self.text(bytes.into()).map(Value::String)
    }

    /// Makes a list and charges for it; the items have the type that `elem` says.
    pub(crate) fn list(&mut self, elem: Elem, items: Vec<Value>) -> Result<Value, Failure> {
        self.memory(VALUE + items.len().saturating_mul(VALUE))?;
        self.steps(items.len() as u64 / 16)?;
        let list = List::uncharged(elem, items);
        self.heap.keep_list(&list);
        Ok(Value::List(list))
    }

    /// Makes a `[]string` and charges for it and for the strings.
    pub(crate) fn strings(&mut self, items: impl IntoIterator<Item = Vec<u8>>) -> Result<Value, Failure> {
        let items = items
            .into_iter()
            .map(|item| self.string(item))
            .collect::<Result<_, _>>()?;
        self.list(Elem::String, items)
    }

    /// Makes a dict and charges for it; the values have the type that `elem` says.
    pub(crate) fn dict(&mut self, elem: Elem, entries: BTreeMap<Text, Value>) -> Result<Value, Failure> {
        self.memory(VALUE + entries.len().saturating_mul(2 * VALUE))?;
        self.steps(entries.len() as u64 / 16)?;
        let dict = Dict::uncharged(elem, entries);
        self.heap.keep_dict(&dict);
        Ok(Value::Dict(dict))
    }

    /// Puts an entry into a dict, seen by everyone who holds it.
    pub(crate) fn insert(&mut self, dict: &Dict, key: Text, value: Value) -> Result<(), Failure> {
        if dict.is_nil() {
            return Err(Failure::Refused("can't put an entry into a nil map"));
        }
        self.memory(2 * VALUE)?;
        dict.insert_uncharged(key, value);
        Ok(())
    }

    /// Makes a value of a type with methods or fields, and charges `bytes` for it.
    pub(crate) fn object(&mut self, object: impl Object + 'static, bytes: usize) -> Result<Value, Failure> {
        self.memory(VALUE.saturating_add(bytes))?;
        Ok(Value::Object(Rc::new(object)))
    }
}
