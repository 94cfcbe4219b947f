//! The navigation: four sections in the order of the loop, each with its pages. A page that opens from another one
//! (a voice, a session) names its address in `also`, so that its section stays lit.

use crate::account::{Actor, Verb};

/// One page in the navigation.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub label: &'static str,
    pub to: &'static str,
    /// Who sees it.
    pub verb: Verb,
    /// Addresses below other stems that belong to it; `{…}` stands for any one step.
    pub also: &'static [&'static str],
}

/// One step of the loop.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    pub label: &'static str,
    pub entries: &'static [Entry],
}

/// The whole navigation. Each room adds its own lines.
pub const SECTIONS: &[Section] = &[
    Section {
        label: "Listen",
        entries: &[
            Entry { label: "Overview", to: "/listen", verb: Verb::SeeListening, also: &[] },
            Entry {
                label: "Voices",
                to: "/voices",
                verb: Verb::SeeListening,
                also: &["/listen/segments", "/listen/movement", "/listen/aside", "/listen/objections"],
            },
            Entry { label: "Posts", to: "/mentions", verb: Verb::SeeListening, also: &["/listen/shouts"] },
            Entry { label: "Topics", to: "/listen/topics", verb: Verb::SeeListening, also: &["/listen/long-tail"] },
            Entry { label: "Triage", to: "/listen/triage", verb: Verb::SeeTriage, also: &["/listen/nominations"] },
            Entry { label: "Sentiment", to: "/listen/sentiment", verb: Verb::SeeListening, also: &[] },
            Entry { label: "Customers", to: "/customers", verb: Verb::SeeCustomers, also: &[] },
            Entry { label: "Imports", to: "/imports", verb: Verb::Import, also: &["/feeds", "/webhooks"] },
        ],
    },
    Section {
        label: "Recruit",
        entries: &[
            Entry { label: "Panel days", to: "/days", verb: Verb::SeeProgram, also: &["/invitations"] },
            Entry { label: "Programs", to: "/programs", verb: Verb::SeeProgram, also: &[] },
        ],
    },
    Section { label: "Run", entries: &[Entry { label: "Sessions", to: "/sessions", verb: Verb::SeeSchedule, also: &[] }] },
    Section {
        label: "Follow up",
        entries: &[
            Entry { label: "Board", to: "/heard", verb: Verb::SeeHeard, also: &["/days/{day}/heard", "/trail"] },
            Entry { label: "Reports", to: "/reports", verb: Verb::SeeReports, also: &["/days/{day}/report"] },
            Entry { label: "Outbox", to: "/outbox", verb: Verb::SeeOutbox, also: &[] },
            Entry { label: "Jobs", to: "/jobs", verb: Verb::RunJobs, also: &[] },
        ],
    },
];

/// The entries of a section that `actor` may open.
pub fn visible(section: &Section, actor: &Actor) -> Vec<&'static Entry> {
    section.entries.iter().filter(|entry| actor.scope(entry.verb).is_some()).collect()
}

/// Which section and entry a path belongs to: the most exact match.
#[must_use]
pub fn current(path: &str) -> Option<(&'static str, &'static str)> {
    let mut best: Option<(usize, &str, &str)> = None;
    for section in SECTIONS {
        for entry in section.entries {
            for stem in entry.also.iter().chain([&entry.to]) {
                let steps = stem.split('/').count();
                if covers(stem, path) && best.is_none_or(|(most, ..)| steps > most) {
                    best = Some((steps, section.label, entry.to));
                }
            }
        }
    }
    best.map(|(_, section, to)| (section, to))
}

/// Whether `path` is `stem` or lies below it.
fn covers(stem: &str, path: &str) -> bool {
    let mut path = path.trim_end_matches('/').split('/');
    stem.split('/').all(|step| path.next().is_some_and(|here| step == here || (step.starts_with('{') && !here.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_leads_to_a_page() {
        for entry in SECTIONS.iter().flat_map(|section| section.entries) {
            assert!(crate::app::PAGES.iter().any(|(path, _)| *path == entry.to), "{} is in the navigation but no page", entry.to);
            assert!(current(entry.to).is_some_and(|(_, to)| to == entry.to), "{} is covered by another entry", entry.to);
        }
    }

    #[test]
    fn a_stem_covers_what_lies_below_it() {
        assert!(covers("/heard", "/heard/0198/respond"));
        assert!(covers("/days/{day}/schedule", "/days/0198/schedule/new"));
        assert!(!covers("/heard", "/heardless"));
        assert!(!covers("/days/{day}/schedule", "/days/0198"));
    }
}
