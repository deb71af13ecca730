//! What became of the files, for people and for programs.

use std::fmt::Write as _;

use manifests::documents::Document;
use serde::{Serialize, Serializer};

use crate::error::{CommandError, Status};
use crate::printer::Printer;
use crate::report::{self, ReportFormat};
use crate::tree::{LeftAlone, Problem};

/// How far a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    /// Files are replaced.
    Write,
    /// All but that.
    DryRun,
    /// Only what is on which key is found out.
    Check,
}

/// The whole run. `-o json` prints it; its shape is described in `cli/README.md`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    mode: Mode,
    newest: String,
    summary: Summary,
    files: Vec<FileReport>,
}

/// Sums.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    /// Files with something to report.
    files: usize,
    /// Files that changed, or would.
    changed_files: usize,
    /// SealedSecrets in them.
    objects: usize,
    /// Items that changed, or would.
    resealed_items: usize,
    /// Items that were on the newest key already.
    current_items: usize,
    /// Files and objects that can't be judged.
    left_alone: usize,
    /// Files and objects that failed.
    failed: usize,
}

/// A file with SealedSecrets, or one that can't be judged.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileReport {
    path: String,
    #[serde(flatten)]
    pub(super) ending: Ending,
    objects: Vec<ObjectReport>,
}

/// A SealedSecret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectReport {
    document: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_item: Option<usize>,
    line: usize,
    namespace: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    pub(super) ending: Ending,
    pub(super) items: Vec<ItemReport>,
}

/// An item of a SealedSecret.
#[derive(Serialize)]
pub(super) struct ItemReport {
    /// Its key.
    pub(super) item: String,
    /// Where its key is in the file, from 1.
    pub(super) line: usize,
    /// The key it was on; `null` if only a foreign controller knows.
    pub(super) from: Option<String>,
    /// The key that it is on now; `null` if it was there already.
    pub(super) to: Option<String>,
}

/// How it ended for a file or an object. Nothing stands in the JSON when it ended well: the items say how.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ending {
    /// It wasn't touched, for this reason.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text_of")]
    left_alone: Option<LeftAlone>,
    /// It wasn't changed, because of this.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Failure>,
}

/// An error in a report.
#[derive(Serialize)]
pub(super) struct Failure {
    causes: Vec<String>,
    hints: Vec<String>,
    /// It is the same for many objects, and said once.
    #[serde(skip)]
    common: bool,
}

/// An error of many objects.
struct Refusal<'a> {
    failure: &'a Failure,
    objects: usize,
    files: usize,
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn text_of<S: Serializer>(why: &Option<LeftAlone>, serializer: S) -> Result<S::Ok, S::Error> {
    match why {
        Some(why) => serializer.collect_str(why),
        None => serializer.serialize_none(),
    }
}

impl Ending {
    /// Failed with that error.
    pub(super) fn failed(error: &CommandError) -> Self {
        let failure = Failure {
            causes: error.causes(),
            hints: error.hints().to_vec(),
            common: false,
        };
        Self {
            failed: Some(failure),
            ..Self::default()
        }
    }

    /// Failed with an error that other objects have too.
    pub(super) fn refused(error: &CommandError) -> Self {
        let mut ending = Self::failed(error);
        if let Some(failure) = &mut ending.failed {
            failure.common = true;
        }
        ending
    }

    /// Left alone for that reason.
    pub(super) fn left_alone(why: LeftAlone) -> Self {
        Self {
            left_alone: Some(why),
            ..Self::default()
        }
    }
}

impl ObjectReport {
    /// The object, without its items.
    pub(super) fn of(document: &Document) -> Self {
        let place = document.place();
        Self {
            document: place.document,
            list_item: place.item,
            line: place.line,
            namespace: document.namespace().map(str::to_owned),
            name: document.name().map(str::to_owned),
            ending: Ending::default(),
            items: Vec::new(),
        }
    }

    fn label(&self) -> String {
        let name = self.name.as_deref().unwrap_or("<no name>");
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        }
    }
}

impl FileReport {
    /// A file whose objects were looked at.
    pub(super) fn of(path: &str, objects: Vec<ObjectReport>) -> Self {
        Self {
            path: path.to_owned(),
            ending: Ending::default(),
            objects,
        }
    }

    /// A file that can't be judged.
    pub(super) fn left_alone(path: &str, why: LeftAlone) -> Self {
        Self {
            ending: Ending::left_alone(why),
            ..Self::of(path, Vec::new())
        }
    }

    /// A file that failed.
    pub(super) fn failed(path: &str, error: &CommandError) -> Self {
        Self {
            ending: Ending::failed(error),
            ..Self::of(path, Vec::new())
        }
    }

    /// The same file, of which nothing was written in the end.
    pub(super) fn not_written(self, error: &CommandError) -> Self {
        Self::failed(&self.path, error)
    }

    fn changes(&self) -> bool {
        self.items().any(|item| item.to.is_some())
    }

    fn items(&self) -> impl Iterator<Item = &ItemReport> {
        self.objects.iter().flat_map(|object| &object.items)
    }

    /// Every ending in the file, its own and those of its objects.
    fn endings(&self) -> impl Iterator<Item = &Ending> {
        std::iter::once(&self.ending).chain(self.objects.iter().map(|object| &object.ending))
    }
}

