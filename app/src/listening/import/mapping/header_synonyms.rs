//! Names of columns as exports write them, and how well a name fits a field.

use crate::listening::import::field::ImportField;

/// Names of columns as exports write them: letters and digits only, lower case, best first.
const NAMES: &[(ImportField, &str)] = &[
    (
        ImportField::Text,
        "fulltext tweettext posttext text hitsentence openingtext conversationstream content message body tweet comment mention \
         textsnippet caption review snippet title headline texto contenido mensaje beitrag texte rawcontent reviewtext \
         reviewbody selftext messagetext commenttext commentbody textdisplay textoriginal opinion verbatim ownwords mainreason \
         openended feedback renderedcontent kommentar nachricht inhalt bewertungstext rezension comentario comentário mensagem \
         conteúdo reseña opinión commentaire contenu avis testo commento messaggio contenuto recensione tekst bericht reactie \
         inhoud meddelande kommentti текст сообщение текстсообщения комментарий отзыв пост 本文 内容 linktext reviewcontent \
         answertext post tickettext description ticketdescription feedbacktext antwort réponse respuesta risposta flujodeconversación whatdoyoulikebest whatdoyoudislike pros cons \
         treść opinia yorum yorumum metin içerik komentář příspěvek 正文 评论内容 評論內容 评论 留言 コメント 口コミ レビュー 投稿内容 내용 본문 댓글 리뷰 글내용",
    ),
    (
        ImportField::Handle,
        "commentauthor postauthor tweetauthor reviewauthor messageauthor authoruser authorhandle twitterscreenname screenname userscreenname username handle fromuser shortname authorusername author \
         influencer user userhandle postedby autor usuario auteur benutzer authormetaname authormetausername authormetauniqueid \
         ownerusername accountusername authorscreenname uniqueid twitterhandle accountname gebruikersnaam användarnamn utente \
         nomeutente nomdutilisateur usuariodeorigen pseudo pseudonyme nutzer nutzername benutzername verfasser redattore autore auteurs \
         schrijver författare логин никнейм автор ник 用户名 \
         kullanıcıadı kullanıcı uživatel użytkownik användare 作者 昵称 用户昵称 暱稱 投稿者 ユーザー名 ニックネーム 作成者 작성자 닉네임 글쓴이 아이디",
    ),
    (
        ImportField::Name,
        "fullname authorname displayname attributesname sendername name fromname from authordisplayname \
         authorchanneldisplayname authornickname authormetanickname usernickname consumerdisplayname reviewername customername \
         respondentname groupname pagename channelname userdisplayname nombre имя авторимя recipientfirstname recipientlastname \
         firstname lastname requester requestername reviewer commenter respondent participant submitter customer authorfullname \
         verfassername nombredelautor nomdelauteur reporter submittedby raisedby creator \
         投稿者名 氏名 姓名",
    ),
    (
        ImportField::At,
        "dateunixtime createdutc timestampms createtimeiso datetime tweetcreated createdat createdtime publishedat published \
         timestamp date postedat posttime publicationdate created fechadecreación fechadecreacion fecha erstelltam \
         datedecréation datadecriação data datum day createtime takenattimestamp postcreated startdate recordeddate submitdate \
         reviewsubmitdateandtime reviewdate dateofreview submittedat datesubmitted datecreated publishdate updatetime \
         publishtime commentedat messagedate zeit veröffentlicht veröffentlichtam erstellt datumuhrzeit fechadepublicación \
         fechadepublicacion publicado publicadoem dataora dataepubblicazione datapubblicazione datedepublication \
         datepublication publiéle datumtijd geplaatstop publicerad дата датапубликации датаивремя время 日時 日期 发布时间 enddate \
         createdon createdate postdate commentdate messagetime sentat receivedat dateposted postedon reviewedon time ts \
         submissiondate startedat openedat loggedat datepublished publishedatdate submittime erstelldatum eingangsdatum \
         datadodania datapublikacji datumvložení tarih 時間 时间 发布日期 评论时间 投稿日時 投稿日 日付 作成日時 작성일 작성일시 등록일 날짜 일시 게시일",
    ),
    (ImportField::Clock, "time hour uhrzeit hora uhr heure ora tijd tid время posttime"),
    (
        ImportField::Id,
        "idсообщения tweetid postid messageid statusid mentionid documentid externalid guid id reviewid commentid videoid \
         tweetidstr idstr answerid responseid \
         投稿id 评论id 댓글id",
    ),
    (
        ImportField::Url,
        "permalink tweeturl posturl url link uri reviewlink webvideourl videourl commenturl commentpermalink permalinkurl \
         postlink weblink adresse enlace lien collegamento ссылка urlсообщения 链接 \
         リンク 링크 网址 網址",
    ),
    (
        ImportField::Sentiment,
        "sentiment airlinesentiment sentimentlabel polarity tonality sentimiento sentimento starrating stars rating score010 \
         npsscore recommendscore mood tonalität stimmung bewertung tonalité sentimientos тональность настроение calificación \
         note valoración puntuación valutazione beoordeling betyg \
         ocena hodnocení puan yıldız 評価 評分 评分 星级 평점 별점 情感 感情 감성",
    ),
    (ImportField::Language, "language lang sprache idioma langue reviewerlanguage userlanguage textlanguage язык lingua taal språk língua"),
    (ImportField::Country, "country countryname worlddatacountry countrycode land país pais pays страна paese"),
    (
        ImportField::Followers,
        "xfollowers twitterfollowers followers followerscount followercount userfollowerscount authorfollowerscount \
         authorfollowers authorpublicmetricsfollowerscount authormetafans fans followerszahl abonnenten seguidores abonnés \
         подписчики аудитория",
    ),
    (
        ImportField::Network,
        "network platform sourcetype pagetype sntypecolumn source sourcename channel plattform netzwerk quelle kanal plataforma \
         red fuente fonte rede réseau réseausocial piattaforma rete источник соцсеть площадка сеть redsocial reseausocial redesocial sitename site \
         媒体 媒体名 サイト名 平台 매체 출처 채널 źródło kaynak",
    ),
    (ImportField::Reach, "reach reachnew reachsum potentialreach estimatedreach globalreach impressions alcance"),
    (
        ImportField::Engagement,
        "engagement engagements totalengagement totalengagements engagementsum interactions totalinteractions interaktionen \
         вовлеченность вовлечённость",
    ),
    (
        ImportField::Likes,
        "likes likecount likescount xlikes favorites favoritecount favouritescount reactions diggcount publicmetricslikecount \
         upvotes votesup score ups votes thumbsup thumbsupcount helpfulvotes gefälltmir megusta curtidas jaime mipiace vindikleuks \
         gillar лайки лайков 点赞 reactionscount reactioncount likers helpful helpfulcount upvotecount \
         いいね いいね数 点赞数 좋아요 polubienia beğeni",
    ),
    (
        ImportField::Comments,
        "comments replies commentcount commentscount replycount repliescount xreplies publicmetricsreplycount kommentare \
         comentarios commentaires комментарии комментариев \
         评论数 コメント数 댓글수",
    ),
    (
        ImportField::Shares,
        "shares reposts retweets sharecount sharescount retweetcount repostcount xreposts publicmetricsretweetcount \
         retweetscount репосты репостов geteilt \
         reblogscount reblogs boosts boostcount 转发数 공유수",
    ),
    (
        ImportField::Ref,
        "customerid customernumber customerno accountnumber crmid contactid externalref ref id kundennummer customerref euid \
         leid memberid subscriberid recordid",
    ),
    (ImportField::FullName, "customername contactname fullname customer name nombreyapellidos imię имя фио contact"),
    (
        ImportField::FirstName,
        "firstname vorname givenname forename prénom prenom nombre voornaam förnamn imię имя recipientfirstname fname first",
    ),
    (
        ImportField::LastName,
        "lastname nachname familyname surname nom apellidos apellido cognome sobrenome achternaam efternamn nazwisko фамилия lname last",
    ),
    (
        ImportField::EmailAddress,
        "email emailaddress emailaddr emailadresse correo correoelectrónico adresseemail courriel mail epost электроннаяпочта \
         recipientemail emailadres indirizzoemail email1 primaryemail workemail",
    ),
    (
        ImportField::Phone,
        "phone phonenumber mobile mobilephone mobilenumber telephone telefon telefonnummer handy tel téléphone telephonenumber teléfono \
         telefono móvil celular telefone cellulare telefoon телефон businessphone workphone",
    ),
    (
        ImportField::Company,
        "company companyname accountname organization organisation organizationname firma unternehmen empresa entreprise société azienda \
         bedrijf företag компания организация",
    ),
    (
        ImportField::Products,
        "products productsowned product productname devices purchases produkt produkte producto productos produit produits prodotto \
         prodotti produto produtos продукт товар",
    ),
    (ImportField::Owns, "ownsproducts ownsproduct owns owner activeowner"),
    (
        ImportField::PurchasedAt,
        "purchasedate dateofpurchase purchasedat purchasedon orderdate lastorderdate lastorder lastpurchase lastpurchasedate kaufdatum \
         bestelldatum fechadecompra datedachat datadacompra datadacquisto aankoopdatum inköpsdatum датапокупки",
    ),
    (
        ImportField::HomeCountry,
        "country countryname countryregion mailingcountry billingcountry countrycode cc land país pais pays paese страна",
    ),
    (ImportField::HomeLanguage, "language preferredlanguage contactlanguage locale sprache idioma langue lingua taal språk língua язык"),
    (
        ImportField::Consents,
        "consentstocontact contactconsent consenttocontact consenttobeinvited panelconsent researchconsent consenttoresearch consent \
         consents maycontact maybecontacted agreedtobecontacted einwilligung einwilligungzurkontaktaufnahme consentimiento consentement \
         consenso consentimento toestemming samtycke согласие",
    ),
    (
        ImportField::MarketingConsent,
        "marketingconsent marketingoptin emailmarketingconsent emailoptin optin acceptsmarketing acceptsemailmarketing emailconsent \
         smsconsent newsletterconsent newsletteroptin newsletter marketingemails marketingpermission erlaubniszummarketing \
         einwilligungnewsletter werbeeinwilligung einwilligungwerbung subscribed subscriptionstatus emailsubscriptionstatus gdprmarketing",
    ),
    (
        ImportField::ConsentSince,
        "optintime consentdate dateofconsent consentgivenat consentedat consentsince consenttimestamp optindate confirmtime optinat \
         subscribedat einwilligungvom einwilligungam",
    ),
    (
        ImportField::LastContact,
        "lastcontact lastcontacted lastcontactdate lastcontactat lastinteraction lastactivity lastactivitydate lasttouch letzterkontakt \
         últimocontacto derniercontact ultimocontatto últimocontato laatstecontact",
    ),
    (
        ImportField::SurveyAnswer,
        "surveyanswer npsscore survey answer nps csat csatscore satisfaction satisfactionscore likelihoodtorecommend involvement \
         surveyresponse howmuchdoyoucare zufriedenheit \
         umfrage umfrageantwort umfragewert befragung encuesta enquête sondage sondaggio pesquisa enquete undersökning ankieta",
    ),
    (ImportField::SurveyAt, "surveydate surveyat surveyedat answeredat surveytime npsdate"),
    (
        ImportField::SocialHandle,
        "twitterhandle twitterusername twitter xhandle socialhandle socialmediahandle handle instagramhandle instagram redditusername \
         mastodonhandle blueskyhandle linkedinurl linkedinprofile linkedin screenname username \
         umfragedatum befragtam",
    ),
    (ImportField::Tags, "tags tag labels label segmenttags schlagwörter etiquetas étiquettes метки"),
];

