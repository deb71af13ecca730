//! Runs trees, by Go's rules.

mod arguments;
mod evaluate;
mod field;
mod walk;

use zeroize::Zeroizing;

use crate::budget::Budget;
use crate::buffer::Buffer;
use crate::call::Call;
use crate::error::{Kind, Stop};
use crate::failure::Failure;
use crate::parse::Trees;
use crate::value::Value;
use crate::world::World;

/// What an expression has given: none is Go's invalid value, such as a missing entry of a map. A nil that is there, in
/// an `interface{}`, is `Value::Nil`; Go lets one ask for the field of the former and not of the latter.
type Given = Option<Value>;

type Result<T> = std::result::Result<T, Stop>;

/// One run of a template.
struct Run<'r> {
    trees: &'r Trees,
    call: Call<'r>,
    out: Buffer,
    /// The variables that are in scope; the last of a name is the one that is meant.
    variables: Vec<(&'r str, Given)>,
}

/// Runs the template of that name.
///
/// # Errors
///
/// Where the run stopped, and why; nothing of what was rendered is in it.
pub(crate) fn run(
    trees: &Trees,
    name: &str,
    data: impl FnOnce(&mut Call<'_>) -> std::result::Result<Value, Failure>,
    world: &World<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>> {
    let mut run = Run {
        trees,
        call: Call::new(world, budget),
        out: Buffer::default(),
        variables: Vec::new(),
    };
    let failed = |failure| Stop::new(0, Kind::Failure(failure));
    let dot = Some(data(&mut run.call).map_err(failed)?);
    crate::budget::look(world).map_err(failed)?;
    run.variables.push(("$", dot.clone()));
    if let Some(tree) = trees.get(name.as_bytes()) {
        run.walk(&dot, tree)?;
    }
    Ok(run.out.take())
}

/// Says where a limit was reached or an action failed.
trait At<T> {
    fn at(self, at: usize) -> Result<T>;
}

impl<T> At<T> for std::result::Result<T, Failure> {
    fn at(self, at: usize) -> Result<T> {
        self.map_err(|failure| Stop::new(at, Kind::Failure(failure)))
    }
}
