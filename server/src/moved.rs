//! Names of the release before, which lead to today's for one release: addresses in bookmarks and in emails that were sent, acts and fields of
//! forms on pages that are still open. Remove a line when the release after the one that moved it is out. Old words in a query are read by the
//! page that they are for.

use app::ui::submission::Fields;
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use crate::AppState;

/// (old, new). A parameter in braces is carried over, and so is the query string.
pub const MOVED: &[(&str, &str)] = &[
    ("/voices", "/authors"),
    ("/voices.csv", "/authors.csv"),
    ("/voices/{id}", "/authors/{id}"),
    ("/voices/{id}/links", "/authors/{id}/identity-links"),
    ("/listen/shouts", "/listen/repeated-mentions"),
    ("/listen/movement", "/listen/segment-changes"),
    ("/movement.csv", "/segment-changes.csv"),
    ("/listen/aside", "/listen/excluded"),
    ("/aside.csv", "/excluded.csv"),
    ("/listen/objections", "/opt-outs"),
    ("/feeds", "/inbound"),
    ("/imports/{id}/look", "/imports/{id}/preview"),
    ("/trail/{start}/{id}", "/evidence-trail/{start}/{id}"),
    ("/outbox/{id}/letter", "/outbox/{id}/email"),
    ("/forgotten", "/device-forgotten"),
    ("/forget", "/forget-device"),
];

/// (old, new) of the acts that forms ask for.
pub const ACTS: &[(&str, &str)] = &[
    ("object", "opt_out"),
    ("freeze", "finalise"),
    ("send_back", "return"),
    ("put_up", "add_to_queue"),
    ("unlist", "remove"),
    ("set_aside", "exclude"),
];

/// (old, new) of the fields that forms send.
const FIELDS: &[(&str, &str)] = &[("promise", "commitment"), ("raw_days", "source_row_days"), ("posts_needed", "mentions_needed")];

/// What a form sent, under the names of today.
pub(crate) fn renamed(Fields(mut fields): Fields) -> Fields {
    let today = |names: &[(&str, &'static str)], word: &str| names.iter().find(|(old, _)| *old == word).map(|(_, new)| *new);
    for (name, value) in &mut fields {
        if name == "act" {
            if let Some(act) = today(ACTS, value) {
                act.clone_into(value);
            }
        } else if let Some(field) = today(FIELDS, name) {
            field.clone_into(name);
        }
    }
    Fields(fields)
}

/// The old addresses. 308 keeps the method and what was sent, so that a form of a page that is still open arrives.
pub(crate) fn routes() -> Router<AppState> {
    MOVED.iter().fold(Router::new(), |router, (old, new)| router.route(old, any(move |uri: Uri| async move { moved(old, new, &uri) })))
}

fn moved(old: &str, new: &str, uri: &Uri) -> Response {
    let mut to = new.to_owned();
    for (name, value) in old.split('/').zip(uri.path().split('/')).filter(|(name, _)| name.starts_with('{')) {
        to = to.replace(name, value);
    }
    if let Some(query) = uri.query() {
        to = format!("{to}?{query}");
    }
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::FORMS;

    #[test]
    fn a_form_of_the_release_before_asks_for_an_act_of_today() {
        for (old, new) in ACTS {
            let knows = |word: &str| FORMS.iter().any(|form| form.acts.iter().any(|(act, _)| *act == word));
            assert!(knows(new) && !knows(old), "{old} became {new}");
        }
        let sent = |fields: [(&str, &str); 3]| Fields(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let old = sent([("act", "send_back"), ("promise", "7"), ("reason", "freeze")]);
        assert_eq!(renamed(old).0, sent([("act", "return"), ("commitment", "7"), ("reason", "freeze")]).0);
    }
}
