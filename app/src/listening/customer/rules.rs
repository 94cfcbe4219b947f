//! Reading a roster's cells: yes and no in the words that CRMs use.

/// A cell that means yes or no; none if it says neither.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    const YES: &str = "yes|y|true|1|t|x|ja|j|oui|o|si|sí|sì|s|sim|да|opt-in|optin|opted in|opted-in|granted|given|consented|agreed|accepted|\
        subscribed|confirmed|checked|erteilt|zugestimmt|acepta|accepté|✓|✔";
    const NO: &str = "no|n|false|0|f|-|nein|non|não|nao|nee|nej|нет|opt-out|optout|opted out|opted-out|denied|withdrawn|refused|declined|\
        unsubscribed|cleaned|pending|not set|none|unchecked|widerrufen|abgelehnt";
    let word = text.trim().to_lowercase();
    let is = |words: &str| !word.is_empty() && words.split('|').any(|known| known == word);
    if is(YES) {
        Some(true)
    } else if is(NO) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unclear_cell_is_not_taken_for_consent() {
        assert_eq!(yes_or_no(" Yes "), Some(true));
        assert_eq!(yes_or_no("opted out"), Some(false));
        assert_eq!((yes_or_no("Sì"), yes_or_no("да"), yes_or_no("Unsubscribed")), (Some(true), Some(true), Some(false)));
        for unclear in ["", "maybe", "2", "?"] {
            assert_eq!(yes_or_no(unclear), None, "{unclear}");
        }
    }
}