/// The names of a field, best first.
fn names(field: ImportField) -> impl Iterator<Item = &'static str> {
    NAMES.iter().find(|(of, _)| *of == field).map_or("", |(_, names)| names).split_whitespace()
}

/// Columns whose names are close to a field's and that hold something else.
pub(crate) const NO_FIELD_NAMES: &[&str] =
    &["score", "confidence", "gold", "reason", "indexed", "threadauthor", "queryid", "threadid", "timezone", "location"];

/// Parts of names that turn a consent round: who is unsubscribed did not agree.
const NO_CONSENT: &[&str] =
    &["unsub", "optout", "optedout", "donot", "bounce", "complain", "suppress", "abgemeldet", "désinscri", "withdraw"];
/// Parts of names that say that a consent is to advertising.
const MARKETING: &[&str] = &["market", "newsletter", "werb", "promo", "advert", "email", "sms", "mailing", "optin", "subscri"];

/// Words of a name that say that the column is about something else than the mention: about its author, its page, an answer to it.
const ABOUT_OTHERS: &str = "user author account profile owner page group developer reply agent music parent \
    retweeted quoted edited updated update retrieved signature description bio sponsor sender recipient \
    fetched crawled scraped last answered birth thread reviewer response joined";
/// Words of a name that say that a name of somebody is not its author's.
const NAMES_OTHERS: &str = "music page parent reply retweet retweeted quoted quote developer agent editor original \
    mentioned recipient sponsor app package product file campaign thread album actor forwarded \
    city country place company brand video hashtags";
