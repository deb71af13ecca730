//! Pipelines, commands and variables.

use super::{At, Given, Result, Run};
use crate::error::{Kind, Stop};
use crate::parse::{Command, Number, Operand, Pipe, Term};
use crate::value::Value;

impl<'r> Run<'r> {
    /// Returns what a pipeline gives, after it has set its variables.
    pub(super) fn pipe(&mut self, dot: &Given, pipe: &'r Pipe) -> Result<Given> {
        let mut last: Option<Given> = None;
        for command in &pipe.commands {
            self.call.steps(1).at(command.first.at)?;
            let value = self.command(dot, command, last)?;
            // What is nil in an interface is nothing at all from here on.
            last = Some(value.filter(|value| !matches!(value, Value::Nil)));
        }
        let value = last.flatten();
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(pipe.at, name, value.clone())?;
            } else {
                self.call.memory(64).at(pipe.at)?;
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    /// Returns what a command gives; `last` is what the one before it gave, if there is one.
    fn command(&mut self, dot: &Given, command: &'r Command, last: Option<Given>) -> Result<Given> {
        let Command { first, arguments } = command;
        match &first.term {
            Term::Field(fields) => return self.fields(dot, dot.clone(), first.at, fields, arguments, last),
            Term::Chain(chain) => {
                let inner = self.inner(dot, &chain.inner)?;
                return self.fields(dot, inner, first.at, &chain.fields, arguments, last);
            }
            Term::Function(function) => return self.function(dot, first.at, function, None, arguments, last),
            Term::Variable(name, fields) => {
                let value = self.variable(first.at, name)?;
                if !fields.is_empty() {
                    return self.fields(dot, value, first.at, fields, arguments, last);
                }
                no_arguments(first.at, arguments, last.as_ref())?;
                return Ok(value);
            }
            _ => no_arguments(first.at, arguments, last.as_ref())?,
        }
        match &first.term {
            Term::Pipe(pipe) => self.nested(dot, first.at, pipe),
            Term::Dot => Ok(dot.clone()),
            Term::Bool(value) => Ok(Some(Value::Bool(*value))),
            Term::Number(number) => constant(first.at, number).map(Some),
            Term::String(text) => Ok(Some(Value::String(text.clone()))),
            _ => Err(Stop::new(first.at, Kind::Action("uses nil as a command"))),
        }
    }

    /// Returns what a pipeline in parentheses gives.
    pub(super) fn nested(&mut self, dot: &Given, at: usize, pipe: &'r Pipe) -> Result<Given> {
        self.call.enter(3).at(at)?;
        let value = self.pipe(dot, pipe)?;
        self.call.leave(3);
        Ok(value)
    }

    /// Returns what the fields of a chain are asked of.
    pub(super) fn inner(&mut self, dot: &Given, operand: &'r Operand) -> Result<Given> {
        match &operand.term {
            Term::Pipe(pipe) => self.nested(dot, operand.at, pipe),
            Term::Function(function) => self.function(dot, operand.at, function, None, &[], None),
            _ => Err(Stop::new(
                operand.at,
                Kind::Action("asks for a field of what has none"),
            )),
        }
    }

    pub(super) fn variable(&mut self, at: usize, name: &str) -> Result<Given> {
        let index = self.find(at, name)?;
        Ok(self.variables.get(index).and_then(|(_, value)| value.clone()))
    }

    /// Sets the variable of that name that was declared last.
    pub(super) fn assign(&mut self, at: usize, name: &str, value: Given) -> Result<()> {
        let index = self.find(at, name)?;
        if let Some(variable) = self.variables.get_mut(index) {
            variable.1 = value;
        }
        Ok(())
    }

    fn find(&mut self, at: usize, name: &str) -> Result<usize> {
        let found = self.variables.iter().rposition(|(known, _)| *known == name);
        let seen = self.variables.len() - found.unwrap_or_default();
        self.call.steps(seen as u64 / 16).at(at)?;
        found.ok_or_else(|| Stop::new(at, Kind::unknown_variable(name)))
    }
}

/// Returns a number where no type is asked for.
pub(super) fn constant(at: usize, number: &Number) -> Result<Value> {
    if let Some((real, imaginary)) = number.complex {
        return Ok(Value::Complex(real, imaginary));
    }
    match (number.float, number.int) {
        (Some(float), _) if number.is_float => Ok(Value::Float(float)),
        (_, Some(int)) => Ok(Value::Int(int)),
        _ => Err(Stop::new(
            at,
            Kind::Action("has a number that is too large for an int"),
        )),
    }
}

fn no_arguments(at: usize, arguments: &[Operand], last: Option<&Given>) -> Result<()> {
    if arguments.is_empty() && last.is_none() {
        Ok(())
    } else {
        Err(Stop::new(
            at,
            Kind::Action("gives arguments to what is no function"),
        ))
    }
}
