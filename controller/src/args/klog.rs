//! The flags of Go's loggers, klog and glog, which manifests of upstream's may still carry. They change nothing here.

use clap::ArgAction;

/// Flags of klog and glog.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Flags of Go's loggers, without effect")]
pub(crate) struct KlogArgs {
    /// Level of detail
    #[arg(short = 'v', long = "v", value_name = "LEVEL", hide = true)]
    v: Option<String>,
    /// Level of detail by file
    #[arg(long, value_name = "PATTERNS", hide = true)]
    vmodule: Option<String>,
    /// Where lines go
    #[arg(long, value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    logtostderr: Option<String>,
    /// Where lines go
    #[arg(long, value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    alsologtostderr: Option<String>,
    /// From which level on lines go to standard error
    #[arg(long, value_name = "LEVEL", hide = true)]
    stderrthreshold: Option<String>,
    /// Where lines go
    #[arg(long = "log_dir", value_name = "FOLDER", hide = true)]
    log_dir: Option<String>,
    /// Where lines go
    #[arg(long = "log_file", value_name = "FILE", hide = true)]
    log_file: Option<String>,
    /// How long that file may be
    #[arg(long = "log_file_max_size", value_name = "NUMBER", hide = true)]
    log_file_max_size: Option<String>,
    /// Where to write a stack trace
    #[arg(long = "log_backtrace_at", value_name = "PLACE", hide = true)]
    log_backtrace_at: Option<String>,
    /// How lines begin
    #[arg(long = "skip_headers", value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    skip_headers: Option<String>,
    /// How files begin
    #[arg(long = "skip_log_headers", value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    skip_log_headers: Option<String>,
    /// How lines begin
    #[arg(long = "add_dir_header", value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    add_dir_header: Option<String>,
    /// Where lines go
    #[arg(long = "one_output", value_name = "BOOL", hide = true, action = ArgAction::Set, num_args = 0..=1,
          default_missing_value = "true", require_equals = true)]
    one_output: Option<String>,
}

impl KlogArgs {
    /// Returns the flags that were given, as they are written.
    pub(super) fn given(&self) -> Vec<&'static str> {
        [
            ("-v", &self.v),
            ("--vmodule", &self.vmodule),
            ("--logtostderr", &self.logtostderr),
            ("--alsologtostderr", &self.alsologtostderr),
            ("--stderrthreshold", &self.stderrthreshold),
            ("--log_dir", &self.log_dir),
            ("--log_file", &self.log_file),
            ("--log_file_max_size", &self.log_file_max_size),
            ("--log_backtrace_at", &self.log_backtrace_at),
            ("--skip_headers", &self.skip_headers),
            ("--skip_log_headers", &self.skip_log_headers),
            ("--add_dir_header", &self.add_dir_header),
            ("--one_output", &self.one_output),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(flag, _)| flag)
        .collect()
    }
}