/// Survey wordings that ask for words, whatever else they name.
const OPEN_QUESTIONS: &[&str] = &["ownwords", "mainreason", "verbatim", "openended"];

/// The words of a header, in lower case: `authorMeta/name`, `user_created_at` and `Post Created` have two or three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        if (!c.is_alphanumeric() || begins) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether the words around a known name say that the column is about something else.
fn is_about_others(field: ImportField, name: &str) -> bool {
    let others = match field {
        ImportField::Handle | ImportField::Name => NAMES_OTHERS,
        ImportField::Text
        | ImportField::At
        | ImportField::Clock
        | ImportField::Id
        | ImportField::Url
        | ImportField::Sentiment
        | ImportField::Engagement
        | ImportField::Likes
        | ImportField::Comments
        | ImportField::Shares => ABOUT_OTHERS,
        _ => return false,
    };
    words(name).iter().any(|word| others.split_whitespace().any(|other| other == word))
}

/// Which part of a name a column holds, where first and last name have a column each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamePart {
    First,
    Last,
}

/// Whether a column holds what a reviewer praises (true), or what they criticise (false), where reviews ask for both.
pub(crate) fn is_praise(header: &str) -> Option<bool> {
    match plain(header).as_str() {
        "pros" | "whatdoyoulikebest" | "whatdidyoulike" | "vorteile" | "ventajas" | "avantages" | "vantagens" | "pro" => Some(true),
        "cons" | "whatdoyoudislike" | "whatdidyoudislike" | "nachteile" | "desventajas" | "inconvénients" | "desvantagens" | "contra" => {
            Some(false)
        }
        _ => None,
    }
}

