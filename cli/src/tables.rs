//! Tables and Databases as manifests declare them, grouped by database.

use std::collections::BTreeMap;

use api::database::Database;
use api::table::Table;
use manifests::documents::{self, Document};
use migrate::PlanFailure;
use schema::declared::TableSpec;
use schema::engine::{DeclaredTable, LowerError};

use crate::cluster::object_name;
use crate::error::CommandError;
use crate::input::{self, InputArgs};
use crate::printer::Printer;

/// The groups of SchemaHero's kinds.
const GROUPS: [&str; 2] = ["databases.schemahero.io", "schemas.schemahero.io"];

/// The version of them that is read.
const VERSION: &str = "v1alpha4";

/// The namespace of what names none, as kubectl has it.
const DEFAULT_NAMESPACE: &str = "default";

/// Which Tables to read.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TablesArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The namespace of manifests that name none; those that name another one are refused
    #[arg(short, long, value_name = "NAMESPACE", value_parser = object_name)]
    pub(crate) namespace: Option<String>,
    /// Only the Tables of this Database: its name, or NAMESPACE/NAME
    #[arg(long, value_name = "NAME")]
    database: Option<String>,
}

/// The Tables of one database, and the Database if a manifest declares it.
#[derive(Debug)]
pub(crate) struct DatabaseTables {
    /// The namespace of all of them.
    pub(crate) namespace: String,
    /// The name of the Database.
    pub(crate) name: String,
    /// The Database.
    pub(crate) database: Option<DatabaseManifest>,
    /// The Tables; never empty.
    pub(crate) tables: Vec<TableManifest>,
}

/// A Database and where it is declared.
#[derive(Debug)]
pub(crate) struct DatabaseManifest {
    /// The document.
    pub(crate) document: Document,
    /// The object.
    pub(crate) object: Database,
}

/// A Table and where it is declared.
#[derive(Debug)]
pub(crate) struct TableManifest {
    /// The document.
    pub(crate) document: Document,
    /// The place of the document, in words.
    pub(crate) place: String,
    /// What is declared.
    pub(crate) spec: TableSpec,
}

impl DatabaseTables {
    /// What people call the database: its name, with the namespace unless that is `default`.
    pub(crate) fn label(&self) -> String {
        label(&self.namespace, &self.name)
    }

    /// The tables as engines take them.
    pub(crate) fn declared(&self) -> Vec<DeclaredTable<'_>> {
        self.tables
            .iter()
            .map(|table| DeclaredTable {
                place: &table.place,
                spec: &table.spec,
            })
            .collect()
    }

    /// The same failure with the line of each field in the place of the line of its document.
    pub(crate) fn locate(&self, failure: PlanFailure) -> PlanFailure {
        let PlanFailure::Declarations(errors) = failure else {
            return failure;
        };
        PlanFailure::Declarations(errors.into_iter().map(|error| self.located(error)).collect())
    }

    fn located(&self, error: LowerError) -> LowerError {
        let document = self
            .tables
            .iter()
            .find(|table| table.place == error.place)
            .map(|table| &table.document);
        match document.and_then(|document| document.line_of(&error.field).map(|line| (document, line))) {
            Some((document, line)) => {
                let mut place = document.place();
                place.line = line;
                LowerError {
                    place: place.to_string(),
                    ..error
                }
            }
            None => error,
        }
    }
}

fn label(namespace: &str, name: &str) -> String {
    if namespace == DEFAULT_NAMESPACE {
        name.to_owned()
    } else {
        format!("{namespace}/{name}")
    }
}

