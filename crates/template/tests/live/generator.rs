//! Makes templates of functions and values that go together, mostly.

use std::collections::BTreeMap;

use crate::function_kinds::Kind::{
    Any, Bool, Count, Dict, Float, Int, Layout, List, Text, Texts, Time, Zone,
};
use crate::function_kinds::{FUNCTIONS, Kind};

const TEXTS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""Hello, World""#,
    r#""  two words ""#,
    r#""a,b,,c""#,
    r#""é😀 ß""#,
    r#""12""#,
    r#""-3.5""#,
    r#""0x1F""#,
    r#""true""#,
    r#""a\nb\tc""#,
    r#""{\"a\":[1,2.5,null,\"x\"]}""#,
    r#""[1,2,3]""#,
    r#""/usr/../a.b/c.tar.gz""#,
    r#""1.2.3-beta.1+x""#,
    r#"">=1.2""#,
    r#""[a-z]+""#,
    r#""(l+)(o)""#,
    r#""$2-$1""#,
    r#""aGk=""#,
    r#""<a href='x'>&""#,
    r#""https://u:p@h.example:8/p?q=1#f""#,
    r#""1h30m""#,
    r#""string""#,
    r#""fooBar_baz qux""#,
    "`raw\\n`",
    ".a",
    ".b",
    ".c",
    ".n",
    ".missing",
    ".bytes",
    r#""\xff\xfe""#,
];

const INTS: &[&str] = &["0", "1", "2", "3", "5", "-1", "-2", "10", "0x10", "'a'", "7"];
const FLOATS: &[&str] = &["0.5", "1.0", "-2.25", "1e3", "3.14159", "1e21", "0.1"];
const VERBS: &[&str] = &[
    "%v", "%s", "%d", "%q", "%x", "%X", "%t", "%5d", "%-6s|", "%05d", "%+d", "%.2f", "%8.3f", "%e", "%g",
    "%c", "%U", "%#v", "%T", "%%", "%b", "%o", "%#x", "% x", "%+v", "%*d", "%6.2s", "%x %d", "%[1]v", "%!",
    "%",
];

const TIMES: &[&str] = &[
    r#"(toDate "2006-01-02" "2024-02-29")"#,
    r#"(toDate "2006-01-02 15:04:05.000" "1999-12-31 23:59:59.125")"#,
    r#"(toDate "2006-01-02T15:04:05Z07:00" "2031-07-04T12:00:00+05:45")"#,
    r#"(toDate "2006" "x")"#,
    r#"(toDate "Jan 2 2006 MST" "Mar 31 2024 CEST")"#,
    r#"(toDate "2006 002" "1969 365")"#,
];
const LAYOUTS: &[&str] = &[
    r#""2006-01-02""#,
    r#""Mon, 02 Jan 2006 15:04:05 -0700""#,
    r#""Monday January _2 3:04PM 06""#,
    r#""15h04m05.000000s""#,
    r#""2006-01-02T15:04:05.999999999Z07:00""#,
    r#""002 __2 .99 ,00 MST""#,
    r#""20060102-150405Z070000""#,
    r#""pm PM 1 2 3 4 5""#,
    r#""Z07 -07 -07:00:00 x01y""#,
    r#""""#,
];
/// Without those whose summer time is announced year by year: two editions of the data differ there.
const ZONES: &[&str] = &[
    r#""UTC""#,
    r#""Europe/Warsaw""#,
    r#""America/New_York""#,
    r#""Asia/Kathmandu""#,
    r#""Australia/Lord_Howe""#,
    r#""nowhere""#,
    r#""Local""#,
    r#""Etc/GMT-14""#,
    r#""America/St_Johns""#,
];

/// Returns what generated templates see.
pub(crate) fn data() -> BTreeMap<String, Vec<u8>> {
    [
        ("a", b"value a".as_slice()),
        ("b", b""),
        ("c", "żółw\n".as_bytes()),
        ("n", b"42"),
        ("bytes", b"\xff\x00\x80z"),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_vec()))
    .collect()
}

