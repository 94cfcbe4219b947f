//! Reading a roster's cells: yes and no in the words that CRMs use.

/// A cell that means yes or no; none if it says neither.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "t" | "x" | "ja" | "oui" | "si" | "sí" | "opt-in" | "opted in" | "granted" | "consented" => {
            Some(true)
        }
        "no" | "n" | "false" | "0" | "f" | "-" | "nein" | "non" | "opt-out" | "opted out" | "denied" | "withdrawn" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unclear_cell_is_not_taken_for_consent() {
        assert_eq!(yes_or_no(" Yes "), Some(true));
        assert_eq!(yes_or_no("opted out"), Some(false));
        for unclear in ["", "maybe", "2", "?"] {
            assert_eq!(yes_or_no(unclear), None, "{unclear}");
        }
    }
}
