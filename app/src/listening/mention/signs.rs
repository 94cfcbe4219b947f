//! What the words of a mention show of its author: links, advertising, calls to action, an experience of their own; and sensitive subjects.
//!
//! One pass over the text. An author's signs are counted (`author.signs`); by their shares its kind is judged (`author::scorecard`).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::listening::author::names::plain_names;
use crate::listening::author::rules::host;
use crate::program::Program;
use crate::program::rules::{own_domains, staff_hashtags};

/// The lists of words by which speech is told, of this version: where it is another than the one by which an author's signs were counted,
/// they are counted again.
const LISTS: &str = include_str!("signs/words.txt");

/// How the text is read: raise it where the same lists give other signs.
const READING: &str = "2";

/// Names of signs, in the order of their counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeechSign {
    /// Begins with somebody's handle.
    Reply,
    /// “I”, “my”: the author speaks for one person.
    FirstPerson,
    /// “Learn more”, “register”: it tells its reader what to do.
    Call,
    /// Two hashtags or more.
    Hashtags,
    /// Words of buying, repair and complaint.
    Service,
    /// “We”, “our”: the author speaks for several.
    We,
    /// “You”, “your”.
    You,
    /// Passes on what somebody else wrote (“RT”).
    Repost,
    /// A hashtag by which the organisation's employees speak.
    Staff,
    /// A link to the organisation's own site.
    OwnLink,
}

/// How many there are.
pub const SPEECH_SIGNS: usize = 10;

/// How many mentions show each, in the order of `SpeechSign`.
pub type SpeechCounts = [i64; SPEECH_SIGNS];

/// The signs of one mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpeechSigns(u16);

impl SpeechSigns {
    fn set(&mut self, sign: SpeechSign, shown: bool) {
        self.0 |= u16::from(shown) << sign as u16;
    }

    /// Whether the mention shows this sign.
    #[must_use]
    pub const fn shows(self, sign: SpeechSign) -> bool {
        self.0 >> sign as u16 & 1 == 1
    }

    /// Adds the mention to the counts of its author, or takes it from them.
    pub fn count(self, counts: &mut SpeechCounts, by: i64) {
        for (place, count) in counts.iter_mut().enumerate() {
            *count += by * i64::from(self.0 >> place & 1);
        }
    }
}

/// What a look at the words of a mention shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextSigns {
    pub link: bool,
    pub promotional: bool,
    pub sensitive: bool,
    pub speech: SpeechSigns,
}

/// The words of `words.txt`.
struct Lexicon {
    promotional: HashSet<&'static str>,
    sensitive: HashSet<&'static str>,
    /// Single words, with the signs that each shows.
    words: HashMap<&'static str, SpeechSigns>,
    /// Calls of several words, by the first.
    calls: HashMap<&'static str, Vec<Vec<&'static str>>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { promotional: HashSet::new(), sensitive: HashSet::new(), words: HashMap::new(), calls: HashMap::new() };
    let mut section = "";
    for line in LISTS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        for entry in line.split(',').map(str::trim) {
            let sign = match section {
                "[promotional]" => {
                    lexicon.promotional.insert(entry);
                    continue;
                }
                "[sensitive]" => {
                    lexicon.sensitive.insert(entry);
                    continue;
                }
                "[first_person]" => SpeechSign::FirstPerson,
                "[we]" => SpeechSign::We,
                "[you]" => SpeechSign::You,
                "[service]" => SpeechSign::Service,
                _ => SpeechSign::Call,
            };
            let words: Vec<&'static str> = entry.split(' ').collect();
            match words[..] {
                [word] => lexicon.words.entry(word).or_default().set(sign, true),
                _ => lexicon.calls.entry(words[0]).or_default().push(words),
            }
        }
    }
    lexicon
});

