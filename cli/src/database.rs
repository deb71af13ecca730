//! Which database to connect to: a URL of the caller, or what the Database says.

mod connection;
mod secrets;

use std::path::PathBuf;

use migrate::DatabaseUrl;
use zeroize::Zeroizing;

use crate::error::CommandError;
use crate::input;
use crate::printer::Printer;
use crate::tables::DatabaseTables;
use secrets::Secrets;

/// Where the connection comes from. With none of the URLs, from the Database's manifest.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Connection")]
pub(crate) struct DatabaseArgs {
    /// The database, in the place of the one that the Database names: `postgres://USER@HOST/NAME`
    /// or `sqlite:FILE`. A password in it can be seen by others on this machine: rather use
    /// --database-url-file or `CHANCERY_DATABASE_URL`
    #[arg(long, value_name = "URL", conflicts_with = "database_url_file")]
    database_url: Option<String>,
    /// The same, read from a file
    #[arg(long, value_name = "FILE")]
    database_url_file: Option<PathBuf>,
    // An argument of its own, so that a flag wins over the environment instead of contradicting it.
    #[arg(long, hide = true, env = "CHANCERY_DATABASE_URL", hide_env_values = true)]
    database_url_from_environment: Option<String>,
    /// A folder that stands in for a cluster: Secrets that a Database refers to are read there, by
    /// default from the cluster
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
    /// The kubeconfig file; by default KUBECONFIG, then `~/.kube/config`, then the Pod's own account
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The context in the kubeconfig; by default its current one
    #[arg(long, value_name = "CONTEXT")]
    context: Option<String>,
}

/// Leaves the URLs out: they may hold passwords.
impl std::fmt::Debug for DatabaseArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseArgs")
            .field("local", &self.local)
            .finish_non_exhaustive()
    }
}

/// Returns the address of each database, in their order.
///
/// # Errors
/// When a URL was given for several databases or cannot be read; else when a Database is missing, names an engine
/// that is not served, or refers to a Secret that cannot be had. The message names the file, the document and the
/// field.
pub(crate) fn urls(
    args: &DatabaseArgs,
    databases: &[DatabaseTables],
    printer: &Printer,
) -> Result<Vec<DatabaseUrl>, CommandError> {
    if let Some(url) = given(args, printer)? {
        if databases.len() > 1 {
            let names: Vec<String> = databases.iter().map(DatabaseTables::label).collect();
            return Err(CommandError::usage(format!(
                "one database URL was given, and the Tables belong to {} databases: {}",
                names.len(),
                names.join(", ")
            ))
            .hint("choose one with --database NAME"));
        }
        return Ok(vec![url]);
    }
    let mut secrets = Secrets::new(args);
    databases
        .iter()
        .map(|database| declared(database, &mut secrets, printer))
        .collect()
}

fn given(args: &DatabaseArgs, printer: &Printer) -> Result<Option<DatabaseUrl>, CommandError> {
    let (text, source) = if let Some(url) = &args.database_url {
        (Zeroizing::new(url.clone()), "--database-url".to_owned())
    } else if let Some(path) = &args.database_url_file {
        let source = format!("`{}`", path.display());
        let bytes = input::read_file(path)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| CommandError::message(format!("the database URL in {source} is not UTF-8")))?;
        (Zeroizing::new(text.to_owned()), source)
    } else if let Some(url) = args
        .database_url_from_environment
        .as_ref()
        .filter(|url| !url.is_empty())
    {
        (Zeroizing::new(url.clone()), "CHANCERY_DATABASE_URL".to_owned())
    } else {
        return Ok(None);
    };
    let url = DatabaseUrl::parse(&text).map_err(|error| {
        CommandError::failed(error).context(format!("cannot read the database URL of {source}"))
    })?;
    if args.database_url.is_some() && url.has_password() {
        printer.warning(
            "a password on the command line can be seen by others on this machine, and stays in the shell's history: \
             rather use --database-url-file or CHANCERY_DATABASE_URL",
        );
    }
    Ok(Some(url))
}

fn declared(
    database: &DatabaseTables,
    secrets: &mut Secrets<'_>,
    printer: &Printer,
) -> Result<DatabaseUrl, CommandError> {
    let Some(manifest) = &database.database else {
        let table = &database.tables[0];
        let document = &table.document;
        let mut place = document.place();
        place.line = document.line_of("spec.database").unwrap_or(place.line);
        return Err(CommandError::message(format!(
            "{place}: spec.database: there is no Database `{}` in what was read",
            database.label()
        ))
        .hint("add the file that declares the Database (in the same namespace), or give the connection with --database-url-file or CHANCERY_DATABASE_URL"));
    };
    connection::url(manifest, &database.namespace, secrets, printer)
}