impl Report {
    /// The report of these files, which are in the order of their paths.
    pub(super) fn new(mode: Mode, newest: String, files: Vec<FileReport>, problems: Vec<Problem>) -> Self {
        let problems = problems.into_iter();
        let mut all: Vec<FileReport> = problems
            .map(|problem| FileReport::failed(&problem.path.display().to_string(), &problem.error))
            .collect();
        all.extend(files);
        let mut summary = Summary::default();
        for file in &all {
            summary.files += 1;
            summary.changed_files += usize::from(file.changes());
            summary.objects += file.objects.len();
            summary.resealed_items += file.items().filter(|item| item.to.is_some()).count();
            summary.current_items += file.items().filter(|item| item.to.is_none()).count();
            for ending in file.endings() {
                summary.left_alone += usize::from(ending.left_alone.is_some());
                summary.failed += usize::from(ending.failed.is_some());
            }
        }
        Self {
            mode,
            newest,
            summary,
            files: all,
        }
    }

    /// Prints items and sums to standard output; what failed or was left alone goes to standard error.
    ///
    /// # Errors
    /// When standard output can't take it.
    pub(super) fn print(&self, format: ReportFormat, printer: &Printer) -> Result<(), CommandError> {
        match format {
            ReportFormat::Json => printer.data(&report::json(self)?)?,
            ReportFormat::Text => printer.report(&self.text())?,
        }
        for refusal in self.refusals() {
            let (objects, files) = (counted(refusal.objects, "object"), counted(refusal.files, "file"));
            let mut causes = vec![format!("cannot re-seal {objects} in {files}")];
            causes.extend(refusal.failure.causes.iter().cloned());
            printer.failure(&causes, &refusal.failure.hints);
        }
        for file in &self.files {
            for ending in file.endings() {
                if let Some(why) = &ending.left_alone {
                    printer.warning(&format!("{}: left alone: {why}", file.path));
                }
                if let Some(failure) = ending.failed.as_ref().filter(|failure| !failure.common) {
                    printer.failure(&failure.causes, &failure.hints);
                }
            }
        }
        Ok(())
    }

    /// What objects have in common that failed, each once.
    fn refusals(&self) -> Vec<Refusal<'_>> {
        let mut all: Vec<Refusal<'_>> = Vec::new();
        for file in &self.files {
            let mut last = None;
            for failure in file.endings().filter_map(|ending| ending.failed.as_ref()) {
                if !failure.common {
                    continue;
                }
                let known = all.iter().position(|one| one.failure.causes == failure.causes);
                let at = known.unwrap_or(all.len());
                if known.is_none() {
                    all.push(Refusal {
                        failure,
                        objects: 0,
                        files: 0,
                    });
                }
                all[at].objects += 1;
                all[at].files += usize::from(last != Some(at));
                last = Some(at);
            }
        }
        all
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            for object in &file.objects {
                for item in &object.items {
                    let Some(to) = &item.to else { continue };
                    let from = item.from.as_deref().unwrap_or("an older key");
                    let label = object.label();
                    let (path, line, item) = (&file.path, item.line, &item.item);
                    let _ = writeln!(text, "{path}:{line}: {label} {item}: {from} -> {to}");
                }
            }
        }
        text.push_str(&self.sums());
        text.push('\n');
        text
    }

    fn sums(&self) -> String {
        let sums = &self.summary;
        let newest = &self.newest;
        if sums.files == 0 {
            return "no SealedSecret was found".to_owned();
        }
        let items = counted(sums.resealed_items, "item");
        let files = counted(sums.changed_files, "file");
        let all_failed = sums.failed > 0 && sums.current_items == 0;
        let mut parts = vec![match (sums.resealed_items, self.mode) {
            (0, Mode::Check) if all_failed => "nothing could be checked".to_owned(),
            (0, Mode::DryRun) if sums.failed > 0 => "would re-seal nothing".to_owned(),
            (0, Mode::Write) if sums.failed > 0 => "re-sealed nothing".to_owned(),
            (0, Mode::Check) => format!("everything that opens is on the newest key {newest}"),
            (0, _) => format!("nothing to re-seal to {newest}"),
            (1, Mode::Check) => format!("1 item in 1 file is not on the newest key {newest}"),
            (_, Mode::Check) => format!("{items} in {files} are not on the newest key {newest}"),
            (_, Mode::DryRun) => format!("would re-seal {items} in {files} to {newest}"),
            (_, Mode::Write) => format!("re-sealed {items} in {files} to {newest}"),
        }];
        if sums.current_items > 0 {
            parts.push(format!("{} there already", counted(sums.current_items, "item")));
        }
        if sums.left_alone > 0 {
            parts.push(format!("{} left alone", sums.left_alone));
        }
        if sums.failed > 0 {
            parts.push(format!("{} failed", sums.failed));
        }
        parts.join(", ")
    }

    /// What the command ends with when it wasn't interrupted.
    pub(super) fn status(&self) -> Status {
        if self.summary.failed > 0 {
            Status::Failed
        } else if self.mode == Mode::Check && self.summary.resealed_items > 0 {
            Status::ChangesPending
        } else {
            Status::Done
        }
    }

    /// Says how far a run came that was interrupted.
    pub(super) fn interrupted(&self, error: CommandError, of: usize) -> CommandError {
        let done = match self.mode {
            Mode::Write => format!("{} replaced", counted(self.summary.changed_files, "file")),
            Mode::DryRun | Mode::Check => "nothing was to be written".to_owned(),
        };
        error
            .context(format!(
                "stopped before all of {} were looked at: {done}",
                counted(of, "file")
            ))
            .hint(
                "every file is either as it was or done; run the command again, and it goes on with the rest",
            )
    }
}

fn counted(number: usize, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}
