//! What vendors call their columns, per version of their exports, as found in files and in code that parses them.
//!
//! A preset is found by its header: of each of the first rows it is counted how many of a vendor's telling names it has. It
//! leads over guessing; columns that it does not name are guessed as in any other file.

use std::collections::HashSet;

use super::Field;
use super::names::plain;

text_enum! {
    /// A vendor's way of laying out an export.
    pub enum Preset {
        Brandwatch = "brandwatch", "Brandwatch";
        MeltwaterOlder = "meltwater_older", "Meltwater (older)";
        MeltwaterNewer = "meltwater_newer", "Meltwater (newer)";
        Sprinklr = "sprinklr", "Sprinklr";
        Talkwalker = "talkwalker", "Talkwalker";
        YouScan = "youscan", "YouScan";
    }
}

/// Telling names, of which most must be there; and which columns hold what, first choice first. Letters and digits only,
/// lower case.
struct Layout {
    marks: &'static [&'static str],
    fields: &'static [(Field, &'static [&'static str])],
}

impl Preset {
    const fn layout(self) -> Layout {
        match self {
            Self::Brandwatch => Layout {
                marks: &[
                    "queryid",
                    "queryname",
                    "date",
                    "url",
                    "fulltext",
                    "author",
                    "snippet",
                    "domain",
                    "pagetype",
                    "sentiment",
                    "threadid",
                ],
                fields: &[
                    (Field::At, &["date"]),
                    (Field::Text, &["fulltext", "snippet", "title"]),
                    (Field::Handle, &["author"]),
                    (Field::Name, &["fullname"]),
                    (Field::Url, &["url", "originalurl"]),
                    (Field::Network, &["pagetype", "contentsourcename", "domain"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["language"]),
                    (Field::Country, &["country"]),
                    (Field::Followers, &["xfollowers", "twitterfollowers", "followers", "instagramfollowers"]),
                    (Field::Reach, &["reachnew", "reach", "impressions"]),
                    (Field::Engagement, &[]),
                    (
                        Field::Likes,
                        &["xlikes", "twitterlikes", "facebooklikes", "instagramlikes", "linkedinlikes", "tiktoklikes", "blueskylikes"],
                    ),
                    (
                        Field::Comments,
                        &[
                            "xreplies",
                            "twitterreplycount",
                            "twitterreplies",
                            "facebookcomments",
                            "instagramcomments",
                            "linkedincomments",
                            "tiktokcomments",
                        ],
                    ),
                    (Field::Shares, &["xreposts", "twitterretweets", "facebookshares", "linkedinshares", "tiktokshares"]),
                ],
            },
            Self::MeltwaterOlder => Layout {
                marks: &[
                    "date",
                    "headline",
                    "url",
                    "openingtext",
                    "hitsentence",
                    "influencer",
                    "alternatedateformat",
                    "inputname",
                    "tweetid",
                ],
                fields: &[
                    (Field::At, &["date", "alternatedateformat"]),
                    (Field::Clock, &["time"]),
                    (Field::Text, &["hitsentence", "openingtext", "headline"]),
                    (Field::Handle, &["twitterscreenname", "influencer"]),
                    (Field::Id, &["tweetid"]),
                    (Field::Url, &["url"]),
                    (Field::Network, &["source"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["language"]),
                    (Field::Country, &["country"]),
                    (Field::Followers, &["twitterfollowers"]),
                    (Field::Reach, &["reach"]),
                    (Field::Engagement, &["engagement"]),
                ],
            },
            Self::MeltwaterNewer => Layout {
                marks: &[
                    "date",
                    "time",
                    "documentid",
                    "url",
                    "inputname",
                    "sourcetype",
                    "authorname",
                    "authorhandle",
                    "openingtext",
                    "hitsentence",
                ],
                fields: &[
                    (Field::At, &["date", "alternatedateformat"]),
                    (Field::Clock, &["time"]),
                    (Field::Text, &["hitsentence", "openingtext", "title"]),
                    (Field::Handle, &["authorhandle"]),
                    (Field::Name, &["authorname"]),
                    (Field::Id, &["documentid"]),
                    (Field::Url, &["url"]),
                    (Field::Network, &["sourcename", "sourcedomain", "sourcetype"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["language"]),
                    (Field::Country, &["country"]),
                    (Field::Followers, &["followers", "authorfollowers"]),
                    (Field::Reach, &["reach", "globalreach"]),
                    (Field::Engagement, &["engagement"]),
                    (Field::Likes, &["likes", "reactions"]),
                    (Field::Comments, &["comments", "replies"]),
                    (Field::Shares, &["shares", "reposts", "quotes"]),
                ],
            },
            Self::Sprinklr => Layout {
                marks: &["fromuser", "conversationstream", "createdtime", "sntypecolumn", "permalink", "sentiment", "senderfollowercount"],
                fields: &[
                    (Field::At, &["createdtime"]),
                    (Field::Text, &["conversationstream", "message"]),
                    (Field::Handle, &["fromuser", "senderscreenname"]),
                    (Field::Name, &["sendername"]),
                    (Field::Url, &["permalink"]),
                    (Field::Network, &["sntypecolumn", "snttypecolumn", "socialnetwork"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["language"]),
                    (Field::Country, &["country"]),
                    (Field::Followers, &["senderfollowercount", "senderfollowerscount", "followers"]),
                    (Field::Reach, &["reachsum", "reach", "potentialreachsum"]),
                    (Field::Engagement, &["engagementsum", "totalengagementsum", "earnedengagementssum"]),
                    (Field::Likes, &["likessum", "likes"]),
                    (Field::Comments, &["commentssum", "repliessum"]),
                    (Field::Shares, &["sharessum", "retweetssum"]),
                ],
            },
            Self::Talkwalker => Layout {
                marks: &[
                    "url",
                    "indexed",
                    "published",
                    "titlesnippet",
                    "contentsnippet",
                    "content",
                    "rooturl",
                    "domainurl",
                    "lang",
                    "sourcetype",
                ],
                fields: &[
                    (Field::At, &["published"]),
                    (Field::Text, &["content", "contentsnippet", "title", "titlesnippet"]),
                    (Field::Handle, &["extraauthorattributesshortname", "extraauthorattributesname"]),
                    (Field::Name, &[]),
                    (Field::Url, &["url"]),
                    (Field::Network, &["sourcetype"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["lang"]),
                    (Field::Country, &["extraauthorattributesworlddatacountry", "extrasourceattributesworlddatacountry"]),
                    (Field::Followers, &["articleextendedattributesnumfollowers", "extraauthorattributesfollowers"]),
                    (Field::Reach, &["reach"]),
                    (Field::Engagement, &["engagement"]),
                ],
            },
            Self::YouScan => Layout {
                marks: &["date", "time", "textsnippet", "author", "url", "source", "sentiment", "saveddate", "posttype", "authorid"],
                fields: &[
                    (Field::At, &["date"]),
                    (Field::Clock, &["time"]),
                    (Field::Text, &["text", "fulltext", "textsnippet", "title"]),
                    (Field::Handle, &["authornickname", "nickname", "author"]),
                    (Field::Url, &["url"]),
                    (Field::Network, &["source"]),
                    (Field::Sentiment, &["sentiment"]),
                    (Field::Language, &["language"]),
                    (Field::Country, &["country"]),
                    (Field::Followers, &["subscribers", "followers"]),
                    (Field::Reach, &["potentialreach", "reach", "views"]),
                    (Field::Engagement, &["engagement"]),
                    (Field::Likes, &["likes"]),
                    (Field::Comments, &["comments"]),
                    (Field::Shares, &["reposts", "shares"]),
                ],
            },
        }
    }

    /// The columns that hold a field, first choice first.
    #[must_use]
    pub fn names(self, field: Field) -> &'static [&'static str] {
        self.layout().fields.iter().find(|(of, _)| *of == field).map_or(&[], |(_, names)| names)
    }

    /// Writes into `columns` what the preset knows of these headers. Where it names a field, it alone says which columns hold it.
    pub fn assign(self, headers: &[String], columns: &mut [Option<Field>]) {
        let plain: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        for (field, names) in self.layout().fields {
            let places: Vec<usize> = names.iter().flat_map(|name| plain.iter().position(|header| header == name)).collect();
            if places.is_empty() && !names.is_empty() {
                continue;
            }
            columns.iter_mut().filter(|held| **held == Some(*field)).for_each(|held| *held = None);
            for place in places {
                columns[place] = Some(*field);
            }
        }
    }
}

impl Preset {
    /// Whose exports are laid out so.
    #[must_use]
    pub const fn vendor(self) -> &'static str {
        match self {
            Self::MeltwaterOlder | Self::MeltwaterNewer => "meltwater",
            other => other.as_str(),
        }
    }
}

/// What was recognised, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Found {
    pub preset: Preset,
    /// How many of its telling names are there, of how many.
    pub seen: usize,
    pub of: usize,
}

/// The vendor whose telling names stand in one of the first records, and in which. The best match wins; it must have
/// two thirds of the names.
#[must_use]
pub fn find(records: &[Vec<String>]) -> Option<(usize, Found)> {
    let mut best: Option<(usize, Found)> = None;
    for (at, record) in records.iter().take(super::rules::HEADER_WITHIN).enumerate() {
        let names: HashSet<String> = record.iter().map(|cell| plain(cell)).collect();
        for preset in Preset::ALL {
            let marks = preset.layout().marks;
            let found = Found { preset: *preset, seen: marks.iter().filter(|mark| names.contains(**mark)).count(), of: marks.len() };
            let better = best.as_ref().is_none_or(|(_, top)| found.seen * top.of > top.seen * found.of);
            if found.seen * 3 >= found.of * 2 && better {
                best = Some((at, found));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_vendor_is_known_by_its_header_wherever_that_stands() {
        let file = "Listening export\n\nFrom User|Conversation Stream|Created Time|snTypeColumn|Permalink|Sentiment|Country\n@zoe|The fan is loud|44794.5|TWITTER|https://x.com/1|NEGATIVE|Germany";
        let (at, found) = find(&rows(file)).expect("a vendor");
        assert_eq!((at, found.preset, found.seen, found.of), (2, Preset::Sprinklr, 6, 7));
        assert_eq!(find(&rows("Date|Author|Text\n1|2|3")), None);
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn a_preset_says_which_columns_are_asked_first() {
        let headers: Vec<String> =
            ["Date", "Title", "Opening Text", "Hit Sentence", "Author Handle", "Shares", "Quotes"].map(str::to_owned).into();
        use Field::{At, Handle, Shares, Text};
        let mut columns = vec![None, Some(Text), None, None, None, None, Some(Handle)];
        Preset::MeltwaterNewer.assign(&headers, &mut columns);
        assert_eq!(columns, [Some(At), Some(Text), Some(Text), Some(Text), Some(Handle), Some(Shares), Some(Shares)]);
    }

    #[test]
    fn no_two_fields_of_a_preset_want_the_same_column() {
        for preset in Preset::ALL {
            let mut seen = HashSet::new();
            for name in preset.layout().fields.iter().flat_map(|(_, names)| *names) {
                assert!(seen.insert(name), "{preset}: {name}");
                assert_eq!(plain(name), *name, "{preset}");
            }
        }
    }
}
