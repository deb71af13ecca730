//! The public entry points.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::analysis::{self, Analysis};
use crate::budget::Budget;
use crate::call::Call;
use crate::error::{Error, Kind, Stop};
use crate::exec;
use crate::inputs::Inputs;
use crate::limits::Limits;
use crate::parse::{self, Trees};
use crate::usage::Use;
use crate::value::{Elem, Text, Value};
use crate::world::World;

/// A parsed template. It can be shared between threads.
pub struct Template {
    name: Box<str>,
    text: Box<str>,
    trees: Trees,
    inputs: Inputs,
    volatile: Vec<(usize, &'static str)>,
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Template {
    /// Returns the template of a text; `name` is how errors call it, and what `{{ template }}` can call it by.
    ///
    /// # Errors
    ///
    /// If the text is longer or nested deeper than the limits, if it is not a template by the rules of Go 1.26, or if
    /// it calls a function that neither Go nor sprig has, or one that reads the environment or asks the network, which
    /// are left out as upstream leaves them out (`env`, `expandenv`, `getHostByName`).
    pub fn parse(name: &str, text: &str, limits: &Limits) -> Result<Self, Error> {
        let error = |stop| Error::new(name, text, stop);
        if text.len() > limits.text {
            return Err(error(Stop::new(0, Kind::TextTooLong)));
        }
        let trees = parse::parse(name, text, limits).map_err(error)?;
        let Analysis { inputs, mut volatile } = analysis::analyse(&trees, name);
        volatile.sort_unstable();
        volatile.dedup();
        Ok(Self {
            name: name.into(),
            text: text.into(),
            trees,
            inputs,
            volatile,
        })
    }

    /// Returns which entries of the data the result can depend on, whatever the data are.
    pub fn inputs(&self) -> Inputs {
        self.inputs.clone()
    }

    /// Returns the functions used whose result is another one at each run, in the order of the text.
    pub fn volatile(&self) -> Vec<Use> {
        self.volatile
            .iter()
            .map(|&(at, function)| Use::new(function, &self.text, at))
            .collect()
    }

    /// Returns what the template renders of `data`, as bytes that need not be UTF-8.
    ///
    /// # Errors
    ///
    /// If a function or an action fails, or if the budget is used up or `world` says that the time is up. The error has
    /// nothing of the data or of what was rendered.
    pub fn render(
        &self,
        data: &BTreeMap<String, Vec<u8>>,
        world: &World<'_>,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let seen = |key: &String| match &self.inputs {
            Inputs::All => true,
            Inputs::Named(names) => names.contains(key),
        };
        let text = |bytes: &[u8]| Text::uncharged(bytes.to_vec());
        // What the caller has is not charged, or an object with many templates could use up its memory with copies.
        let entries = data.iter().filter(|(key, _)| seen(key));
        let entries = entries
            .map(|(key, value)| (text(key.as_bytes()), Value::String(text(value))))
            .collect();
        // The type matters: upstream's data are a map of strings, and functions on other maps refuse it.
        let data = |call: &mut Call<'_>| call.dict(Elem::String, entries);
        exec::run(&self.trees, &self.name, data, world, budget)
            .map_err(|stop| Error::new(&self.name, &self.text, stop))
    }
}
