//! What an author's names tell: the organisation's own accounts, and shops.

use super::AuthorKind;
use super::evidence::{KindEvidence, NameField};
use super::rules::parse_handle;
use crate::program::{self, Program};

/// What follows an organisation's or a brand's name in the handles of its own accounts ("DellCares", "Dell_IN", "DellTechIndia").
/// A handle is own only if nothing but these words remains after the name: "DellSellsJunk" is a customer.
const OWN_WORDS: &str = "
africa anz apac apj apex asia au australia belux brasil br business ca canada
care careers cares clients cloud community corp customer de deutschland edu education emea es
enterprise espana europe eu france fr global gmbh gov group help hk home hq
in inc india ireland it italia italy japan jobs jp latam life me med
mena mexico mx news nl nordic nz official outlet partner partners pr press pro
sales service services sg shop small smallbiz smb store support team tech technologies uae
uk us usa world za
";

/// Words by which a shop calls itself, as the last word of a handle or of a name: "Laptop Deals", "dell_resale", "HP Store".
/// Words that people also use of themselves ("shopper", "dealer") are not among them.
const SHOP_WORDS: &str = "
bargains boutique coupon coupons deal deals dealz discounts mart megastore offers official onlineshop onlinestore
outlet refurb refurbished resale reseller resellers retail retailer sales shop shops store stores superstore
vouchers webshop wholesale
";

/// Words that may follow the retail word: where the shop sells.
const PLACES: &str = "
africa asia au australia br ca canada co com de es eu europe fr
global hq in inc india it jp llc ltd mx net nl nz online
sg uae uk us usa za
";

/// A name that ends like a shop's is taken for one from so many mentions on: below, too little is known of what it does.
pub const MIN_RETAILER_MENTIONS: i64 = 3;
/// And if at least this share of them carries a link: shops link to what they sell. A name that also holds the organisation's or
/// a brand's name needs neither.
pub const MIN_RETAILER_LINK_SHARE: f64 = 0.5;

/// The names by which a program knows the organisation, its brands and its own accounts.
#[derive(Clone, Debug, Default)]
pub struct KnownNames {
    listed: Vec<String>,
    staff: Vec<String>,
    /// The organisation's first, then its brands; letters and digits in lower case.
    brands: Vec<String>,
}

/// What a name alone says.
#[derive(Clone, Debug, PartialEq)]
enum NameVerdict {
    Own(KindEvidence),
    Staff,
    Shop { evidence: KindEvidence, brand: bool },
}

impl NameVerdict {
    /// The kind, or what speaks for a shop if its mentions do too.
    fn at_sight(self) -> Result<(AuthorKind, KindEvidence), KindEvidence> {
        match self {
            Self::Own(evidence) => Ok((AuthorKind::Own, evidence)),
            Self::Staff => Ok((AuthorKind::Employee, KindEvidence::ListedStaff)),
            Self::Shop { evidence, brand: true } => Ok((AuthorKind::Partner, evidence)),
            Self::Shop { evidence, brand: false } => Err(evidence),
        }
    }
}

impl KnownNames {
    /// As the program names them.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let charter = &program.charter;
        Self { staff: handles(&charter.staff_handles).collect(), ..Self::new(&charter.organisation, &charter.own_handles, &charter.brands) }
    }

    /// From the organisation's name, the list of its own handles (separated by spaces, commas or lines) and that of its brands
    /// (separated by commas or lines).
    #[must_use]
    pub fn new(organisation: &str, own_handles: &str, brands: &str) -> Self {
        Self { listed: handles(own_handles).collect(), staff: Vec::new(), brands: plain_names(organisation, brands) }
    }

    /// What an author's names say before anything is known of its mentions: where its mentions are excluded, and why.
    #[must_use]
    pub fn at_sight(&self, handle: &str, name: Option<&str>) -> Option<(AuthorKind, KindEvidence)> {
        self.by_name(handle, name)?.at_sight().ok()
    }

    /// What they say once so many mentions are known, so many of them with a link.
    #[must_use]
    pub fn kind_by_name(&self, handle: &str, name: Option<&str>, mentions: i64, links: i64) -> Option<(AuthorKind, Vec<KindEvidence>)> {
        match self.by_name(handle, name)?.at_sight() {
            Ok((kind, evidence)) => Some((kind, vec![evidence])),
            Err(shop) => (mentions >= MIN_RETAILER_MENTIONS && links as f64 >= mentions as f64 * MIN_RETAILER_LINK_SHARE)
                .then(|| (AuthorKind::Partner, vec![shop, KindEvidence::Links { mentions, links }])),
        }
    }

    fn by_name(&self, handle: &str, name: Option<&str>) -> Option<NameVerdict> {
        let key = handle.to_lowercase();
        if self.listed.contains(&key) {
            return Some(NameVerdict::Own(KindEvidence::ListedOwn));
        }
        if self.staff.contains(&key) {
            return Some(NameVerdict::Staff);
        }
        if let Some(evidence) = self.own(&plain(handle)) {
            return Some(NameVerdict::Own(evidence));
        }
        [(NameField::Handle, Some(handle)), (NameField::Name, name)].into_iter().find_map(|(field, text)| self.shop(field, text?))
    }

    /// The organisation's or a brand's name, and nothing but words of own accounts after it.
    fn own(&self, plain: &str) -> Option<KindEvidence> {
        self.brands.iter().enumerate().find_map(|(place, brand)| {
            let rest = plain.strip_prefix(brand.as_str()).filter(|rest| made_of_own_words(rest))?.to_owned();
            Some(if place == 0 { KindEvidence::OrganisationName { rest } } else { KindEvidence::BrandName { rest } })
        })
    }

    /// The last word, places left out, is a shop's.
    fn shop(&self, field: NameField, text: &str) -> Option<NameVerdict> {
        let words = words(text);
        let end = words.iter().rposition(|word| !contains(PLACES, word) && !word.chars().all(|c| c.is_ascii_digit()))?;
        let (rest, last) = (&words[..end], &words[end]);
        if rest.is_empty() || !contains(SHOP_WORDS, last) {
            return None;
        }
        let brand = self.brands.iter().any(|brand| holds(rest, brand));
        Some(NameVerdict::Shop { evidence: KindEvidence::ShopName { field, word: last.clone(), brand }, brand })
    }
}

