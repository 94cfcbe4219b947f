//! Rows as they are read, and why some are not.

use super::*;

fn record(cells: &[&str]) -> Record {
    let text = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
    let mut record = Record::default();
    crate::listening::import::reading::records::Records::new(text.as_bytes(), ',').next(&mut record).expect("memory reads");
    Record { line: 7, ..record }
}

fn reader(columns: &[ImportField]) -> RowReader {
    let headers = columns.iter().map(|field| format!("The {}", field.as_str())).collect();
    let columns = columns.iter().map(|field| Some(*field)).collect();
    RowReader::new(&ColumnMapping { columns, headers, ..ColumnMapping::default() }, crate::kernel::clock::now())
}

const MENTION: &[ImportField] = &[ImportField::At, ImportField::Handle, ImportField::Text, ImportField::Url];

#[test]
fn a_row_becomes_a_mention() {
    let row = record(&["2022-09-30 21:46:35+00:00", "@Zoe", "Great &amp; fast", "https://twitter.com/zoe/status/123?s=2"]);
    let mention = reader(MENTION).mention(&row).expect("a mention");
    assert_eq!((mention.network.as_str(), mention.handle.key.as_str(), mention.text.as_str()), ("x", "zoe", "Great & fast"));
    assert_eq!((mention.id.as_deref(), mention.line), (Some("123"), 7));
}

#[test]
fn what_cannot_be_read_says_why() {
    let reader = reader(MENTION);
    let why = |cells: &[&str]| reader.mention(&record(cells)).expect_err("no mention");
    let column = |cells: &[&str]| why(cells).column;
    assert_eq!(why(&["2022-09-30", "zoe", "#ERROR!", ""]).reason, RowReason::TextDestroyed { text: "#ERROR!".into() });
    assert_eq!(why(&["2022-09-30", "zoe", "", ""]).reason, RowReason::TextMissing);
    assert_eq!(why(&["soon", "zoe", "Hello", ""]).reason, RowReason::NotADate { text: "soon".into() });
    assert_eq!(why(&["2022-09-30", "zoe"]).reason, RowReason::CellsMissing { cells: 2, columns: 4 });
    assert_eq!(why(&["2022-09-30", "<script>", "Hello", ""]).reason, RowReason::NotAHandle { text: "<script>".into() });
    assert_eq!(why(&["2022-09-30", "zoe", "Hello", "", "more"]).reason, RowReason::TooManyCells { cells: 5, columns: 4 });
    assert_eq!(column(&["soon", "zoe", "Hello", ""]).as_deref(), Some("The at"));
    assert_eq!(column(&["2022-09-30", "zoe"]), None);
    let licence = "Due to licensing restrictions, this mention cannot be downloaded";
    assert_eq!(why(&["", "zoe", licence, ""]).outcome, RowOutcome::Excluded);
}

#[test]
fn who_is_not_known_is_nobody_else() {
    let reader = reader(MENTION);
    let author = |cells: &[&str]| reader.mention(&record(cells)).expect("a mention").handle;
    let (one, other) = (author(&["2022-09-30", "[deleted]", "Hello", ""]), author(&["2022-09-30", "-", "Hello again", ""]));
    assert!(one.key.starts_with(author::UNKNOWN_KEY) && one.key != other.key && one.shown == other.shown);
    assert_eq!(author(&["2022-09-30", "", "Hello", ""]), one, "the same mention");
    assert_eq!(author(&["2022-09-30", "nordwind#0001", "Hello", ""]).shown, "nordwind#0001");
    assert_eq!(author(&["2022-09-30", "{'username': 'ida_b', 'id': 7}", "Hello", ""]).key, "ida_b");
    assert_eq!(author(&["2022-09-30", "H\u{c3}\u{a5}kan Lind", "Hello", ""]).shown, "Håkan Lind");
}

#[test]
fn an_unclear_consent_is_no_consent() {
    let reader =
        reader(&[ImportField::Ref, ImportField::FullName, ImportField::EmailAddress, ImportField::Products, ImportField::Consents]);
    let person = reader.person(&record(&["C1", "Ada Okafor", "Ada@Example.com", "XPS 13", "perhaps"])).expect("a customer");
    assert!(person.owns_products && !person.consents_to_contact);
    assert_eq!(person.email.as_deref(), Some("ada@example.com"));
    assert!(reader.person(&record(&["C1", "Ada", "nobody", "", ""])).is_err());
    assert!(reader.person(&record(&["", "Ada", "", "", ""])).is_err());
}

#[test]
fn ids_that_a_spreadsheet_damaged_are_none() {
    let reader = reader(&[ImportField::At, ImportField::Handle, ImportField::Text, ImportField::Id, ImportField::Url]);
    let mention = |id: &str, url: &str| reader.mention(&record(&["2022-09-30", "zoe", "Hello", id, url])).expect("a mention");
    assert_eq!((mention("5.70306E+17", "").id, mention("5.70306E+17", "").damaged_id), (None, true));
    assert_eq!(mention("5.70306E+17", "https://x.com/zoe/status/570306133677760513").id.as_deref(), Some("570306133677760513"));
    assert_eq!(mention("\"1561430846413873152\"", "").id.as_deref(), Some("1561430846413873152"));
}

#[test]
fn counts_are_added_up_where_no_sum_is_stated() {
    let reader = reader(&[
        ImportField::At,
        ImportField::Handle,
        ImportField::Text,
        ImportField::Likes,
        ImportField::Shares,
        ImportField::Engagement,
        ImportField::Reach,
    ]);
    let counts = |cells: [&str; 4]| {
        let mention = reader.mention(&record(&[&["2022-09-30", "zoe", "Hello"], cells.as_slice()].concat())).expect("a mention");
        (mention.engagement, mention.reach)
    };
    assert_eq!(counts(["3", "4", "", "1,200"]), (Some(7), Some(1_200)));
    assert_eq!(counts(["3", "4", "90", ""]), (Some(90), None));
    assert_eq!(counts(["", "", "", "many"]), (None, None));
}

#[test]
fn a_time_of_day_may_stand_apart() {
    let reader = reader(&[ImportField::At, ImportField::Clock, ImportField::Handle, ImportField::Text]);
    for day in ["21-Aug-22", "2022-08-21 00:00:00", "21/08/2022"] {
        let mention = reader.mention(&record(&[day, "07:11 PM", "zoe", "Hello"])).expect("a mention");
        assert_eq!(mention.at.format("%Y-%m-%d %H:%M").to_string(), "2022-08-21 19:11", "{day}");
    }
}
