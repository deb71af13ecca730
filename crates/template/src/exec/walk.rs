//! Actions and control structures.

use super::{At, Given, Result, Run};
use crate::error::{Kind, Stop};
use crate::format;
use crate::parse::{Branch, Node, Pipe};
use crate::value::{Shape, Value};

/// What comes after a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl<'r> Run<'r> {
    pub(super) fn walk(&mut self, dot: &Given, nodes: &'r [Node]) -> Result<Flow> {
        for node in nodes {
            match self.node(dot, node)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Given, node: &'r Node) -> Result<Flow> {
        match node {
            Node::Text(text) => {
                self.call.steps(1).at(0)?;
                self.write(text).at(0)?;
            }
            Node::Action(pipe) => {
                let value = self.pipe(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(pipe.at, value.as_ref())?;
                }
            }
            Node::If(branches, otherwise) => return self.branches(dot, branches, otherwise, false),
            Node::With(branches, otherwise) => return self.branches(dot, branches, otherwise, true),
            Node::Range(branch, otherwise) => return self.range(dot, branch, otherwise),
            Node::Template { at, name, argument } => self.template(dot, *at, name, argument.as_ref())?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn write(&mut self, bytes: &[u8]) -> std::result::Result<(), crate::failure::Failure> {
        self.call.output(bytes.len())?;
        self.out.push(bytes);
        Ok(())
    }

    fn print(&mut self, at: usize, value: Option<&Value>) -> Result<()> {
        match value {
            None => self.write(b"<no value>").at(at),
            Some(Value::String(text)) => self.write(text).at(at),
            Some(value) => {
                let text = format::sprint(&mut self.call, std::slice::from_ref(value)).at(at)?;
                self.write(&zeroize::Zeroizing::new(text)).at(at)
            }
        }
    }

    fn deeper<T>(
        &mut self,
        at: usize,
        levels: usize,
        inside: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.call.enter(levels).at(at)?;
        let result = inside(self);
        self.call.leave(levels);
        result
    }

    fn branches(
        &mut self,
        dot: &Given,
        branches: &'r [Branch],
        otherwise: &'r [Node],
        sets_dot: bool,
    ) -> Result<Flow> {
        let scope = self.variables.len();
        let mut chosen = (None, otherwise);
        for branch in branches {
            let value = self.pipe(dot, &branch.pipe)?;
            if value.as_ref().is_some_and(Value::truth) {
                chosen = (Some(value), branch.body.as_slice());
                break;
            }
        }
        let at = branches.first().map_or(0, |branch| branch.pipe.at);
        let flow = self.deeper(at, 1, |run| match &chosen {
            (Some(value), body) if sets_dot => run.walk(value, body),
            (_, body) => run.walk(dot, body),
        });
        self.variables.truncate(scope);
        flow
    }

    fn range(&mut self, dot: &Given, branch: &'r Branch, otherwise: &'r [Node]) -> Result<Flow> {
        let outer = self.variables.len();
        let at = branch.pipe.at;
        let value = self.pipe(dot, &branch.pipe)?;
        let flow = self.deeper(at, 2, |run| {
            let ran = match &value {
                None | Some(Value::Nil) => false,
                Some(Value::List(list)) => {
                    let items = (0_i64..).zip(list.iter());
                    run.iterate(branch, items.map(|(index, item)| (Some(Value::Int(index)), item)))?
                }
                Some(Value::Dict(dict)) => {
                    let entries = dict.entries();
                    run.call.memory(entries.len().saturating_mul(64)).at(at)?;
                    run.iterate(
                        branch,
                        entries
                            .into_iter()
                            .map(|(key, item)| (Some(Value::String(key)), item)),
                    )?
                }
                Some(number) => {
                    let items =
                        integers(number).ok_or_else(|| unusable(at, "ranges over what has no elements"))?;
                    if branch.pipe.variables.len() > 1 {
                        return Err(unusable(at, "ranges over a number with more than one variable"));
                    }
                    run.iterate(branch, items.map(|item| (None, item)))?
                }
            };
            if ran {
                return Ok(Flow::Next);
            }
            // As in Go, a `break` in there ends this `range`, not the one around it.
            Ok(match run.walk(dot, otherwise)? {
                Flow::Break => Flow::Next,
                flow => flow,
            })
        });
        self.variables.truncate(outer);
        flow
    }

    /// Runs the body for each item; returns whether there was one.
    fn iterate(&mut self, branch: &'r Branch, items: impl Iterator<Item = (Given, Value)>) -> Result<bool> {
        let scope = self.variables.len();
        let at = branch.pipe.at;
        let mut ran = false;
        for (index, item) in items {
            ran = true;
            self.call.steps(1).at(at)?;
            let item = Some(item);
            match branch.pipe.variables.as_slice() {
                [] => {}
                [name] if branch.pipe.assigns => self.assign(at, name, item.clone())?,
                [first, second, ..] if branch.pipe.assigns => {
                    self.assign(at, first, index)?;
                    self.assign(at, second, item.clone())?;
                }
                [_] => self.set_top(scope, 1, item.clone()),
                [..] => {
                    self.set_top(scope, 1, item.clone());
                    self.set_top(scope, 2, index);
                }
            }
            let flow = self.walk(&item, &branch.body)?;
            self.variables.truncate(scope);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }

    fn set_top(&mut self, scope: usize, back: usize, value: Given) {
        if let Some(variable) = scope
            .checked_sub(back)
            .and_then(|index| self.variables.get_mut(index))
        {
            variable.1 = value;
        }
    }

    fn template(&mut self, dot: &Given, at: usize, name: &[u8], argument: Option<&'r Pipe>) -> Result<()> {
        let trees = self.trees;
        let tree = trees
            .get(name)
            .ok_or_else(|| Stop::new(at, Kind::UnknownTemplate))?;
        let dot = match argument {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => None,
        };
        let outer = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        self.call.steps(1).at(at)?;
        self.deeper(at, 1, |run| run.walk(&dot, tree))?;
        self.variables = outer;
        Ok(())
    }
}

/// Returns the integers below a number, of its type.
fn integers(number: &Value) -> Option<Box<dyn Iterator<Item = Value>>> {
    Some(match number {
        Value::Int(end) => Box::new((0..*end).map(Value::Int)),
        Value::Int64(end) => Box::new((0..*end).map(Value::Int64)),
        Value::Uint8(end) => Box::new((0..*end).map(Value::Uint8)),
        Value::Uint64(end) => Box::new((0..*end).map(Value::Uint64)),
        Value::Object(object) => match object.shape() {
            // The elements have the named type in Go; their texts are not reached by any template in practice.
            Shape::Int(end) => Box::new((0..end).map(Value::Int)),
            Shape::Int64(end) => Box::new((0..end).map(Value::Int64)),
            Shape::Struct | Shape::Pointer => return None,
        },
        _ => return None,
    })
}

fn unusable(at: usize, reason: &'static str) -> Stop {
    Stop::new(at, Kind::Action(reason))
}
