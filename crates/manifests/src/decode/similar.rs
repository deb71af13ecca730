//! "Did you mean".

/// Returns the word that `word` is most likely a slip of, if one is close enough.
pub fn similar<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let (distance, best) = words
        .iter()
        // A word is long when it is no field name at all.
        .filter(|other| other.len().abs_diff(lower.len()) <= 3)
        .map(|other| (distance(&lower, &other.to_lowercase()), *other))
        .min()?;
    (distance <= 1 + lower.len() / 5).then_some(best)
}

/// Returns the number of characters to add, drop, change or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_field() {
        let fields = ["data", "encryptedData", "template", "metadata", "stringData"];
        for (slip, field) in [
            ("encrypteddata", Some("encryptedData")),
            ("encryptData", Some("encryptedData")),
            ("dtaa", Some("data")),
            ("stringdata", Some("stringData")),
            ("immutable", None),
            ("", None),
        ] {
            assert_eq!(similar(slip, &fields), field, "{slip}");
        }
    }

    #[test]
    fn a_very_long_word_costs_no_time() {
        assert_eq!(similar(&"x".repeat(10_000_000), &["data"]), None);
    }
}
