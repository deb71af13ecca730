//! Where documents go: standard output, a file or a folder; and whether as YAML or JSON.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum;
use manifests::documents::Format;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::atomic_file::{Readers, Staged};
use crate::error::CommandError;
use crate::input::Origin;
use crate::printer::Printer;

/// How and where to write documents.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct OutputArgs {
    /// The format; by default that of the file written, else that of the input
    #[arg(
        short = 'o',
        long = "output",
        visible_alias = "format",
        value_name = "FORMAT",
        value_enum,
        ignore_case = true
    )]
    output: Option<DocumentFormat>,
    /// Write to this file, or into this folder (one that exists, or ends with `/`): a file of the same
    /// name for each input file, NAME.yaml for each document from standard input. What exists is
    /// replaced only when everything worked
    #[arg(short = 'w', long = "write", value_name = "PATH")]
    write: Option<PathBuf>,
}

impl OutputArgs {
    /// Whether no file was asked for.
    pub(crate) fn goes_to_stdout(&self) -> bool {
        self.file().is_none()
    }

    /// What -w says, if anything.
    pub(crate) fn target(&self) -> Option<&Path> {
        self.write.as_deref()
    }

    /// The format that -o asks for.
    pub(crate) fn format(&self) -> Option<DocumentFormat> {
        self.output
    }

    /// The file or folder that -w names.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.write.as_deref().filter(|target| target.as_os_str() != "-")
    }
}

/// A format that documents can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentFormat {
    /// Several documents are separated by `---`.
    #[value(alias = "yml")]
    Yaml,
    /// Several documents follow one another.
    Json,
}

impl From<Format> for DocumentFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Yaml => Self::Yaml,
            Format::Json => Self::Json,
        }
    }
}

/// One document to write.
pub(crate) struct Product {
    /// The file that it was made from.
    pub(crate) origin: Origin,
    /// The format it was read in.
    pub(crate) format: DocumentFormat,
    /// `metadata.name`.
    pub(crate) name: String,
    /// The document.
    pub(crate) value: Value,
}

/// Writes all documents, or, on an error, none.
///
/// # Errors
/// When two documents would go to the same file, when a name cannot be a file name, when `-o`
/// contradicts the ending of the file, and when something cannot be written.
pub(crate) fn deliver(
    args: &OutputArgs,
    products: &[Product],
    readers: Readers,
    printer: &Printer,
) -> Result<(), CommandError> {
    let Some(target) = args.file() else {
        return printer.data(&render(products, args.output)?);
    };
    let files = if is_folder(target) {
        let all: Vec<&Product> = products.iter().collect();
        by_file(target, &all, args.output)?
    } else {
        BTreeMap::from([(target.to_owned(), products.iter().collect())])
    };
    write_files(args, &files, is_folder(target), readers, printer)
}

/// Whether a target is a folder: one that exists, or is written as one.
pub(crate) fn is_folder(target: &Path) -> bool {
    target.is_dir() || target.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Writes these documents to these files, or, on an error, none; folders that are missing are made if so asked.
///
/// # Errors
/// As [`deliver`].
pub(crate) fn write_files(
    args: &OutputArgs,
    files: &BTreeMap<PathBuf, Vec<&Product>>,
    make_folders: bool,
    readers: Readers,
    printer: &Printer,
) -> Result<(), CommandError> {
    let mut staged = Staged::default();
    for (path, products) in files {
        let bytes = render(
            products.iter().copied(),
            Some(format_of(path, products, args.output)?),
        )?;
        if make_folders && let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        }
        staged.add(path, &bytes, readers)?;
    }
    staged.commit()?;
    for path in files.keys() {
        printer.note(&format!("wrote `{}`", path.display()));
    }
    Ok(())
}

/// Which file of the folder each document goes to.
///
/// # Errors
/// When two would go to the same file, and when a name cannot be a file name.
pub(crate) fn by_file<'a>(
    folder: &Path,
    products: &[&'a Product],
    format: Option<DocumentFormat>,
) -> Result<BTreeMap<PathBuf, Vec<&'a Product>>, CommandError> {
    let mut files: BTreeMap<PathBuf, Vec<&Product>> = BTreeMap::new();
    for &product in products {
        let path = folder.join(match &product.origin {
            Origin::File { relative, .. } => in_format(relative, format),
            Origin::Stdin => {
                let extension = extension(format.unwrap_or(product.format));
                PathBuf::from(format!("{}.{extension}", file_stem(&product.name)?))
            }
        });
        let together = files.entry(path).or_default();
        if let Some(first) = together.first()
            && (first.origin != product.origin || product.origin == Origin::Stdin)
        {
            return Err(CommandError::message(format!(
                "two documents (`{}` of {} and `{}` of {}) would both be written to the same file in `{}`",
                first.name,
                first.origin.name(),
                product.name,
                product.origin.name(),
                folder.display()
            ))
            .hint("run the command once for each, with a folder of its own"));
        }
        together.push(product);
    }
    Ok(files)
}

/// A name that comes from a document is not to be trusted as a path: `../../x` must stay out.
fn file_stem(name: &str) -> Result<&str, CommandError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.starts_with('.') || name.len() > 253 || !name.bytes().all(plain) {
        return Err(
            CommandError::message(format!("the name {name:?} cannot be used as a file name"))
                .hint("write to a file: -w FILE"),
        );
    }
    Ok(name)
}

