//! What can be said of a template without running it.

use std::collections::{BTreeSet, HashSet};

use crate::inputs::Inputs;
use crate::parse::{Branch, Command, Node, Operand, Pipe, Term, Trees};

/// What was found.
pub(crate) struct Analysis {
    pub(crate) inputs: Inputs,
    /// Where volatile functions are used.
    pub(crate) volatile: Vec<(usize, &'static str)>,
}

/// Analyses the template of that name and all that it can run.
pub(crate) fn analyse(trees: &Trees, name: &str) -> Analysis {
    let mut walker = Walker {
        names: BTreeSet::new(),
        whole: false,
        volatile: Vec::new(),
        dollar: true,
        seen: HashSet::from([(name.as_bytes(), true)]),
        waiting: vec![(name.as_bytes(), true)],
    };
    while let Some((name, whole)) = walker.waiting.pop() {
        if let Some(tree) = trees.get(name) {
            walker.dollar = whole;
            walker.nodes(tree, whole);
        }
    }
    let inputs = if walker.whole {
        Inputs::All
    } else {
        Inputs::Named(walker.names)
    };
    Analysis {
        inputs,
        volatile: walker.volatile,
    }
}

struct Walker<'t> {
    names: BTreeSet<String>,
    whole: bool,
    volatile: Vec<(usize, &'static str)>,
    /// Whether `$` is the whole of the data in the tree that is walked.
    dollar: bool,
    /// The templates that are run, and whether with the whole of the data.
    seen: HashSet<(&'t [u8], bool)>,
    waiting: Vec<(&'t [u8], bool)>,
}

impl<'t> Walker<'t> {
    /// `dot` is whether the dot is the whole of the data.
    fn nodes(&mut self, nodes: &'t [Node], dot: bool) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Action(pipe) => self.pipe(pipe, dot),
                Node::If(branches, otherwise) => self.branches(branches, otherwise, dot, dot),
                // What a body is run with was seen when its pipeline was.
                Node::With(branches, otherwise) => self.branches(branches, otherwise, dot, false),
                Node::Range(branch, otherwise) => {
                    self.branches(std::slice::from_ref(branch), otherwise, dot, false);
                }
                Node::Template { name, argument, .. } => {
                    let whole = argument.as_ref().is_some_and(|pipe| self.is_whole(pipe, dot));
                    if let Some(pipe) = argument
                        && !whole
                    {
                        self.pipe(pipe, dot);
                    }
                    if self.seen.insert((name, whole)) {
                        self.waiting.push((name, whole));
                    }
                }
            }
        }
    }

    fn branches(&mut self, branches: &'t [Branch], otherwise: &'t [Node], dot: bool, inside: bool) {
        for branch in branches {
            self.pipe(&branch.pipe, dot);
            self.nodes(&branch.body, inside);
        }
        self.nodes(otherwise, dot);
    }

    /// Whether a pipeline is just the whole of the data.
    fn is_whole(&self, pipe: &Pipe, dot: bool) -> bool {
        match pipe.commands.as_slice() {
            [Command { first, arguments }] if arguments.is_empty() && pipe.variables.is_empty() => {
                self.is_data(first, dot)
            }
            _ => false,
        }
    }

    fn is_data(&self, operand: &Operand, dot: bool) -> bool {
        match &operand.term {
            Term::Dot => dot,
            Term::Variable(name, fields) => fields.is_empty() && &**name == "$" && self.dollar,
            _ => false,
        }
    }

    fn pipe(&mut self, pipe: &'t Pipe, dot: bool) {
        // A variable called `$` hides the data; what it holds was seen where it was set.
        if pipe.variables.iter().any(|name| &**name == "$") {
            self.whole = true;
        }
        for command in &pipe.commands {
            let mut arguments = command.arguments.as_slice();
            if let (Term::Function(function), [data, key, rest @ ..]) = (&command.first.term, arguments)
                && function.name == "index"
                && self.is_data(data, dot)
                && let Term::String(key) = &key.term
            {
                self.name(key);
                arguments = rest;
            }
            self.operand(&command.first, dot);
            for argument in arguments {
                self.operand(argument, dot);
            }
        }
    }

    fn name(&mut self, key: &[u8]) {
        // A key that is not UTF-8 is none that the data can have.
        if let Ok(key) = std::str::from_utf8(key) {
            self.names.insert(key.to_owned());
        }
    }

    fn operand(&mut self, operand: &'t Operand, dot: bool) {
        if self.is_data(operand, dot) {
            self.whole = true;
            return;
        }
        match &operand.term {
            Term::Function(function) if function.volatile => self.volatile.push((operand.at, function.name)),
            Term::Field(fields) if dot => {
                if let Some(first) = fields.first() {
                    self.name(first.as_bytes());
                }
            }
            Term::Variable(name, fields) if &**name == "$" && self.dollar => {
                if let Some(first) = fields.first() {
                    self.name(first.as_bytes());
                }
            }
            Term::Chain(chain) => self.operand(&chain.inner, dot),
            Term::Pipe(pipe) => self.pipe(pipe, dot),
            _ => {}
        }
    }
}
