//! Go's `text/template` with the functions of sprig v3.3.0, over byte strings, bounded in steps, memory and time.
//!
//! A SealedSecret can have templates that are rendered with the values that were unsealed. They are programs that
//! someone else wrote and that see secrets, so this crate does what Go 1.26 does with them, byte for byte, and beyond
//! that:
//!
//! - **Nothing is unbounded.** [`Limits`] bound the text, the nesting, the steps, the output and the memory, the latter
//!   before it is allocated; `{{ repeat 1000000000 "x" }}` is an error at once. [`World::expired`] ends what takes too
//!   long. A [`Budget`] is what is left of the limits, shared by all templates of one object.
//! - **Errors have no values.** An [`Error`] names the template, the line, and a function or field of the text;
//!   `{{ fail .password }}` says that `fail` was called. Whoever may read an error need not be allowed to read a Secret.
//! - **No ambient state.** Time and randomness are arguments ([`World`]); there is no access to files, the environment
//!   or the network. sprig's `env`, `expandenv` and `getHostByName` are left out, as Sealed Secrets leaves them out.
//! - **It says what it will do.** [`Template::inputs`] are the entries of the data that a result can depend on, and
//!   [`Template::volatile`] the functions used that give another result at each run.
//! - **Values are wiped** when the run ends, the result when it is dropped.
//!
//! Data are a map of strings to strings, which is what Sealed Secrets passes: `{{ .absent }}` renders `<no value>`,
//! `{{ index . "absent" }}` nothing, and functions on other maps refuse them (`{{ hasKey . "a" }}` is an error in Go
//! too). Go's types are kept where a template can tell: `eq 1 1.0` is an error, `printf "%d"` of a string renders
//! `%!d(string=…)`.
//!
//! What differs from Go: addresses are not printed (`%p` of a list, which would differ at each run, is an error), keys
//! and values come in the order of the keys where Go's order is random, and what would end Go's process (a map that
//! contains itself) is an error.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use template::{Budget, Inputs, Limits, Template, World};
//!
//! let limits = Limits::default();
//! let text = "user={{ .user | quote }}{{ if eq .tier \"gold\" }} priority=1{{ end }}\n";
//! let template = Template::parse("config", text, &limits)?;
//! assert_eq!(template.inputs(), Inputs::Named(["tier".to_owned(), "user".to_owned()].into()));
//! assert!(template.volatile().is_empty());
//!
//! let data = BTreeMap::from([
//!     ("user".to_owned(), b"ada".to_vec()),
//!     ("tier".to_owned(), b"gold".to_vec()),
//! ]);
//! let world = World {
//!     now: jiff::Timestamp::UNIX_EPOCH,
//!     random: &aws_lc_rs::rand::SystemRandom::new(),
//!     expired: &|| false,
//! };
//! let rendered = template.render(&data, &world, &mut Budget::new(&limits))?;
//! assert_eq!(*rendered, b"user=\"ada\" priority=1\n");
//!
//! let error = Template::parse("config", "{{ .user | shout }}", &limits).unwrap_err();
//! assert_eq!(error.to_string(), "template \"config\", line 1, column 12: calls `shout`, which is no function");
//! # Ok::<(), template::Error>(())
//! ```

mod analysis;
mod budget;
mod buffer;
mod builtin;
mod call;
mod compare;
mod error;
mod exec;
mod failure;
mod format;
mod function;
mod heap;
mod inputs;
mod limits;
mod parse;
mod registry;
mod sprig;
mod template;
mod unicode;
mod usage;
mod value;
mod world;

pub use budget::Budget;
pub use error::Error;
pub use inputs::Inputs;
pub use limits::Limits;
pub use template::Template;
pub use usage::Use;
pub use world::World;