/// The path with the ending of the format that was asked for, if it has another one.
pub(crate) fn in_format(path: &Path, asked: Option<DocumentFormat>) -> PathBuf {
    match (by_ending(path), asked) {
        (Some(format), Some(asked)) if format != asked => path.with_extension(extension(asked)),
        _ => path.to_owned(),
    }
}

fn by_ending(path: &Path) -> Option<DocumentFormat> {
    let ending = path.extension().and_then(OsStr::to_str)?;
    match ending.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => Some(DocumentFormat::Yaml),
        "json" => Some(DocumentFormat::Json),
        _ => None,
    }
}

fn extension(format: DocumentFormat) -> &'static str {
    match format {
        DocumentFormat::Yaml => "yaml",
        DocumentFormat::Json => "json",
    }
}

/// The format of a file: as its ending says, else as asked, else as the input was.
fn format_of(
    path: &Path,
    products: &[&Product],
    asked: Option<DocumentFormat>,
) -> Result<DocumentFormat, CommandError> {
    match (by_ending(path), asked) {
        (Some(ending), Some(asked)) if ending != asked => Err(CommandError::usage(format!(
            "`-o {}` contradicts the ending of `{}`",
            extension(asked),
            path.display()
        ))
        .hint("leave out -o, or write to a file with another ending")),
        (Some(format), _) | (None, Some(format)) => Ok(format),
        (None, None) => Ok(products
            .first()
            .map_or(DocumentFormat::Yaml, |product| product.format)),
    }
}

/// One text has one format: without a wish that of its first document.
fn render<'a>(
    products: impl IntoIterator<Item = &'a Product>,
    asked: Option<DocumentFormat>,
) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut format = asked;
    for product in products {
        match *format.get_or_insert(product.format) {
            DocumentFormat::Yaml => {
                let text =
                    Zeroizing::new(manifests::yaml::to_string(&product.value).map_err(anyhow::Error::new)?);
                bytes.extend_from_slice(b"---\n");
                bytes.extend_from_slice(text.as_bytes());
            }
            DocumentFormat::Json => {
                let text = Zeroizing::new(
                    manifests::json::to_string_pretty(&product.value).map_err(anyhow::Error::new)?,
                );
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(origin: Origin, name: &str) -> Product {
        let value = serde_json::json!({"metadata": {"name": name}});
        Product {
            origin,
            format: DocumentFormat::Yaml,
            name: name.to_owned(),
            value,
        }
    }

    fn file(relative: &str) -> Origin {
        Origin::File {
            path: Path::new("in").join(relative),
            relative: PathBuf::from(relative),
        }
    }

    fn files(products: &[Product]) -> Vec<String> {
        let products: Vec<&Product> = products.iter().collect();
        let files = by_file(Path::new("out"), &products, None).unwrap();
        files.keys().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn a_folder_mirrors_the_input_files_and_names_documents_of_standard_input() {
        let products = [
            product(file("b/two.yml"), "a"),
            product(file("b/two.yml"), "b"),
            product(Origin::Stdin, "c"),
        ];
        assert_eq!(files(&products), ["out/b/two.yml", "out/c.yaml"]);
    }

    #[test]
    fn a_folder_in_another_format_has_files_of_that_ending() {
        let products = [product(file("b/two.yml"), "a"), product(file("plain"), "b")];
        let files = by_file(Path::new("out"), &products.each_ref(), Some(DocumentFormat::Json)).unwrap();
        assert_eq!(
            files.into_keys().collect::<Vec<_>>(),
            [Path::new("out/b/two.json"), Path::new("out/plain")]
        );
    }

    #[test]
    fn two_documents_for_one_file_are_refused() {
        for products in [
            [product(Origin::Stdin, "a"), product(Origin::Stdin, "a")],
            [product(file("a.yaml"), "a"), product(Origin::Stdin, "a")],
        ] {
            assert!(by_file(Path::new("out"), &products.each_ref(), None).is_err());
        }
    }

    #[test]
    fn a_name_that_leaves_the_folder_is_refused() {
        for name in ["../x", "a/b", ".", "..", ".hidden", "", "a\0b", "/etc/x"] {
            assert!(file_stem(name).is_err(), "{name:?}");
        }
        assert_eq!(file_stem("db.prod_1").unwrap(), "db.prod_1");
    }

    #[test]
    fn a_wish_that_contradicts_the_ending_is_a_usage_error() {
        let error = format_of(Path::new("a.json"), &[], Some(DocumentFormat::Yaml)).unwrap_err();
        assert_eq!(crate::error::Status::from(&error), crate::error::Status::Usage);
    }

    #[test]
    fn one_text_has_the_format_of_its_first_document() {
        let mut second = product(Origin::Stdin, "b");
        second.format = DocumentFormat::Json;
        let text = render(&[product(Origin::Stdin, "a"), second], None).unwrap();
        assert_eq!(
            String::from_utf8(text.to_vec()).unwrap(),
            "---\nmetadata:\n  name: a\n---\nmetadata:\n  name: b\n"
        );
    }
}
