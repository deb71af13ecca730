//! Calls of functions, and what may be passed to them.

use super::evaluate::constant;
use super::{At, Given, Result, Run};
use crate::error::{Kind, Stop};
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::parse::{Number, Operand, Term};
use crate::value::{Dict, Elem, List, Value};

impl<'r> Run<'r> {
    /// Returns what a function gives for those arguments, the last of which comes from the command before.
    pub(super) fn function(
        &mut self,
        dot: &Given,
        at: usize,
        function: &'static Function,
        receiver: Option<&Value>,
        arguments: &'r [Operand],
        last: Option<Given>,
    ) -> Result<Given> {
        let count = arguments.len() + usize::from(last.is_some());
        let fixed = function.params.len();
        if count < fixed || count > fixed && function.variadic.is_none() {
            return Err(Stop::new(at, Kind::Arity(function.name)));
        }
        if let "and" | "or" = function.name {
            return self.and_or(dot, function, arguments, last);
        }
        self.call.steps(1).at(at)?;
        self.call.memory(count.saturating_mul(16)).at(at)?;
        let mut values = Vec::with_capacity(count);
        for (index, operand) in arguments.iter().enumerate() {
            let value = self.argument(dot, function, param(function, index), operand)?;
            values.push(value);
        }
        if let Some(last) = last {
            let param = param(function, values.len());
            values.push(assignable(last, param).ok_or_else(|| mismatch(at, function, param))?);
        }
        self.call.steps(reading(&values)).at(at)?;
        let result = (function.body)(&mut self.call, &Args::new(receiver, &values));
        result.map(Some).map_err(|failure| {
            Stop::new(
                at,
                match failure {
                    Failure::Refused(reason) => Kind::Function(function.name, reason),
                    limit => Kind::Failure(limit),
                },
            )
        })
    }

    /// Returns the first argument that decides, without evaluating those after it.
    fn and_or(
        &mut self,
        dot: &Given,
        function: &'static Function,
        arguments: &'r [Operand],
        last: Option<Given>,
    ) -> Result<Given> {
        let mut value = Value::Nil;
        for operand in arguments {
            self.call.steps(1).at(operand.at)?;
            value = self.argument(dot, function, Param::Any, operand)?;
            if value.truth() == (function.name == "or") {
                return Ok(Some(value));
            }
        }
        Ok(last.unwrap_or(Some(value)))
    }

    /// Returns an argument as its parameter wants it.
    fn argument(
        &mut self,
        dot: &Given,
        function: &'static Function,
        param: Param,
        operand: &'r Operand,
    ) -> Result<Value> {
        let at = operand.at;
        let given = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Nil => None,
            Term::Field(fields) => self.fields(dot, dot.clone(), at, fields, &[], None)?,
            Term::Variable(name, fields) => {
                let value = self.variable(at, name)?;
                self.fields(dot, value, at, fields, &[], None)?
            }
            Term::Chain(chain) => {
                let inner = self.inner(dot, &chain.inner)?;
                self.fields(dot, inner, at, &chain.fields, &[], None)?
            }
            Term::Pipe(pipe) => self.nested(dot, at, pipe)?,
            Term::Function(inner) => self.function(dot, at, inner, None, &[], None)?,
            Term::Number(number) => {
                return literal(at, number, param)?.ok_or_else(|| mismatch(at, function, param));
            }
            Term::Bool(value) => Some(Value::Bool(*value)),
            Term::String(text) => Some(Value::String(text.clone())),
        };
        assignable(given, param).ok_or_else(|| mismatch(at, function, param))
    }
}

/// Returns the steps of reading each text once, which most functions do: `add` reads numbers in all of them.
fn reading(values: &[Value]) -> u64 {
    values.iter().fold(0, |steps: u64, value| match value {
        Value::String(text) => steps.saturating_add(text.len() as u64 / 1024),
        _ => steps,
    })
}

fn param(function: &Function, index: usize) -> Param {
    function
        .params
        .get(index)
        .copied()
        .or(function.variadic)
        .unwrap_or(Param::Any)
}

fn mismatch(at: usize, function: &Function, param: Param) -> Stop {
    Stop::new(at, Kind::Argument(function.name, param.name()))
}

/// Returns a number as the type of the parameter; none when it can't be one.
fn literal(at: usize, number: &Number, param: Param) -> Result<Option<Value>> {
    Ok(match param {
        Param::Any => Some(constant(at, number)?),
        Param::Int => number.int.map(Value::Int),
        Param::Uint64 => number.uint.map(Value::Uint64),
        Param::Float64 => number.float.map(Value::Float),
        Param::Object {
            literal: Some(make), ..
        } => number.int.map(make),
        _ => None,
    })
}

/// Returns a value as the parameter wants it; none when Go could not assign it.
fn assignable(given: Given, param: Param) -> Option<Value> {
    let Some(value) = given else {
        return match param {
            Param::Any => Some(Value::Nil),
            Param::Dict => Some(Value::Dict(Dict::nil(Elem::Any))),
            Param::List => Some(Value::List(List::nil(Elem::Any))),
            Param::Object { name, .. } if name.starts_with('*') => Some(Value::Nil),
            _ => None,
        };
    };
    let fits = match (param, &value) {
        (Param::Any, _)
        | (Param::String, Value::String(_))
        | (Param::Bool, Value::Bool(_))
        | (Param::Int, Value::Int(_))
        | (Param::Uint64, Value::Uint64(_))
        | (Param::Float64, Value::Float(_)) => true,
        (Param::Dict, Value::Dict(dict)) => dict.elem() == Elem::Any,
        (Param::List, Value::List(list)) => list.elem() == Elem::Any,
        (Param::Object { name, .. }, Value::Object(object)) => object.type_name() == name,
        _ => false,
    };
    fits.then_some(value)
}
