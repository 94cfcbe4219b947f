//! CSV for download: opens in Excel with accents intact, and is safe to open.
//!
//! A cell that starts like a formula is shown as text (OWASP, "CSV Injection"): a handle may be an attack. The mark that makes it text is
//! taken off where such a file comes back (see `listening::import::mapping::own_files`). The byte order mark is what makes Excel read UTF-8 as UTF-8.

/// What Excel needs to see first to take the file for UTF-8.
#[cfg(feature = "store")]
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The prefix of a cell that a spreadsheet would run.
const GUARD: char = '\'';
/// What a formula begins with: also after a tab or a line break, and as Chinese and Japanese keyboards write it.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A whole CSV file: byte order mark, header line, rows; comma-separated, CRLF ends, every formula neutralised.
#[cfg(feature = "store")]
#[must_use]
pub fn csv<R, C>(headers: &[&str], rows: R) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut out = BYTE_ORDER_MARK.to_vec();
    out.extend(lines([headers]));
    out.extend(lines(rows));
    out
}

/// Lines of a file that is made in parts; its beginning is `csv(headers, …)`.
#[cfg(feature = "store")]
#[must_use]
pub fn lines<R, C>(rows: R) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
    for row in rows {
        let written = writer.write_record(row.into_iter().map(|cell| guarded(cell.as_ref()).into_owned()));
        debug_assert!(written.is_ok(), "memory takes rows of any length");
    }
    writer.into_inner().unwrap_or_default()
}

/// A file that is made in parts, so that one of a million rows never is in memory as a whole.
#[cfg(feature = "store")]
pub trait Parts: Send {
    /// The next part; none at the end.
    fn next(&mut self, tx: &mut crate::db::Tx) -> impl Future<Output = crate::kernel::error::Result<Option<Vec<u8>>>> + Send;
}

/// A cell as it leaves: with the guard where a spreadsheet would run it, or where it looks as if it had one already.
#[cfg(feature = "store")]
fn guarded(cell: &str) -> std::borrow::Cow<'_, str> {
    if is_guardable(cell) { format!("{GUARD}{cell}").into() } else { cell.into() }
}

/// A cell that left with a guard, without it.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|bare| bare.trim_start_matches(GUARD).starts_with(FORMULA)).unwrap_or(cell)
}

/// Whether a spreadsheet would run the cell. A plain negative number is a number.
#[cfg(feature = "store")]
fn is_guardable(cell: &str) -> bool {
    let is_number = cell.parse::<f64>().is_ok() && cell.ends_with(|c: char| c.is_ascii_digit());
    cell.trim_start_matches(GUARD).starts_with(FORMULA) && !is_number
}

#[cfg(all(test, feature = "store"))]
mod tests {
    use super::*;

    #[test]
    fn formulas_leave_as_text_and_accents_stay() {
        let file = csv(&["Handle", "Text"], [["@dell", "=HYPERLINK(\"x\")"], ["Zoë", "-1.5"], ["+49", "a\nb"]]);
        let text = std::str::from_utf8(&file).expect("UTF-8");
        assert_eq!(text, "\u{feff}Handle,Text\r\n'@dell,\"'=HYPERLINK(\"\"x\"\")\"\r\nZoë,-1.5\r\n+49,\"a\nb\"\r\n");
    }

    #[test]
    fn whatever_a_spreadsheet_would_run_has_a_guard() {
        for cell in ["=1+1", "+A1", "-A1", "@x", "\t=1", "\r=1", "\n=1", "＝1+1", "＋A1", "－A1", "＠x", "-inf", "'=1"] {
            assert!(is_guardable(cell), "{cell}");
        }
        for cell in ["1", "-1.5", "+49", "'quoted'", "", "a=1", "-2e3"] {
            assert!(!is_guardable(cell), "{cell}");
        }
    }

    #[test]
    fn a_file_without_rows_has_its_header() {
        assert_eq!(csv(&["Name"], Vec::<Vec<String>>::new()), b"\xEF\xBB\xBFName\r\n");
    }

    proptest::proptest! {
        #[test]
        fn what_left_with_a_guard_comes_back_without_it(cell in "['=+@＝\t\n\r-]{0,4}[a-z0-9.]{0,6}") {
            let left = guarded(&cell);
            proptest::prop_assert_eq!(unguarded(&left), cell.as_str());
        }
    }
}
