//! CSV that leaves the house: opens in Excel with accents intact, and is safe to open.
//!
//! A cell that starts like a formula is shown as text (OWASP, "CSV Injection"): a handle may be an attack. The byte
//! order mark is what makes Excel read UTF-8 as UTF-8.

/// What Excel needs to see first to take the file for UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A whole CSV file: byte order mark, header line, rows; comma-separated, CRLF ends, every formula neutralised.
#[must_use]
pub fn csv<R, C>(headers: &[&str], rows: R) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut out = BYTE_ORDER_MARK.to_vec();
    line(&mut out, headers);
    for row in rows {
        line(&mut out, row);
    }
    out
}

/// Adds one line to a file that is written bit by bit; begin it with `csv(headers, …)` of no rows.
pub fn line<C: AsRef<str>>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = C>) {
    for (number, cell) in cells.into_iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        let cell = cell.as_ref();
        let guard = if neutralise(cell) { "'" } else { "" };
        if cell.contains([',', '"', '\n', '\r', ';', '\t']) {
            out.extend_from_slice(format!("\"{guard}{}\"", cell.replace('"', "\"\"")).as_bytes());
        } else {
            out.extend_from_slice(guard.as_bytes());
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether a spreadsheet would run the cell. A plain negative number is a number.
fn neutralise(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_leave_as_text_and_accents_stay() {
        let file = csv(&["Handle", "Text"], [["@dell", "=HYPERLINK(\"x\")"], ["Zoë", "-1.5"], ["+49", "a\nb"]]);
        let text = std::str::from_utf8(&file).expect("UTF-8");
        assert_eq!(text, "\u{feff}Handle,Text\r\n'@dell,\"'=HYPERLINK(\"\"x\"\")\"\r\nZoë,-1.5\r\n+49,\"a\nb\"\r\n");
    }

    #[test]
    fn a_file_without_rows_has_its_header() {
        assert_eq!(csv(&["Name"], Vec::<Vec<String>>::new()), b"\xEF\xBB\xBFName\r\n");
    }
}
