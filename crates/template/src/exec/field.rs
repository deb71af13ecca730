//! Fields and methods.

use super::{Given, Result, Run};
use crate::error::{Kind, Stop};
use crate::parse::Operand;
use crate::value::Value;

impl<'r> Run<'r> {
    /// Returns what a chain of fields gives; the arguments are the last one's, if that is a method.
    pub(super) fn fields(
        &mut self,
        dot: &Given,
        mut receiver: Given,
        at: usize,
        fields: &[Box<str>],
        arguments: &'r [Operand],
        last: Option<Given>,
    ) -> Result<Given> {
        let Some((end, before)) = fields.split_last() else {
            return Ok(receiver);
        };
        for field in before {
            receiver = self.field(dot, receiver, at, field, &[], None)?;
        }
        self.field(dot, receiver, at, end, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Given,
        receiver: Given,
        at: usize,
        name: &str,
        arguments: &'r [Operand],
        last: Option<Given>,
    ) -> Result<Given> {
        // Go asks nothing of what is missing, not even the arguments.
        let Some(receiver) = receiver else { return Ok(None) };
        let missing = || Stop::new(at, Kind::field(name));
        let has_arguments = !arguments.is_empty() || last.is_some();
        match &receiver {
            Value::Object(object) => {
                if let Some(method) = object.method(name) {
                    return self.function(dot, at, method, Some(&receiver), arguments, last);
                }
                let field = object.fields().into_iter().find(|(field, _)| *field == name);
                let (_, value) = field.ok_or_else(missing)?;
                if has_arguments {
                    return Err(Stop::new(at, Kind::Action("gives arguments to a field")));
                }
                Ok(Some(value))
            }
            Value::Dict(_) if has_arguments => Err(Stop::new(at, Kind::Action("gives arguments to a field"))),
            Value::Dict(dict) => Ok(dict.get(name.as_bytes())),
            _ => Err(missing()),
        }
    }
}
