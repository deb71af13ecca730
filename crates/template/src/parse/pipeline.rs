//! From tokens to trees: what stands inside an action.

use super::literal::unquote;
use super::node::{Chain, Command, Operand, Pipe, Term};
use super::number::Number;
use super::parser::{Parser, Result, stop, unexpected};
use super::token::{Kind, Token};
use crate::error::{Kind as Problem, Stop};
use crate::registry;
use crate::value::Text;

impl Parser<'_> {
    /// A pipeline up to `end`; that of a `range` can have two variables.
    pub(super) fn pipe(&mut self, end: Kind, range: bool) -> Result<Pipe> {
        self.skip_spaces();
        let at = self.peek().start;
        let mut pipe = Pipe {
            at,
            variables: Vec::new(),
            assigns: false,
            commands: Vec::new(),
        };
        self.variables(&mut pipe, range)?;
        loop {
            self.skip_spaces();
            let token = self.peek();
            if token.kind == end {
                self.token();
                break;
            }
            match token.kind {
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParenthesis => pipe.commands.push(self.command()?),
                _ => {
                    return Err(unexpected(
                        token,
                        "has something in a pipeline that does not belong there",
                    ));
                }
            }
        }
        if pipe.commands.is_empty() {
            return Err(stop(at, "misses a value"));
        }
        for command in pipe.commands.get(1..).unwrap_or_default() {
            if let Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::String(_) =
                command.first.term
            {
                return Err(stop(command.first.at, "passes a value to what is no function"));
            }
        }
        Ok(pipe)
    }

    /// The variables that a pipeline declares or assigns, if any.
    fn variables(&mut self, pipe: &mut Pipe, range: bool) -> Result<()> {
        loop {
            self.skip_spaces();
            let place = self.place();
            let variable = self.peek();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            self.token();
            self.skip_spaces();
            let next = self.peek();
            let comma = next.kind == Kind::Char && self.slice(next) == ",";
            if !(comma || matches!(next.kind, Kind::Assign | Kind::Declare)) {
                self.back_to(place);
                return Ok(());
            }
            self.token();
            let name = self.slice(variable);
            pipe.variables.push(name.into());
            self.scope.declare(name);
            if !comma {
                pipe.assigns = next.kind == Kind::Assign;
                return Ok(());
            }
            if !range || pipe.variables.len() >= 2 {
                return Err(stop(next.start, "declares too many variables"));
            }
            self.skip_spaces();
            if !matches!(
                self.peek().kind,
                Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis
            ) {
                return Err(unexpected(
                    self.peek(),
                    "has a `range` that initializes something else than variables",
                ));
            }
        }
    }

    /// Operands up to a pipe symbol, which is passed over, or to the end of the pipeline, which is not.
    fn command(&mut self) -> Result<Command> {
        let mut operands = Vec::new();
        loop {
            self.skip_spaces();
            operands.extend(self.operand()?);
            let place = self.place();
            let token = self.token();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParenthesis => {
                    self.back_to(place);
                    break;
                }
                Kind::Pipe => break,
                _ => {
                    return Err(unexpected(
                        token,
                        "has something after an operand that does not belong there",
                    ));
                }
            }
        }
        let mut operands = operands.into_iter();
        let first = operands
            .next()
            .ok_or_else(|| stop(self.peek().start, "has an empty command"))?;
        Ok(Command {
            first,
            arguments: operands.collect(),
        })
    }

    /// A term with the fields that follow it at once; none when the next token is no term.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let Some(mut operand) = self.term()? else {
            return Ok(None);
        };
        if self.peek().kind != Kind::Field {
            return Ok(Some(operand));
        }
        let at = self.peek().start;
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.token();
            fields.push(self.field(token));
        }
        match &mut operand.term {
            Term::Field(more) | Term::Variable(_, more) => more.append(&mut fields),
            Term::Bool(_) | Term::String(_) | Term::Number(_) | Term::Nil | Term::Dot => {
                return Err(stop(at, "has a field of something that has none"));
            }
            _ => {
                operand = Operand {
                    at,
                    term: Term::Chain(Box::new(Chain {
                        inner: operand,
                        fields,
                    })),
                }
            }
        }
        Ok(Some(operand))
    }

    fn field(&self, token: Token) -> Box<str> {
        self.slice(token).get(1..).unwrap_or_default().into()
    }

    fn term(&mut self) -> Result<Option<Operand>> {
        self.skip_spaces();
        let place = self.place();
        let token = self.token();
        let at = token.start;
        let term = match token.kind {
            Kind::Identifier => {
                let name = self.slice(token);
                let function = registry::find(name);
                Term::Function(function.ok_or_else(|| Stop::new(at, Problem::unknown_function(name)))?)
            }
            Kind::Dot => Term::Dot,
            Kind::Nil => Term::Nil,
            Kind::Variable => {
                let name = self.slice(token);
                if !self.scope.has(name) {
                    return Err(Stop::new(at, Problem::unknown_variable(name)));
                }
                Term::Variable(name.into(), Vec::new())
            }
            Kind::Field => Term::Field(vec![self.field(token)]),
            Kind::Bool => Term::Bool(self.slice(token) == "true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                let number =
                    Number::parse(self.slice(token), token.kind).map_err(|reason| stop(at, reason))?;
                Term::Number(Box::new(number))
            }
            Kind::LeftParenthesis => {
                let pipe = self.deeper(at, |parser| parser.pipe(Kind::RightParenthesis, false))?;
                Term::Pipe(Box::new(pipe))
            }
            Kind::String | Kind::RawString => {
                let bytes = unquote(self.slice(token)).ok_or_else(|| stop(at, "has a bad string"))?;
                Term::String(Text::uncharged(bytes))
            }
            _ => {
                self.back_to(place);
                return Ok(None);
            }
        };
        Ok(Some(Operand { at, term }))
    }
}