/// The part of a name that a column holds, if it is a part.
pub(crate) fn name_part(header: &str) -> Option<NamePart> {
    const FIRST: &[&str] =
        &["firstname", "vorname", "givenname", "forename", "prénom", "prenom", "nombre", "voornaam", "förnamn", "имя", "first"];
    const LAST: &[&str] = &[
        "lastname",
        "nachname",
        "surname",
        "familyname",
        "apellidos",
        "apellido",
        "cognome",
        "sobrenome",
        "achternaam",
        "efternamn",
        "фамилия",
        "nom",
        "last",
    ];
    let name = plain(header);
    let is = |known: &[&str]| known.iter().any(|part| name == *part || (part.len() > 6 && name.ends_with(part)));
    if is(LAST) { Some(NamePart::Last) } else { is(FIRST).then_some(NamePart::First) }
}

/// A header cell as it is compared.
#[must_use]
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A nested name without what JSON of many tools puts around: `data.body` and `snippet.topLevelComment.snippet.publishedAt` are body and date.
pub(crate) fn bare(header: &str) -> &str {
    const AROUND: [&str; 12] = [
        "data",
        "node",
        "attributes",
        "fields",
        "item",
        "snippet",
        "toplevelcomment",
        "record",
        "_source",
        "payload",
        "properties",
        "legacy",
    ];
    match header.split_once('.') {
        Some((first, rest)) if !rest.is_empty() && AROUND.contains(&first.to_lowercase().as_str()) => bare(rest),
        _ => header,
    }
}

/// Whether a nested name is the shown name of an author: `user.name` beside `user.screen_name`.
fn is_name_within(header: &str) -> bool {
    const AUTHORS: [&str; 9] = ["user", "author", "account", "owner", "from", "member", "sender", "commenter", "consumer"];
    let mut parts = header.rsplit(['.', '/']);
    parts.next() == Some("name") && parts.next().is_some_and(|author| AUTHORS.contains(&author.to_lowercase().as_str()))
}

/// How well a name fits a field, from 0 to 100.
pub(crate) fn name_fits(field: ImportField, header: &str) -> f64 {
    let header = bare(header);
    match field {
        ImportField::Name if is_name_within(header) => return 98.0,
        ImportField::Handle if is_name_within(header) => return 45.0,
        _ => {}
    }
    let name = plain(header);
    let is_question = field == ImportField::Text && OPEN_QUESTIONS.iter().any(|question| name.contains(question));
    let is_exact = names(field).any(|known| known == name);
    if name.is_empty() || (!is_question && !is_exact && NO_FIELD_NAMES.iter().any(|never| name.contains(never))) {
        return 0.0;
    }
    if !is_exact && !is_question && is_about_others(field, header) {
        return 0.0;
    }
    let says = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match field {
        ImportField::Consents | ImportField::MarketingConsent if says(NO_CONSENT) => return 0.0,
        ImportField::Consents if !is_exact && says(MARKETING) => return 0.0,
        // “Send email newsletter to” is no address.
        ImportField::EmailAddress if !is_exact && says(NO_CONSENT) => return 0.0,
        _ => {}
    }
    let best = names(field).enumerate().filter_map(|(rank, known)| {
        let base = if name == known {
            100.0
        } else if field == ImportField::FullName && !(known.len() > 5 && known.ends_with("name") && name.ends_with(known)) {
            // “Contact owner” is no contact.
            return None;
        } else if (known.len() >= 5 || matches!(known, "text" | "date")) && name.ends_with(known) {
            70.0
        } else if known.len() >= 5 && name.contains(known) && field != ImportField::Network {
            45.0
        } else {
            return None;
        };
        // The first of the list are the plainest; what stands far down is no worse than the last of a short list.
        Some(base - f64::from(u8::try_from(rank.min(40)).unwrap_or(40)) / 5.0)
    });
    best.fold(0.0, f64::max)
}

/// Which of several columns for one thing is asked first: the place of its name among the field's, then as in the file.
#[must_use]
pub fn rank(field: ImportField, name: &str) -> usize {
    let name = plain(name);
    names(field).position(|known| name == known || (known.len() >= 5 && name.ends_with(known))).unwrap_or(usize::MAX)
}
