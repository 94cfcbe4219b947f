//! The columns of vendors' exports, per version: the names by which an export is recognised, and what each column holds.

use crate::listening::import::field::ImportField;

/// Telling names, of which most must be there; and which columns hold what, first choice first. Letters and digits only,
/// lower case.
pub(super) struct Layout {
    pub marks: &'static [&'static str],
    pub fields: &'static [(ImportField, &'static [&'static str])],
}

pub(super) const BRANDWATCH: Layout = Layout {
    marks: &["queryid", "queryname", "date", "url", "fulltext", "author", "snippet", "domain", "pagetype", "sentiment", "threadid"],
    fields: &[
        (ImportField::At, &["date"]),
        (ImportField::Text, &["fulltext", "snippet", "title"]),
        (ImportField::Handle, &["author"]),
        (ImportField::Name, &["fullname"]),
        (ImportField::Url, &["url", "originalurl"]),
        (ImportField::Network, &["pagetype", "contentsourcename", "domain"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["language"]),
        (ImportField::Country, &["country"]),
        (ImportField::Followers, &["xfollowers", "twitterfollowers", "followers", "instagramfollowers"]),
        (ImportField::Reach, &["reachnew", "reach", "impressions"]),
        (ImportField::Engagement, &[]),
        (
            ImportField::Likes,
            &["xlikes", "twitterlikes", "facebooklikes", "instagramlikes", "linkedinlikes", "tiktoklikes", "blueskylikes"],
        ),
        (
            ImportField::Comments,
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
        (ImportField::Shares, &["xreposts", "twitterretweets", "facebookshares", "linkedinshares", "tiktokshares"]),
    ],
};

pub(super) const MELTWATER_OLDER: Layout = Layout {
    marks: &["date", "headline", "url", "openingtext", "hitsentence", "influencer", "alternatedateformat", "inputname", "tweetid"],
    fields: &[
        (ImportField::At, &["date", "alternatedateformat"]),
        (ImportField::Clock, &["time"]),
        (ImportField::Text, &["hitsentence", "openingtext", "headline"]),
        (ImportField::Handle, &["twitterscreenname", "influencer"]),
        (ImportField::Id, &["tweetid"]),
        (ImportField::Url, &["url"]),
        (ImportField::Network, &["source"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["language"]),
        (ImportField::Country, &["country"]),
        (ImportField::Followers, &["twitterfollowers"]),
        (ImportField::Reach, &["reach"]),
        (ImportField::Engagement, &["engagement"]),
    ],
};

pub(super) const MELTWATER_NEWER: Layout = Layout {
    marks: &["date", "time", "documentid", "url", "inputname", "sourcetype", "authorname", "authorhandle", "openingtext", "hitsentence"],
    fields: &[
        (ImportField::At, &["date", "alternatedateformat"]),
        (ImportField::Clock, &["time"]),
        (ImportField::Text, &["hitsentence", "openingtext", "title"]),
        (ImportField::Handle, &["authorhandle"]),
        (ImportField::Name, &["authorname"]),
        (ImportField::Id, &["documentid"]),
        (ImportField::Url, &["url"]),
        (ImportField::Network, &["sourcename", "sourcedomain", "sourcetype"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["language"]),
        (ImportField::Country, &["country"]),
        (ImportField::Followers, &["followers", "authorfollowers"]),
        (ImportField::Reach, &["reach", "globalreach"]),
        (ImportField::Engagement, &["engagement"]),
        (ImportField::Likes, &["likes", "reactions"]),
        (ImportField::Comments, &["comments", "replies"]),
        (ImportField::Shares, &["shares", "reposts", "quotes"]),
    ],
};

pub(super) const SPRINKLR: Layout = Layout {
    marks: &["fromuser", "conversationstream", "createdtime", "sntypecolumn", "permalink", "sentiment", "senderfollowercount"],
    fields: &[
        (ImportField::At, &["createdtime"]),
        (ImportField::Text, &["conversationstream", "message"]),
        (ImportField::Handle, &["fromuser", "senderscreenname"]),
        (ImportField::Name, &["sendername"]),
        (ImportField::Url, &["permalink"]),
        (ImportField::Network, &["sntypecolumn", "snttypecolumn", "socialnetwork"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["language"]),
        (ImportField::Country, &["country"]),
        (ImportField::Followers, &["senderfollowercount", "senderfollowerscount", "followers"]),
        (ImportField::Reach, &["reachsum", "reach", "potentialreachsum"]),
        (ImportField::Engagement, &["engagementsum", "totalengagementsum", "earnedengagementssum"]),
        (ImportField::Likes, &["likessum", "likes"]),
        (ImportField::Comments, &["commentssum", "repliessum"]),
        (ImportField::Shares, &["sharessum", "retweetssum"]),
    ],
};

pub(super) const TALKWALKER: Layout = Layout {
    marks: &["url", "indexed", "published", "titlesnippet", "contentsnippet", "content", "rooturl", "domainurl", "lang", "sourcetype"],
    fields: &[
        (ImportField::At, &["published"]),
        (ImportField::Text, &["content", "contentsnippet", "title", "titlesnippet"]),
        (ImportField::Handle, &["extraauthorattributesshortname", "extraauthorattributesname"]),
        (ImportField::Name, &[]),
        (ImportField::Url, &["url"]),
        (ImportField::Network, &["sourcetype"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["lang"]),
        (ImportField::Country, &["extraauthorattributesworlddatacountry", "extrasourceattributesworlddatacountry"]),
        (ImportField::Followers, &["articleextendedattributesnumfollowers", "extraauthorattributesfollowers"]),
        (ImportField::Reach, &["reach"]),
        (ImportField::Engagement, &["engagement"]),
    ],
};

pub(super) const YOUSCAN: Layout = Layout {
    marks: &["date", "time", "textsnippet", "author", "url", "source", "sentiment", "saveddate", "posttype", "authorid"],
    fields: &[
        (ImportField::At, &["date"]),
        (ImportField::Clock, &["time"]),
        (ImportField::Text, &["text", "fulltext", "textsnippet", "title"]),
        (ImportField::Handle, &["authornickname", "nickname", "author"]),
        (ImportField::Url, &["url"]),
        (ImportField::Network, &["source"]),
        (ImportField::Sentiment, &["sentiment"]),
        (ImportField::Language, &["language"]),
        (ImportField::Country, &["country"]),
        (ImportField::Followers, &["subscribers", "followers"]),
        (ImportField::Reach, &["potentialreach", "reach", "views"]),
        (ImportField::Engagement, &["engagement"]),
        (ImportField::Likes, &["likes"]),
        (ImportField::Comments, &["comments"]),
        (ImportField::Shares, &["reposts", "shares"]),
    ],
};
