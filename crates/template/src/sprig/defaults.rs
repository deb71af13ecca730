//! Functions of what is there and what is empty, and of types.

use crate::compare::deep_equal;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

const ANY: Param = Param::Any;
const STRING: Param = Param::String;

/// The functions of empty values and of types.
pub(crate) const TABLE: &[Function] = &[
    Function::new("default", &[ANY], |_, args| {
        Ok(args
            .rest(1)
            .first()
            .filter(|given| is_full(given))
            .unwrap_or_else(|| args.any(0))
            .clone())
    })
    .variadic(ANY),
    Function::new("empty", &[ANY], |_, args| Ok(Value::Bool(!is_full(args.any(0))))),
    Function::new("coalesce", &[], |_, args| {
        Ok(args
            .all()
            .iter()
            .find(|value| is_full(value))
            .cloned()
            .unwrap_or(Value::Nil))
    })
    .variadic(ANY),
    Function::new("all", &[], |_, args| {
        Ok(Value::Bool(args.all().iter().all(is_full)))
    })
    .variadic(ANY),
    Function::new("any", &[], |_, args| {
        Ok(Value::Bool(args.all().iter().any(is_full)))
    })
    .variadic(ANY),
    Function::new("ternary", &[ANY, ANY, Param::Bool], |_, args| {
        Ok(args.any(usize::from(!args.bool(2)?)).clone())
    }),
    Function::new("typeOf", &[ANY], |call, args| {
        call.string(args.any(0).type_name().as_bytes())
    }),
    Function::new("typeIs", &[STRING, ANY], |_, args| {
        Ok(Value::Bool(type_is(args)?))
    }),
    Function::new("typeIsLike", &[STRING, ANY], |_, args| {
        let target = args.text(0)?;
        let pointer = args.any(1).type_name();
        let like = pointer
            .strip_prefix('*')
            .is_some_and(|name| name.as_bytes() == &**target);
        Ok(Value::Bool(like || type_is(args)?))
    }),
    Function::new("kindOf", &[ANY], |call, args| {
        call.string(args.any(0).kind_name())
    }),
    Function::new("kindIs", &[STRING, ANY], |_, args| {
        Ok(Value::Bool(
            args.any(1).kind_name().as_bytes() == &**args.text(0)?,
        ))
    }),
    Function::new("deepEqual", &[ANY, ANY], |call, args| {
        deep_equal(call, args.any(0), args.any(1)).map(Value::Bool)
    }),
];

/// Returns whether a value is not its type's zero; text, lists and dicts are zero when they are empty.
pub(crate) fn is_full(value: &Value) -> bool {
    value.truth()
}

fn type_is(args: &Args<'_>) -> Result<bool, Failure> {
    Ok(args.any(1).type_name().as_bytes() == &**args.text(0)?)
}
