//! The trees of templates. Each node says at which byte of the text it begins.

use super::number::Number;
use crate::function::Function;
use crate::value::Text;

/// What a list of a template consists of.
pub(crate) enum Node {
    Text(Text),
    Action(Pipe),
    /// The branches of an `if`, with its `else if`s, and its `else`.
    If(Vec<Branch>, Vec<Self>),
    /// The branches of a `with`, with its `else with`s, and its `else`.
    With(Vec<Branch>, Vec<Self>),
    /// A `range` and its `else`.
    Range(Branch, Vec<Self>),
    Template {
        at: usize,
        name: Vec<u8>,
        argument: Option<Pipe>,
    },
    Break,
    Continue,
}

/// A condition, or what is ranged over, and what is run.
pub(crate) struct Branch {
    pub(crate) pipe: Pipe,
    pub(crate) body: Vec<Node>,
}

/// Commands, each of which passes its value to the next, and the variables that take the last one.
pub(crate) struct Pipe {
    pub(crate) at: usize,
    /// The names, with their `$`.
    pub(crate) variables: Vec<Box<str>>,
    /// Whether the variables are assigned and not declared.
    pub(crate) assigns: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand with its arguments.
pub(crate) struct Command {
    pub(crate) first: Operand,
    pub(crate) arguments: Vec<Operand>,
}

/// A term where it stands.
pub(crate) struct Operand {
    pub(crate) at: usize,
    pub(crate) term: Term,
}

/// What can be an operand.
pub(crate) enum Term {
    Function(&'static Function),
    Dot,
    Nil,
    /// A variable and the fields that follow it.
    Variable(Box<str>, Vec<Box<str>>),
    /// Fields of the dot.
    Field(Vec<Box<str>>),
    Chain(Box<Chain>),
    Bool(bool),
    Number(Box<Number>),
    String(Text),
    Pipe(Box<Pipe>),
}

/// Fields of what a term gives.
pub(crate) struct Chain {
    pub(crate) inner: Operand,
    pub(crate) fields: Vec<Box<str>>,
}
