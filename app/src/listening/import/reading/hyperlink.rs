//! Cells that hold a link: what they show, and where they lead. Spreadsheets write `=HYPERLINK("https://…","text")` into CSV.

/// What a formula of a link shows and where it leads; none for any other cell.
#[must_use]
pub fn formula(cell: &str) -> Option<(String, String)> {
    let rest = cell.trim().strip_prefix('=')?.trim_start();
    let name = rest.get(..9).filter(|name| name.eq_ignore_ascii_case("HYPERLINK"))?;
    let inner = rest[name.len()..].trim().strip_prefix('(')?.strip_suffix(')')?;
    let (link, rest) = quoted(inner.trim_start())?;
    let rest = rest.trim_start();
    let label = match rest.strip_prefix([',', ';']) {
        Some(label) => {
            let label = label.trim();
            quoted(label).filter(|(_, rest)| rest.trim().is_empty()).map_or_else(|| label.to_owned(), |(label, _)| label)
        }
        None if rest.is_empty() => link.clone(),
        None => return None,
    };
    let shown = if label.trim().is_empty() { link.clone() } else { label };
    Some((shown, link))
}

/// The text in quotation marks that a formula begins with, and what follows. A doubled mark stands for one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut found = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        found.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                found.push('"');
                rest = more;
            }
            None => return Some((found, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_its_text_and_its_link() {
        let of = |cell: &str| formula(cell).map(|(shown, link)| format!("{shown} -> {link}"));
        assert_eq!(of("=HYPERLINK(\"https://x.com/1\",\"It broke\")").as_deref(), Some("It broke -> https://x.com/1"));
        assert_eq!(of("=hyperlink(\"https://x.com/1\"; \"Zoe \"\"Z\"\" K\")").as_deref(), Some("Zoe \"Z\" K -> https://x.com/1"));
        assert_eq!(of("=HYPERLINK(\"https://x.com/1\")").as_deref(), Some("https://x.com/1 -> https://x.com/1"));
        assert_eq!(of("=HYPERLINK(\"https://x.com/1\",A2)").as_deref(), Some("A2 -> https://x.com/1"));
        for other in ["", "=1+1", "=HYPERLINK(A1)", "=HYPERLINK(\"x\" & \"y\")", "HYPERLINK(\"x\",\"y\")", "=cmd|' /C calc'!A0", "=é"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_cell_makes_it_panic(text in "=(HYPER|hyperlink|HYPERLINK)?[(),;\"a é=]{0,20}") {
            let _ = formula(&text);
        }
    }
}
