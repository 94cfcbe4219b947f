//! Names of columns as exports write them, and how well a name fits a field.

use crate::listening::import::field::ImportField;

/// Names of columns as exports write them: letters and digits only, lower case, best first.
const NAMES: &[(ImportField, &[&str])] = &[
    (
        ImportField::Text,
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
        ImportField::Handle,
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
    (ImportField::Name, &["fullname", "authorname", "displayname", "attributesname", "sendername", "name"]),
    (
        ImportField::At,
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
    (ImportField::Clock, &["time", "hour", "uhrzeit", "hora"]),
    (ImportField::Id, &["tweetid", "postid", "messageid", "statusid", "mentionid", "documentid", "externalid", "guid", "id"]),
    (ImportField::Url, &["permalink", "tweeturl", "posturl", "url", "link", "uri"]),
    (ImportField::Sentiment, &["sentiment", "airlinesentiment", "sentimentlabel", "polarity", "tonality", "sentimiento", "sentimento"]),
    (ImportField::Language, &["language", "lang", "sprache", "idioma", "langue"]),
    (ImportField::Country, &["country", "countryname", "worlddatacountry", "countrycode", "land", "país", "pais", "pays"]),
    (ImportField::Followers, &["xfollowers", "twitterfollowers", "followers", "followerscount", "followercount"]),
    (ImportField::Network, &["network", "platform", "sourcetype", "pagetype", "sntypecolumn", "source", "sourcename", "channel"]),
    (ImportField::Reach, &["reach", "reachnew", "reachsum", "potentialreach", "estimatedreach", "globalreach", "impressions", "alcance"]),
    (ImportField::Engagement, &["engagement", "engagements", "totalengagement", "totalengagements", "engagementsum", "interactions"]),
    (ImportField::Likes, &["likes", "likecount", "likescount", "xlikes", "favorites", "favoritecount", "favouritescount", "reactions"]),
    (ImportField::Comments, &["comments", "replies", "commentcount", "commentscount", "replycount", "repliescount", "xreplies"]),
    (ImportField::Shares, &["shares", "reposts", "retweets", "sharecount", "sharescount", "retweetcount", "repostcount", "xreposts"]),
    (ImportField::Ref, &["customerid", "customernumber", "customerno", "accountnumber", "crmid", "contactid", "externalref", "ref", "id"]),
    (ImportField::FullName, &["customername", "contactname", "fullname", "customer", "name"]),
    (ImportField::EmailAddress, &["email", "emailaddress", "email", "emailaddr"]),
    (ImportField::Products, &["products", "productsowned", "product", "devices", "purchases"]),
    (ImportField::Owns, &["ownsproducts", "ownsproduct", "owns", "owner", "activeowner"]),
    (
        ImportField::Consents,
        &["consentstocontact", "contactconsent", "consent", "consents", "optin", "marketingconsent", "maycontact", "consenttocontact"],
    ),
    (ImportField::LastContact, &["lastcontact", "lastcontacted", "lastcontactdate", "lastcontactat", "lastinteraction"]),
    (ImportField::SurveyAnswer, &["surveyanswer", "survey", "answer", "involvement", "surveyresponse", "howmuchdoyoucare"]),
    (ImportField::SurveyAt, &["surveydate", "surveyat", "surveyedat", "answeredat", "surveytime"]),
];

/// Columns whose names are close to a field's and that hold something else.
pub(crate) const NO_FIELD_NAMES: &[&str] =
    &["score", "confidence", "gold", "reason", "indexed", "threadauthor", "queryid", "threadid", "timezone", "location"];

/// A header cell as it is compared.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How well a name fits a field, from 0 to 100.
pub(crate) fn name_fits(field: ImportField, name: &str) -> f64 {
    let name = plain(name);
    if name.is_empty() || NO_FIELD_NAMES.iter().any(|never| name.contains(never)) {
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
pub fn rank(field: ImportField, name: &str) -> usize {
    let name = plain(name);
    let names = NAMES.iter().find(|(of, _)| *of == field).map_or(&[][..], |(_, names)| names);
    names.iter().position(|known| name == *known || (known.len() >= 5 && name.ends_with(known))).unwrap_or(usize::MAX)
}