/// The handles of a list, as they are compared.
fn handles(list: &str) -> impl Iterator<Item = String> + '_ {
    let parts = list.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    parts.filter_map(|handle| parse_handle(handle).ok()).map(|handle| handle.key)
}

/// Whether these words, or some that follow each other, are the brand.
fn holds(words: &[String], brand: &str) -> bool {
    (0..words.len()).any(|first| {
        let mut joined = String::new();
        words[first..].iter().any(|word| {
            joined.push_str(word);
            joined == brand
        })
    })
}

fn contains(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}

/// The organisation's name and its brands', as they are compared.
#[must_use]
pub fn plain_names(organisation: &str, brands: &str) -> Vec<String> {
    let brands = program::rules::brands(brands);
    std::iter::once(organisation).chain(brands.iter().map(String::as_str)).map(plain).filter(|name| !name.is_empty()).collect()
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a handle or a name: "BestLaptopDeals_UK" has four.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut before) = (Vec::new(), String::new(), ' ');
    for c in text.chars() {
        let begins = (c.is_uppercase() && before.is_lowercase()) || (c.is_ascii_digit() != before.is_ascii_digit());
        if (!c.is_alphanumeric() || begins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn made_of_own_words(rest: &str) -> bool {
    rest.is_empty() || OWN_WORDS.split_whitespace().any(|word| rest.strip_prefix(word).is_some_and(made_of_own_words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listening::author::evidence::in_words;

    fn kind(names: &KnownNames, handle: &str, name: Option<&str>) -> Option<AuthorKind> {
        names.at_sight(handle, name).map(|(kind, _)| kind)
    }

    #[test]
    fn own_accounts_are_distinguished_from_critics() {
        let names = KnownNames::new("Dell", "@AlienwareHelp, dellcap", "Alienware\nInspiron");
        for handle in
            ["dell", "DellCares", "dell_in", "DellTechIndia", "dellsmallbiz", "dellclients", "alienwarehelp", "dellcap", "AlienwareUK"]
        {
            assert_eq!(kind(&names, handle, None), Some(AuthorKind::Own), "{handle}");
        }
        for handle in ["dellsellsjunk", "delldontcare1", "delldhiren", "della_reese", "ihatedell", "windows", "alienware_fan"] {
            assert_eq!(kind(&names, handle, Some("A customer")), None, "{handle}");
        }
        assert_eq!(kind(&KnownNames::new("", "", ""), "anybody", None), None);
    }

    #[test]
    fn a_shop_with_the_brand_in_its_name_is_one_at_sight() {
        let names = KnownNames::new("Dell", "", "Alienware");
        for (handle, name) in [
            ("BestDellDeals", None),
            ("laptops_dell_shop_uk", None),
            ("ltstore77", Some("Used Dell Laptops Store")),
            ("cheap_alienware_outlet", None),
        ] {
            assert_eq!(kind(&names, handle, name), Some(AuthorKind::Partner), "{handle}");
        }
        assert_eq!(
            names.at_sight("BestDellDeals", None).map(|(_, evidence)| evidence.words()).as_deref(),
            Some("The handle ends with the retail word “deals” and contains the organisation's or a brand's name.")
        );
        for handle in ["DellDealsSuck", "dell_deal_gone_bad", "IDealDell", "modell_store"] {
            assert_eq!(kind(&names, handle, None), None, "{handle}");
        }
    }

    #[test]
    fn other_shops_show_it_by_what_they_mention() {
        let names = KnownNames::new("Dell", "", "");
        for (handle, name) in [("LaptopStore_UK", None), ("anna77", Some("Microless Online Shop")), ("hp_official", None)] {
            assert_eq!(names.at_sight(handle, name), None, "{handle}");
            assert_eq!(names.kind_by_name(handle, name, 2, 2), None, "{handle}");
            assert_eq!(names.kind_by_name(handle, name, 6, 2), None, "{handle}");
            assert_eq!(names.kind_by_name(handle, name, 6, 3).map(|(kind, _)| kind), Some(AuthorKind::Partner), "{handle}");
        }
        for (handle, name) in [
            ("workshop", None),
            ("bookstorecat", None),
            ("store", Some("Will Store-Smith")),
            ("ideal", None),
            ("shopaholic_zoe", Some("Zoe")),
        ] {
            assert_eq!(names.kind_by_name(handle, name, 6, 6), None, "{handle}");
        }
        assert_eq!(
            names.kind_by_name("LaptopStore_UK", None, 6, 5).map(|(_, evidence)| in_words(&evidence)).as_deref(),
            Some("The handle ends with the retail word “store”. 5 of 6 mentions have a link.")
        );
    }

    #[test]
    fn names_fall_into_words_where_their_writers_began_one() {
        assert_eq!(words("BestLaptopDeals_UK24"), ["best", "laptop", "deals", "uk", "24"]);
        assert_eq!(words("Used Dell Laptops – Store"), ["used", "dell", "laptops", "store"]);
        assert_eq!(words(""), Vec::<String>::new());
    }
}