/// A source of templates: one a seed.
pub(crate) struct Generator {
    state: u64,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    /// Returns a template of a few actions.
    pub(crate) fn template(&mut self) -> String {
        let count = self.below(3) + 1;
        (0..count).map(|_| self.action(2)).collect()
    }

    /// Steele and Vigna's splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn action(&mut self, depth: usize) -> String {
        let (open, close) = (self.one(&["{{ ", "{{", "{{- "]), self.one(&[" }}", "}}", " -}}"]));
        if depth == 0 || self.below(3) > 0 {
            let (kind, expression) = (self.any_kind(), self.below(4));
            let value = self.value(kind, expression);
            return format!("{open}{value}{close}\n");
        }
        let inside = self.action(depth - 1);
        let kind = self.any_kind();
        let value = self.value(kind, 2);
        match self.below(6) {
            0 => format!("{open}if {value}{close} yes {inside}{{{{ else }}}} no {{{{ end }}}}"),
            1 => format!("{open}with {value}{close} {{{{ . }}}} {{{{ else }}}} {inside} {{{{ end }}}}"),
            2 => {
                let list = self.value(List, 2);
                format!("{open}range {list}{close}[{{{{ . }}}}]{{{{ else }}}} {inside} {{{{ end }}}}")
            }
            3 => {
                let over = self.one(&[List, Dict, Texts, Count]);
                let over = self.value(over, 2);
                format!("{open}range $k, $v := {over}{close}{{{{ $k }}}}={{{{ $v }}}};{{{{ end }}}}{inside}")
            }
            4 => format!("{open}$x := {value}{close}{{{{ $x }}}} {inside} {{{{ kindOf $x }}}}"),
            _ => {
                let verb = self.one(VERBS);
                format!("{open}printf \"{verb}\" {value}{close}")
            }
        }
    }

    fn any_kind(&mut self) -> Kind {
        self.one(&[Text, Text, Int, Float, Bool, List, Texts, Dict, Time, Any])
    }

    /// Returns an expression that can be an argument or a whole pipeline.
    fn value(&mut self, kind: Kind, depth: usize) -> String {
        // Now and then something that does not fit; instead of a time it would be the clock's.
        let is_fixed = matches!(kind, Count | Time);
        let kind = if !is_fixed && self.below(25) == 0 {
            self.any_kind()
        } else {
            kind
        };
        let fitting: Vec<_> = FUNCTIONS
            .iter()
            .filter(|(_, _, result)| kind == Any || *result == kind)
            .collect();
        if depth == 0 || fitting.is_empty() || self.below(5) == 0 {
            return self.leaf(kind);
        }
        let (name, parameters, _) = self.one(&fitting);
        let arguments: Vec<String> = parameters
            .iter()
            .map(|kind| self.value(*kind, depth - 1))
            .collect();
        if self.below(4) == 0
            && let Some((last, first)) = arguments.split_last()
        {
            return format!("({last} | {name} {})", first.join(" "));
        }
        format!("({name} {})", arguments.join(" "))
    }

    fn leaf(&mut self, kind: Kind) -> String {
        match kind {
            Text => self.one(TEXTS).to_owned(),
            Int | Count => self.one(INTS).to_owned(),
            Float => self.one(FLOATS).to_owned(),
            Bool => self.one(&["true", "false"]).to_owned(),
            List => self
                .one(&[
                    "(list)",
                    "(list 1 2 2 \"x\")",
                    "(list \"b\" \"a\" nil)",
                    "(until 4)",
                ])
                .to_owned(),
            Texts => self
                .one(&["(splitList \",\" \"c,a,b,a\")", "(list \"x\" 1 | toStrings)"])
                .to_owned(),
            Dict => self
                .one(&[
                    "(dict)",
                    "(dict \"a\" 1 \"b\" \"two\")",
                    "(dict \"a\" (dict \"b\" 2.5) \"c\" (list 1))",
                ])
                .to_owned(),
            Time => self.one(TIMES).to_owned(),
            Layout => self.one(LAYOUTS).to_owned(),
            Zone => self.one(ZONES).to_owned(),
            Any => {
                let kind = self.one(&[Text, Time, Int, Float, Bool, List, Texts, Dict]);
                self.leaf(kind)
            }
        }
    }
}
