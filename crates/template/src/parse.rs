//! From text to trees.

mod lexer;
mod literal;
mod node;
pub(crate) mod number;
mod parser;
mod pipeline;
mod token;

pub(crate) use node::{Branch, Command, Node, Operand, Pipe, Term};
pub(crate) use number::Number;
pub(crate) use parser::{Trees, parse};