/// Reads the signs of mentions of one program.
#[derive(Clone, Debug, Default)]
pub struct SignReader {
    /// Hashtags by which employees speak, without “#”, in lower case.
    staff: Vec<String>,
    /// Domains of the organisation's sites, in lower case.
    domains: Vec<String>,
}

/// What employees put before their employer's name in a hashtag: “#IWork4Acme”, “#LifeAtAcme”.
const STAFF_PREFIXES: &[&str] = &["iwork4", "iworkfor", "iworkat", "lifeat", "iam"];

impl SignReader {
    /// As the program names its organisation, its brands, its hashtags and its sites.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let charter = &program.charter;
        Self::new(&charter.organisation, &charter.brands, &charter.staff_hashtags, &charter.own_domains)
    }

    /// From the organisation's name and lists, separated by commas, spaces or lines (brands by commas or lines).
    #[must_use]
    pub fn new(organisation: &str, brands: &str, tags: &str, domains: &str) -> Self {
        let names = plain_names(organisation, brands);
        let formed = names.iter().flat_map(|name| STAFF_PREFIXES.iter().map(move |prefix| format!("{prefix}{name}")));
        Self { staff: formed.chain(staff_hashtags(tags)).collect(), domains: own_domains(domains) }
    }

    /// What the counts of signs depend on besides the texts, in sixteen hexadecimal digits.
    #[must_use]
    pub fn stamp(&self) -> String {
        let all = [READING, LISTS, &self.staff.join(" "), &self.domains.join(" ")].join("\n");
        crate::kernel::secret::fingerprint(&all)[..16].to_owned()
    }

    /// Looks at the words of a mention.
    #[must_use]
    pub fn read(&self, text: &str) -> TextSigns {
        let lexicon = &*LEXICON;
        let lower: String = text.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase).collect();
        let mut found = TextSigns { promotional: lower.contains("% off"), ..TextSigns::default() };
        for piece in lower.split(|c: char| !c.is_alphanumeric()).filter(|piece| (2..24).contains(&piece.len())) {
            found.promotional |= lexicon.promotional.contains(piece);
            found.sensitive |= lexicon.sensitive.contains(piece);
        }
        found.speech.set(SpeechSign::Reply, lower.trim_start().starts_with('@'));
        found.speech.set(SpeechSign::Repost, lower.trim_start().starts_with("rt "));
        let mut speech = Speech { words: Vec::with_capacity(32), tags: Vec::new() };
        let mut rest = lower.as_str();
        // Scripts without spaces put none before a link.
        while let Some(at) = ["http://", "https://"].into_iter().filter_map(|begin| rest.find(begin)).min() {
            speech.read(&rest[..at]);
            let (link, after) = rest[at..].split_at(rest[at..].find(char::is_whitespace).unwrap_or(rest.len() - at));
            found.link = true;
            found.speech.set(SpeechSign::OwnLink, self.is_own(link));
            rest = after;
        }
        speech.read(rest);
        found.speech.set(SpeechSign::Hashtags, speech.tags.len() >= 2);
        found.speech.set(SpeechSign::Staff, speech.tags.iter().any(|name| self.staff.iter().any(|tag| tag == name)));
        for (place, word) in speech.words.iter().enumerate() {
            found.speech.0 |= lexicon.words.get(word).copied().unwrap_or_default().0;
            if let Some(calls) = lexicon.calls.get(word) {
                found.speech.set(SpeechSign::Call, calls.iter().any(|call| speech.words[place..].starts_with(call)));
            }
        }
        found
    }

    /// Whether a link leads to one of the organisation's sites.
    fn is_own(&self, link: &str) -> bool {
        let Some(host) = host(link) else { return false };
        self.domains
            .iter()
            .any(|domain| host.strip_suffix(domain.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.')))
    }
}

/// What a text says between its links: words, and hashtags without their sign.
struct Speech<'a> {
    words: Vec<&'a str>,
    tags: Vec<&'a str>,
}

