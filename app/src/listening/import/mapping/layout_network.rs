//! The network of a file whose rows name none: tools for one network lay their exports out in their own way.

use super::header_synonyms::plain;

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
    ("mastodon", &["accountacct"]),
    ("bluesky", &["authordid"]),
    ("whatsapp", &["whatsappid"]),
    ("survey", &["responseid", "recipientemail"]),
    ("survey", &["respondentid", "collectorid"]),
];

/// The network that a file's column names speak of; none where they could be of several.
#[must_use]
pub fn of(headers: &[String]) -> Option<&'static str> {
    // A name may carry a question behind it.
    let names: Vec<String> = headers.iter().map(|header| plain(header.split(": ").next().unwrap_or(header))).collect();
    LAYOUTS.iter().find(|(_, marks)| marks.iter().all(|mark| names.iter().any(|name| name == mark))).map(|(network, _)| *network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_names_its_network() {
        let of = |headers: &str| of(&headers.split('|').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("|Datetime|Tweet Id|Text|Username"), Some("x"));
        assert_eq!(of("author|body|created_utc|subreddit"), Some("reddit"));
        assert_eq!(of("ResponseId: Response ID|RecipientEmail|Q2: Why?"), Some("survey"));
        assert_eq!(of("Date|Author|Text"), None);
    }

    #[test]
    fn every_mark_is_written_as_it_is_compared() {
        for mark in LAYOUTS.iter().flat_map(|(_, marks)| *marks) {
            assert_eq!(plain(mark), *mark);
        }
    }
}
