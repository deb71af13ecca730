//! `chancery grants`: the least rights of the role that plans and applies.

use std::fmt::Write as _;

use clap::ValueEnum;
use migrate::report::harmless;
use schema::engine::{Engine, GrantRequest};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};

const EXAMPLES: &str = "\
Examples:
  chancery grants --engine postgres --role migrator --database app
  chancery grants --engine postgres --role migrator --database app --schema shop | psql app
  chancery grants --engine mysql --role migrator --host '10.0.0.%' --database app

Run them as an administrator of the database, connected to it. The role is the one that the
connection of the Database names; the application should have another one.";

/// Print the SQL that gives a role what Chancery needs
///
/// Nothing is connected to. The names are quoted; the role itself, and its password, are yours to make.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GrantsArgs {
    /// The engine: postgres, mysql (for MariaDB too) or sqlite
    #[arg(long, value_name = "ENGINE", value_parser = migrate::engine_named)]
    engine: &'static dyn Engine,
    /// The role or user that plans and applies
    #[arg(long, value_name = "NAME", value_parser = name)]
    role: String,
    /// The database
    #[arg(long, value_name = "NAME", value_parser = name)]
    database: String,
    /// The schema whose tables are managed, on engines with schemas; by default `public`
    #[arg(long, value_name = "NAME", value_parser = name)]
    schema: Option<String>,
    /// From where the user connects, on engines whose users have a host; by default from anywhere
    #[arg(long, value_name = "HOST", value_parser = name)]
    host: Option<String>,
    /// The format
    #[arg(short = 'o', long = "output", value_enum, ignore_case = true, default_value_t)]
    output: GrantsFormat,
}

/// How the rights are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum GrantsFormat {
    /// A script for the database's own shell.
    #[default]
    Sql,
}

/// Takes any name that a server could: quoting is the engine's. A control character is a mistake of whoever pasted it.
fn name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("the name is empty".to_owned())
    } else if text.chars().any(char::is_control) {
        Err("the name has a control character, such as a line break".to_owned())
    } else if text.len() > 255 {
        Err("no server has names of more than 255 bytes".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Prints the statements.
///
/// # Errors
/// When the engine has no roles, or needs to know more; when it has nothing such as was named.
pub(crate) fn run(args: &GrantsArgs, context: &Context) -> CommandResult {
    let request = GrantRequest {
        role: &args.role,
        host: args.host.as_deref(),
        database: &args.database,
        schema: args.schema.as_deref(),
    };
    let engine = args.engine.kind();
    let statements = args.engine.grants(&request).map_err(|reason| {
        let (reason, hint) = reason.split_once("; ").unwrap_or((reason.as_str(), ""));
        let error =
            CommandError::message(reason.to_owned()).context(format!("cannot say what to grant on {engine}"));
        if hint.is_empty() { error } else { error.hint(hint) }
    })?;
    match args.output {
        GrantsFormat::Sql => context.printer.data(sql(args, &statements).as_bytes())?,
    }
    Ok(Status::Done)
}

fn sql(args: &GrantsArgs, statements: &[String]) -> String {
    let mut text = format!(
        "-- What the role `{}` needs to plan and apply migrations with Chancery in the database `{}` ({}).\n\
         -- Make the role first, with a password of its own; run this as an administrator, connected to the database.\n",
        harmless(&args.role),
        harmless(&args.database),
        args.engine.kind()
    );
    for statement in statements {
        let end = if statement.starts_with("--") { "" } else { ";" };
        let _ = writeln!(text, "{statement}{end}");
    }
    text
}
