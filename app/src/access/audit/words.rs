//! How an action of the audit log is shown. What is stored is part of a keyed hash and never changes; where its words do not say enough
//! to a reader, this is the one place that has better ones.

use super::ResourceType::{
    self, Account, Author, Email, Heard, ImportRun, InboundIntegration, Invitation, PanelDay, Panelist, Program, Report, Response, Webhook,
};
use crate::kernel::fold::folded;

/// (what is stored, of what if not of everything, how it is shown).
const SHOWN: &[(&str, Option<ResourceType>, &str)] = &[
    ("asked to erase", None, "requested the erasure of"),
    ("accepted and waits", Some(Invitation), "accepted, on the waitlist"),
    ("answered and has to confirm", Some(Invitation), "accepted, not confirmed"),
    ("answered from another address", Some(Invitation), "accepted from another address, not confirmed"),
    ("can still come", Some(Panelist), "confirmed that they can still come"),
    ("promoted", Some(Panelist), "given a seat from the waitlist"),
    ("stopped reports by email", Some(Panelist), "unsubscribed from reports by email"),
    ("wants reports by email again", Some(Panelist), "subscribed to reports by email again"),
    ("notified of a move", Some(PanelDay), "emailed people about a new date or place of"),
    ("opened", Some(Heard), "published to the board"),
    ("handed over", Some(Heard), "changed the owner of"),
    ("released", Some(Heard), "removed the owner of"),
    ("handed in", Some(Response), "submitted for review"),
    ("sent back", Some(Response), "returned"),
    ("shared", Some(Report), "created a public link of"),
    ("stopped sharing", Some(Report), "revoked the public link of"),
    ("ended a login", Some(Account), "signed out a device of"),
    ("made a sign-in link", Some(Account), "created a sign-in link for"),
    ("overruled", Some(Author), "set the segment of"),
    ("lifted", Some(Author), "let rules decide the segment of"),
    ("lifted the kind of", Some(Author), "let rules decide the kind of"),
    ("said who may nominate for", Some(Program), "changed who may nominate for"),
    ("rated again the mentions of", Some(Program), "rated all mentions again of"),
    ("purged", Some(Program), "deleted expired data of"),
    ("undone", Some(ImportRun), "undid"),
    ("changed the secret", Some(InboundIntegration), "replaced the secret of"),
    ("changed the secret", Some(Webhook), "replaced the secret of"),
    ("confirmed that it arrived", Some(Email), "confirmed the delivery of"),
];

/// The action as it is shown.
#[must_use]
pub fn shown<'a>(action: &'a str, subject_kind: &str) -> &'a str {
    let is_it = |stored: &str, of: Option<ResourceType>| stored == action && of.is_none_or(|kind| kind.as_str() == subject_kind);
    SHOWN.iter().find(|(stored, of, _)| is_it(stored, *of)).map_or(action, |(.., shown)| shown)
}

/// The actions that are shown with the words that were typed: "action kind" each, as they are stored.
#[must_use]
pub fn stored(typed: &str) -> Vec<String> {
    let typed = folded(typed.trim());
    let found = SHOWN.iter().filter(|(.., shown)| !typed.is_empty() && folded(shown).contains(&typed));
    let of_kinds = |(action, of, _): &(&str, Option<ResourceType>, &str)| {
        let kinds = of.as_ref().map_or(ResourceType::ALL, std::slice::from_ref);
        kinds.iter().map(|kind| format!("{action} {}", kind.as_str())).collect::<Vec<_>>()
    };
    found.flat_map(of_kinds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_shown_in_words_for_readers_and_found_by_them() {
        assert_eq!(shown("opened", Heard.as_str()), "published to the board");
        assert_eq!(shown("opened", Report.as_str()), "opened", "by a panelist");
        assert_eq!(shown("asked to erase", Author.as_str()), "requested the erasure of");
        assert_eq!(shown("drafted", Heard.as_str()), "drafted");
        assert_eq!(stored(" THE board "), ["opened heard"]);
        assert_eq!(stored("the erasure").len(), ResourceType::ALL.len());
        assert!(stored("").is_empty() && stored("drafted").is_empty());
    }
}
