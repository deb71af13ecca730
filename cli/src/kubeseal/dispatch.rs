//! Which mode a call is, in kubeseal's order.

use super::args::KubesealArgs;
use super::input::Input;
use super::invocation::Invocation;
use super::{fetch_cert, merge_into, raw, re_encrypt, recovery_unseal, seal, validate};
use crate::context::Context;
use crate::error::CommandError;

/// Runs the mode that the flags ask for, and delivers what it gives back.
///
/// # Errors
/// Whatever the mode fails with. Nothing is written then.
pub(super) fn run(args: &KubesealArgs, context: &Context) -> Result<(), CommandError> {
    if !args.from_file.is_empty() && !args.raw {
        return Err(CommandError::message("--from-file requires --raw"));
    }
    let input = Input::open(args.secret_file.as_deref())?;
    if !args.raw && !args.fetch_cert && input.is_terminal() {
        context
            .printer
            .note("(tty detected: expecting json/yaml k8s resource in stdin)");
    }
    let invocation = Invocation::new(args, input, context);
    if !args.recovery_unseal && !args.recovery_private_key.is_empty() {
        context.printer.warning(
            "ignoring --recovery-private-key because unseal command not chosen with --recovery-unseal",
        );
    }
    let output = if args.recovery_unseal {
        recovery_unseal::run(&invocation)
    } else if args.validate {
        validate::run(&invocation)
    } else if args.re_encrypt {
        re_encrypt::run(&invocation)
    } else if args.fetch_cert {
        fetch_cert::run(&invocation)
    } else if let Some(file) = &args.merge_into {
        merge_into::run(&invocation, file)
    } else if args.raw {
        raw::run(&invocation)
    } else {
        seal::run(&invocation)
    }?;
    output.deliver(invocation.file(), context)
}
