//! `printf` and its relatives.

use crate::render::{check, refused};

#[test]
fn verbs_print_what_fits_them() {
    check(&[
        (
            r#"{{ printf "%v %d %s %q %x %X %t %T" 1 2 "s" "q\n" "hex" "HEX" true 1.5 }}"#,
            "1 2 s \"q\\n\" 686578 484558 true float64",
        ),
        (
            r#"{{ printf "%b %o %O %#o %#b %x %#X %c %U %#U" 5 8 8 8 5 255 255 228 228 228 }}"#,
            "101 10 0o10 010 0b101 ff 0XFF ä U+00E4 U+00E4 'ä'",
        ),
        (
            r#"{{ printf "%e %E %.3g %g %f %G" 123456.789 0.000012345 123456.789 1e21 2.5 1e-7 }}"#,
            "1.234568e+05 1.234500E-05 1.23e+05 1e+21 2.500000 1E-07",
        ),
        (
            r#"{{ printf "%v %+v %#v" (list 1 "a" nil) (dict "k" 1) (list "a" nil) }}"#,
            "[1 a <nil>] map[k:1] []interface {}{\"a\", interface {}(nil)}",
        ),
        (
            "{{ 1e6 }} {{ 100000.0 }} {{ 0.1 }} {{ 1e-5 }}",
            "1e+06 100000 0.1 1e-05",
        ),
    ]);
}

#[test]
fn flags_width_and_precision_lay_text_out() {
    check(&[
        (
            r#"{{ printf "%5d|%-5d|%05d|%+d|% d" 42 42 42 42 42 }}"#,
            "   42|42   |00042|+42| 42",
        ),
        (
            r#"{{ printf "%8.3f|%-8.3f|%08.3f" 3.14159 3.14159 3.14159 }}"#,
            "   3.142|3.142   |0003.142",
        ),
        (
            r#"{{ printf "%.2s|%6.3s|%-4s|" "äöü" "abcdef" "ä" }}"#,
            "äö|   abc|ä   |",
        ),
        (
            r#"{{ printf "%*d|%.*f|%[2]*[1]d" 5 42 }}"#,
            "   42|%!(BADPREC)%!f(MISSING)|                                         5",
        ),
    ]);
}

#[test]
fn what_does_not_fit_is_said_in_the_text() {
    check(&[
        (
            r#"{{ printf "%d" "x" }} {{ printf "%s" 5 }} {{ printf "%z" 5 }}"#,
            "%!d(string=x) %!s(int=5) %!z(int=5)",
        ),
        (
            r#"{{ printf "%d %d" 1 }} {{ printf "x" 1 nil }} {{ printf "%" }}"#,
            "1 %!d(MISSING) x%!(EXTRA int=1, <nil>) %!(NOVERB)",
        ),
        (r#"{{ printf "%[2]d %[1]d %[3]d" 1 2 }}"#, "2 1 %!d(BADINDEX)"),
        (
            r#"{{ printf "%d" nil }} {{ printf "%d" (list "a") }}"#,
            "%!d(<nil>) [%!d(string=a)]",
        ),
    ]);
}

#[test]
fn addresses_are_not_printed() {
    refused(&[r#"{{ printf "%p" (list 1) }}"#, r#"{{ printf "%p" (dict) }}"#]);
    check(&[(r#"{{ printf "%p" 1 }}"#, "%!p(int=1)")]);
}

#[test]
fn operands_are_apart_where_go_sets_them_apart() {
    check(&[
        (r#"{{ print 1 2 "a" 3 nil nil "b" }}"#, "1 2a3 <nil> <nil>b"),
        (r#"{{ println 1 "a" }}"#, "1 a\n"),
        ("{{ print }}", ""),
    ]);
}