impl<'a> Speech<'a> {
    fn read(&mut self, mut rest: &'a str) {
        while let Some(first) = rest.chars().next() {
            if matches!(first, '@' | '#' | '＃') {
                let behind = &rest[first.len_utf8()..];
                let (name, after) = behind.split_at(behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len()));
                self.tags.extend((first != '@' && !name.is_empty()).then_some(name));
                rest = after;
            } else if first.is_alphanumeric() {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '\'' && c != '_').unwrap_or(rest.len());
                self.words.push(rest[..end].trim_end_matches('\''));
                rest = &rest[end..];
            } else {
                rest = &rest[first.len_utf8()..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> TextSigns {
        SignReader::new("Acme", "Road Runner", "#TeamAcme", "acme.com").read(text)
    }

    fn shown(text: &str) -> Vec<SpeechSign> {
        use SpeechSign::{Call, FirstPerson, Hashtags, OwnLink, Reply, Repost, Service, Staff, We, You};
        let signs = read(text).speech;
        [Reply, FirstPerson, Call, Hashtags, Service, We, You, Repost, Staff, OwnLink]
            .into_iter()
            .filter(|sign| signs.shows(*sign))
            .collect()
    }

    #[test]
    fn words_are_whole_words() {
        let plain = |text| (read(text).link, read(text).promotional, read(text).sensitive);
        assert_eq!(plain("Great DEAL: https://t.co/x"), (true, true, false));
        assert_eq!(plain("An ideal dealer, advert free"), (false, false, false));
        assert!(read("my laptop 40% off today").promotional);
        assert!(read("They support #Trump").sensitive);
        assert_eq!(plain("新しいhttps://t.co/x"), (true, false, false), "without a space before it");
        assert_eq!(plain("see:HTTP://t.co/x"), (true, false, false));
        assert_eq!(plain("https is safe, http:/ is none"), (false, false, false));
    }

    #[test]
    fn customers_and_businesses_speak_differently() {
        use SpeechSign::{Call, FirstPerson, Hashtags, OwnLink, Reply, Repost, Service, Staff, We, You};
        assert_eq!(shown("@Acme I’m waiting for my refund since May"), [Reply, FirstPerson, Service]);
        assert_eq!(shown("Learn more about our new anvils. Don’t miss it! #anvil #sale"), [Call, Hashtags, We]);
        assert_eq!(shown("How can you save time? https://shop.acme.com/x?y"), [Call, You, OwnLink]);
        assert_eq!(shown("RT somebody: a thing"), [Repost]);
        assert_eq!(shown("Proud day #IWork4Acme"), [Staff]);
        assert_eq!(shown("新しいHTTPS://www.acme.com:443/a we ship"), [We, OwnLink]);
        assert_eq!(shown("#lifeatroadrunner"), [Staff]);
        assert_eq!(shown("#teamacme"), [Staff]);
        assert_eq!(shown("https://notacme.com/i/my/we words in links say nothing"), []);
        assert_eq!(shown("Meine Bestellung ist kaputt"), [FirstPerson, Service]);
        assert_eq!(shown(""), []);
    }

    #[test]
    fn every_list_of_the_file_is_read() {
        for (word, sign) in [
            ("i", SpeechSign::FirstPerson),
            ("wir", SpeechSign::We),
            ("votre", SpeechSign::You),
            ("garanzia", SpeechSign::Service),
            ("webinar", SpeechSign::Call),
        ] {
            assert!(LEXICON.words[word].shows(sign), "{word}");
        }
        assert!(LEXICON.calls["learn"].contains(&vec!["learn", "more"]));
    }

    #[test]
    fn settings_change_the_stamp() {
        let one = SignReader::new("Acme", "", "", "");
        assert_eq!(one.stamp(), SignReader::new("Acme", "", "", "").stamp());
        assert_ne!(one.stamp(), SignReader::new("Acme", "", "#us", "").stamp());
        assert_ne!(one.stamp(), SignReader::new("Acme", "", "", "acme.com").stamp());
    }
}
