//! Unit tests of `form`.

use super::*;
use crate::ui::submission::Fields;

#[test]
fn what_a_mistake_is_folded_into_is_open_and_nothing_else() {
    let page = "<details class=\"card\"><summary>A</summary><form></form></details>\
        <details><summary>B</summary><details class=\"open\"><form><div class=\"error-summary\" role=\"alert\"></div></form></details></details>\
        <details><input aria-invalid=\"true\"/></details><details open><p class=\"field-error\"></p></details><details></details>";
    let open = unfolded(page);
    assert!(open.starts_with("<details class=\"card\"><summary>A"), "{open}");
    assert!(open.contains("<details open><summary>B</summary><details open class=\"open\"><form>"), "{open}");
    assert!(open.contains("<details open><input aria-invalid"), "{open}");
    assert!(open.contains("<details open><p class=\"field-error\"></p></details><details></details>"), "{open}");
}

#[test]
fn a_page_without_a_mistake_stays_as_it_is() {
    let page = "<details><summary>1 < 2</summary><form><input/></form></details>";
    assert_eq!(unfolded(page), page);
}

#[test]
fn what_was_written_is_given_back_without_ids_choices_and_secrets() {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = Fields(vec![
        field("act", "withdraw"),
        field("revision", "3"),
        field("kind", "commit"),
        field("reason", "It is the same as item 4."),
        field("topic", "Support"),
        field("new_password", "correct horse battery"),
    ]);
    assert_eq!(FailedSubmission::new(fields, Error::NotFound).typed(), ["It is the same as item 4.", "Support"]);
}
