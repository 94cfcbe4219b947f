//! The network of a file whose rows name none: tools for one network lay their exports out in their own way.

use super::columns::ColumnMapping;
use super::header_synonyms::{bare, plain};
use crate::listening::author::rules::{UNKNOWN_NETWORK, known_network, network};
use crate::listening::import::field::ImportField;

/// (network, column names that only exports of it have together) each. Names as `plain` writes them.
const LAYOUTS: &[(&str, &[&str])] = &[
    ("x", &["tweetid"]),
    ("x", &["tweettext"]),
    ("x", &["tweet", "conversationid"]),
    ("x", &["userscreenname", "text"]),
    ("x", &["idstr", "userscreenname"]),
    ("x", &["rawcontent", "retweetcount"]),
    ("x", &["tweettype"]),
    ("x", &["publicmetricsretweetcount"]),
    ("x", &["retweetcount", "text"]),
    ("tiktok", &["authormetaname", "diggcount"]),
    ("tiktok", &["webvideourl"]),
    ("telegram", &["dateunixtime", "fromid"]),
    ("messenger", &["sendername", "timestampms"]),
    ("reddit", &["subreddit"]),
    ("discord", &["authorid", "author", "date", "content", "attachments", "reactions"]),
    ("googleplay", &["reviewtext", "starrating", "packagename"]),
    ("googleplay", &["reviewid", "thumbsupcount"]),
    ("appstore", &["appleid", "review"]),
    ("appstore", &["appappleid"]),
    ("facebook", &["pagecategory", "totalinteractions"]),
    ("facebook", &["groupname", "totalinteractions"]),
    ("instagram", &["followersatposting", "account"]),
    ("instagram", &["ownerusername", "caption"]),
    ("youtube", &["videoid", "commentid"]),
    ("youtube", &["authorchannelurl"]),
    ("youtube", &["authorchannelidvalue"]),
    ("trustpilot", &["consumerdisplayname"]),
    ("trustpilot", &["consumerusername"]),
    ("mastodon", &["accountacct"]),
    ("bluesky", &["authordid"]),
    ("whatsapp", &["whatsappid"]),
    ("discord", &["authorid", "authordiscriminator"]),
    ("steam", &["recommendationid"]),
    ("googlemaps", &["placeid", "reviewerurl"]),
    ("facebook", &["datacommentcomment", "timestamp"]),
    ("trustpilot", &["reviewconsumeruserid"]),
    ("jira", &["issuekey", "issueid"]),
    ("forum", &["topicid", "posttext"]),
    ("survey", &["networkid", "submitdateutc"]),
    ("survey", &["responseid", "recipientemail"]),
    ("survey", &["respondentid", "collectorid"]),
];

/// (network, list within an object of JSON that only its exports have) each.
const LISTS: &[(&str, &str)] =
    &[("threads", "text_post_app_text_posts"), ("facebook", "comments_v2"), ("instagram", "comments_media_comments")];

/// The network that a file's column names, or the list that they are of, speak of; none where they could be of several.
#[must_use]
pub fn of(headers: &[String], list: Option<&str>) -> Option<&'static str> {
    if let Some((network, _)) = LISTS.iter().find(|(_, known)| list == Some(*known)) {
        return Some(network);
    }
    // A name may carry a question behind it.
    let first = |header: &'_ String| header.split(": ").next().unwrap_or(header).to_owned();
    let names: Vec<String> = headers.iter().map(first).flat_map(|header| [plain(&header), plain(bare(&header))]).collect();
    LAYOUTS.iter().find(|(_, marks)| marks.iter().all(|mark| names.iter().any(|name| name == mark))).map(|(network, _)| *network)
}

/// Leaves out a column of networks of which no cell names one, where the layout does: a review site's “Source Name” is “Organic”.
pub(super) fn leave_out_other_sources(columns: &mut [Option<ImportField>], rows: &[Vec<String>]) {
    for (place, held) in columns.iter_mut().enumerate().filter(|(_, held)| **held == Some(ImportField::Network)) {
        let mut cells = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        if !cells.any(|cell| known_network(cell).is_some() || cell.contains('.')) {
            *held = None;
        }
    }
}

/// Whether most rows say themselves where they are from: by a word, or by a link to a site.
#[must_use]
pub(super) fn rows_tell(mapping: &ColumnMapping, rows: &[Vec<String>]) -> bool {
    let of = |row: &Vec<String>, field| -> Option<String> {
        mapping
            .places(field)
            .into_iter()
            .filter_map(|place| row.get(place))
            .map(|cell| cell.trim().to_owned())
            .find(|cell| !cell.is_empty())
    };
    let tells = |row: &&Vec<String>| {
        let (word, url) = (of(row, ImportField::Network).unwrap_or_default(), of(row, ImportField::Url));
        // Reddit's own exports write links within Reddit.
        let is_within = url.as_deref().is_some_and(|url| url.starts_with("/r/"));
        is_within || network(&word, url.as_deref()) != UNKNOWN_NETWORK
    };
    rows.is_empty() || rows.iter().filter(tells).count() * 2 >= rows.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_names_its_network() {
        let of = |headers: &str| of(&headers.split('|').map(str::to_owned).collect::<Vec<_>>(), None);
        assert_eq!(of("|Datetime|Tweet Id|Text|Username"), Some("x"));
        assert_eq!(of("author|body|created_utc|subreddit"), Some("reddit"));
        assert_eq!(of("ResponseId: Response ID|RecipientEmail|Q2: Why?"), Some("survey"));
        assert_eq!(of("Date|Author|Text"), None);
    }

    #[test]
    fn a_source_that_is_no_network_is_left_out() {
        let left = |cells: &[&str]| {
            let mut columns = vec![Some(ImportField::Network)];
            leave_out_other_sources(&mut columns, &cells.iter().map(|cell| vec![(*cell).to_owned()]).collect::<Vec<_>>());
            columns[0]
        };
        assert_eq!(left(&["Organic", "InvitationLinkApi"]), None);
        assert_eq!(left(&["Organic", "Twitter"]), Some(ImportField::Network));
        assert_eq!(left(&["forum.example.org"]), Some(ImportField::Network));
    }

    #[test]
    fn every_mark_is_written_as_it_is_compared() {
        for mark in LAYOUTS.iter().flat_map(|(_, marks)| *marks) {
            assert_eq!(plain(mark), *mark);
        }
    }
}
