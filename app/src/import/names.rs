//! Names of columns as exports write them, and how well a name fits a field.

use super::Field;

/// Names of columns as exports write them: letters and digits only, lower case, best first.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Text,
        &[
            "fulltext",
            "tweettext",
            "posttext",
            "text",
            "hitsentence",
            "openingtext",
            "conversationstream",
            "content",
            "message",
            "body",
            "tweet",
            "comment",
            "mention",
            "textsnippet",
            "caption",
            "review",
            "snippet",
            "title",
            "headline",
            "texto",
            "contenido",
            "mensaje",
            "beitrag",
            "texte",
        ],
    ),
    (
        Field::Handle,
        &[
            "authorhandle",
            "twitterscreenname",
            "screenname",
            "userscreenname",
            "username",
            "handle",
            "fromuser",
            "shortname",
            "authorusername",
            "author",
            "influencer",
            "user",
            "userhandle",
            "postedby",
            "autor",
            "usuario",
            "auteur",
            "benutzer",
        ],
    ),
    (Field::Name, &["fullname", "authorname", "displayname", "attributesname", "sendername", "name"]),
    (
        Field::At,
        &[
            "datetime",
            "tweetcreated",
            "createdat",
            "createdtime",
            "publishedat",
            "published",
            "timestamp",
            "date",
            "postedat",
            "posttime",
            "publicationdate",
            "created",
            "fechadecreación",
            "fechadecreacion",
            "fecha",
            "erstelltam",
            "datedecréation",
            "datadecriação",
            "data",
            "datum",
            "day",
        ],
    ),
    (Field::Clock, &["time", "hour", "uhrzeit", "hora"]),
    (Field::Id, &["tweetid", "postid", "messageid", "statusid", "mentionid", "documentid", "externalid", "guid", "id"]),
    (Field::Url, &["permalink", "tweeturl", "posturl", "url", "link", "uri"]),
    (Field::Sentiment, &["sentiment", "airlinesentiment", "sentimentlabel", "polarity", "tonality", "sentimiento", "sentimento"]),
    (Field::Language, &["language", "lang", "sprache", "idioma", "langue"]),
    (Field::Country, &["country", "countryname", "worlddatacountry", "countrycode", "land", "país", "pais", "pays"]),
    (Field::Followers, &["xfollowers", "twitterfollowers", "followers", "followerscount", "followercount"]),
    (Field::Network, &["network", "platform", "sourcetype", "pagetype", "sntypecolumn", "source", "sourcename", "channel"]),
    (Field::Reach, &["reach", "reachnew", "reachsum", "potentialreach", "estimatedreach", "globalreach", "impressions", "alcance"]),
    (Field::Engagement, &["engagement", "engagements", "totalengagement", "totalengagements", "engagementsum", "interactions"]),
    (Field::Likes, &["likes", "likecount", "likescount", "xlikes", "favorites", "favoritecount", "favouritescount", "reactions"]),
    (Field::Comments, &["comments", "replies", "commentcount", "commentscount", "replycount", "repliescount", "xreplies"]),
    (Field::Shares, &["shares", "reposts", "retweets", "sharecount", "sharescount", "retweetcount", "repostcount", "xreposts"]),
    (Field::Ref, &["customerid", "customernumber", "customerno", "accountnumber", "crmid", "contactid", "externalref", "ref", "id"]),
    (Field::FullName, &["customername", "contactname", "fullname", "customer", "name"]),
    (Field::Email, &["email", "emailaddress", "mail", "emailaddr"]),
    (Field::Products, &["products", "productsowned", "product", "devices", "purchases"]),
    (Field::Owns, &["ownsproducts", "ownsproduct", "owns", "owner", "activeowner"]),
    (
        Field::Consents,
        &["consentstocontact", "contactconsent", "consent", "consents", "optin", "marketingconsent", "maycontact", "consenttocontact"],
    ),
    (Field::LastContact, &["lastcontact", "lastcontacted", "lastcontactdate", "lastcontactat", "lastinteraction"]),
    (Field::SurveyAnswer, &["surveyanswer", "survey", "answer", "involvement", "surveyresponse", "howmuchdoyoucare"]),
    (Field::SurveyAt, &["surveydate", "surveyat", "surveyedat", "answeredat", "surveytime"]),
];

/// Columns whose names are close to a field's and that hold something else.
pub(super) const NEVER: &[&str] =
    &["score", "confidence", "gold", "reason", "indexed", "threadauthor", "queryid", "threadid", "timezone", "location"];

/// A header cell as it is compared.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How well a name fits a field, from 0 to 100.
pub(super) fn name_fits(field: Field, name: &str) -> f64 {
    let name = plain(name);
    if name.is_empty() || NEVER.iter().any(|never| name.contains(never)) {
        return 0.0;
    }
    let names = NAMES.iter().find(|(of, _)| *of == field).map_or(&[][..], |(_, names)| names);
    let best = names.iter().enumerate().filter_map(|(rank, known)| {
        let base = if name == *known {
            100.0
        } else if (known.len() >= 5 || matches!(*known, "text" | "date")) && name.ends_with(known) {
            70.0
        } else if known.len() >= 5 && name.contains(known) {
            45.0
        } else {
            return None;
        };
        Some(base - f64::from(u8::try_from(rank).unwrap_or(u8::MAX)))
    });
    best.fold(0.0, f64::max)
}

/// Which of several columns for one thing is asked first: the place of its name among the field's, then as in the file.
#[must_use]
pub fn rank(field: Field, name: &str) -> usize {
    let name = plain(name);
    let names = NAMES.iter().find(|(of, _)| *of == field).map_or(&[][..], |(_, names)| names);
    names.iter().position(|known| name == *known || (known.len() >= 5 && name.ends_with(known))).unwrap_or(usize::MAX)
}
