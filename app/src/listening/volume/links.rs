//! Addresses of the page, and of the mentions behind its numbers.

use super::rules::Period;
use crate::listening::author::AuthorKind;

/// Addresses that ask for the same days.
#[derive(Clone, Copy, Debug)]
pub(super) struct VolumeLinks {
    pub period: Period,
    /// Whose mentions are counted; none: everybody's.
    pub kind: Option<AuthorKind>,
}

impl VolumeLinks {
    pub fn mentions(&self, more: &str) -> String {
        let kind = self.kind.map(|kind| format!("kind={}", kind.as_str()));
        let more: Vec<&str> = [more, kind.as_deref().unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
        self.to("/mentions", &more.join("&"))
    }

    pub fn listen(&self) -> String {
        self.to("/listen", &self.kind_asked().map(|kind| format!("kind={kind}")).unwrap_or_default())
    }

    /// The page with the newest days.
    pub fn newest(&self, days: i64) -> String {
        let kind = self.kind_asked().map(|kind| format!("&kind={kind}")).unwrap_or_default();
        format!("/listen?days={days}{kind}")
    }

    /// What the query says of the kind: nothing for customers.
    pub fn kind_asked(&self) -> Option<&'static str> {
        match self.kind {
            None => Some("all"),
            Some(AuthorKind::Customer) => None,
            Some(kind) => Some(kind.as_str()),
        }
    }

    fn to(&self, page: &str, more: &str) -> String {
        let more = if more.is_empty() { String::new() } else { format!("{more}&") };
        format!("{page}?{more}{}", self.period.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_kind_and_lists_name_it() {
        let day = "2022-09-01".parse().expect("a day");
        let links = |kind| VolumeLinks { period: Period { since: day, until: day, days: None }, kind };
        let customers = links(Some(AuthorKind::Customer));
        assert_eq!(customers.mentions("reading=negative"), "/mentions?reading=negative&kind=customer&since=2022-09-01&until=2022-09-01");
        assert_eq!(customers.listen(), "/listen?since=2022-09-01&until=2022-09-01", "customers are the default of this page");
        assert_eq!(links(None).mentions(""), "/mentions?since=2022-09-01&until=2022-09-01", "and all authors that of the list");
        assert_eq!(links(None).newest(7), "/listen?days=7&kind=all");
        assert_eq!(links(Some(AuthorKind::Bot)).listen(), "/listen?kind=bot&since=2022-09-01&until=2022-09-01");
    }
}