/// Reads all Tables and Databases that were named, and returns those of each database, sorted by namespace and name.
///
/// Documents of other kinds are passed over; SchemaHero's other kinds with a warning.
///
/// # Errors
/// When nothing was named, something cannot be read, a Table or Database is malformed or declared twice, or there is
/// no Table at all.
pub(crate) fn load(args: &TablesArgs, printer: &Printer) -> Result<Vec<DatabaseTables>, CommandError> {
    if args.input.names_nothing() {
        return Err(CommandError::usage("no file was named")
            .hint("name the files or folders that declare the tables: -f FOLDER; `-f -` is standard input"));
    }
    let inputs = input::load(&args.input, printer)?;
    let mut documents = Vec::new();
    for input in inputs {
        documents.extend(documents::expand_lists(input.documents)?);
    }
    let mut databases: BTreeMap<(String, String), DatabaseManifest> = BTreeMap::new();
    let mut tables: BTreeMap<(String, String), Vec<TableManifest>> = BTreeMap::new();
    let (mut others, mut seen) = (0_usize, BTreeMap::new());
    for document in documents {
        let Some(kind) = own_kind(&document, printer)? else {
            others += 1;
            continue;
        };
        let namespace = namespace(&document, args.namespace.as_deref())?;
        let name = object(&document)?;
        let place = document.place().to_string();
        if let Some(first) = seen.insert((kind, namespace.clone(), name.clone()), place.clone()) {
            return Err(CommandError::message(format!(
                "{kind:?} `{}` is declared twice: {first}, and {place}",
                label(&namespace, &name)
            ))
            .hint("remove one of them"));
        }
        match kind {
            Kind::Database => {
                let object = document.to()?;
                databases.insert((namespace, name), DatabaseManifest { document, object });
            }
            Kind::Table => {
                let spec = document.to::<Table>()?.spec.0;
                let key = (namespace, spec.database.clone());
                tables.entry(key).or_default().push(TableManifest {
                    document,
                    place,
                    spec,
                });
            }
        }
    }
    if others > 0 {
        let documents = if others == 1 {
            "1 document"
        } else {
            &format!("{others} documents")
        };
        printer.note(&format!("passed over {documents} of other kinds"));
    }
    if tables.is_empty() {
        return Err(CommandError::message("no Table in what was read").hint(format!(
            "a table is declared with `apiVersion: schemas.schemahero.io/{VERSION}` and `kind: Table`"
        )));
    }
    let groups = tables.into_iter().map(|((namespace, name), tables)| {
        let database = databases.remove(&(namespace.clone(), name.clone()));
        DatabaseTables {
            namespace,
            name,
            database,
            tables,
        }
    });
    chosen(groups.collect(), args.database.as_deref())
}

/// The kinds that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Database,
    Table,
}

/// Which of our kinds a document is; `None` for all that is not ours to read.
fn own_kind(document: &Document, printer: &Printer) -> Result<Option<Kind>, CommandError> {
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return Ok(None);
    };
    let Some((group, version)) = api_version.split_once('/') else {
        return Ok(None);
    };
    if !GROUPS.contains(&group) {
        return Ok(None);
    }
    if version != VERSION {
        return Err(CommandError::message(format!(
            "{}: `{group}/{version}` is not served",
            document.place()
        ))
        .hint(format!("write `apiVersion: {group}/{VERSION}`")));
    }
    match (group, kind) {
        ("databases.schemahero.io", "Database") => Ok(Some(Kind::Database)),
        ("schemas.schemahero.io", "Table") => Ok(Some(Kind::Table)),
        _ => {
            printer.warning(&format!(
                "{}: objects of the kind `{kind}` are not handled by this version; it is passed over",
                document.place()
            ));
            Ok(None)
        }
    }
}

fn namespace(document: &Document, asked: Option<&str>) -> Result<String, CommandError> {
    match (
        document.namespace().filter(|namespace| !namespace.is_empty()),
        asked,
    ) {
        (Some(named), Some(asked)) if named != asked => Err(CommandError::message(format!(
            "{}: the namespace `{named}` does not match the namespace `{asked}` of --namespace",
            document.place()
        ))),
        (Some(named), _) => Ok(named.to_owned()),
        (None, asked) => Ok(asked.unwrap_or(DEFAULT_NAMESPACE).to_owned()),
    }
}

fn object(document: &Document) -> Result<String, CommandError> {
    match document.name().filter(|name| !name.is_empty()) {
        Some(name) => Ok(name.to_owned()),
        None => Err(CommandError::message(format!(
            "{}: `metadata.name` is missing",
            document.place()
        ))),
    }
}

fn chosen(groups: Vec<DatabaseTables>, wanted: Option<&str>) -> Result<Vec<DatabaseTables>, CommandError> {
    let Some(wanted) = wanted else { return Ok(groups) };
    let names: Vec<String> = groups.iter().map(DatabaseTables::label).collect();
    let (kept, _): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|group| group.name == wanted || format!("{}/{}", group.namespace, group.name) == wanted);
    if kept.is_empty() {
        return Err(
            CommandError::message(format!("no Table belongs to the Database `{wanted}`")).hint(format!(
                "the Tables that were read belong to {}",
                names.join(", ")
            )),
        );
    }
    Ok(kept)
}
