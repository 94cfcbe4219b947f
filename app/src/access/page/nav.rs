//! The navigation: four sections in the order of the loop, each with its pages. A page that opens from another one
//! (an author, a session) names its address in `also`, so that its section stays lit.

use crate::access::account::{Actor, Permission};

#[derive(Clone, Copy, Debug)]
pub struct NavEntry {
    pub label: &'static str,
    pub to: &'static str,
    /// Who sees it.
    pub permission: Permission,
    /// Addresses below other stems that belong to it; `{…}` stands for any one step.
    pub also: &'static [&'static str],
}

/// One step of the loop.
#[derive(Clone, Copy, Debug)]
pub struct NavSection {
    pub label: &'static str,
    pub entries: &'static [NavEntry],
}

/// The whole navigation. Each page of a context adds its own lines.
pub const SECTIONS: &[NavSection] = &[
    NavSection {
        label: "Listen",
        entries: &[
            NavEntry { label: "Overview", to: "/listen", permission: Permission::SeeListening, also: &[] },
            NavEntry {
                label: "Authors",
                to: "/authors",
                permission: Permission::SeeListening,
                also: &["/listen/segments", "/listen/segment-changes", "/listen/excluded", "/opt-outs"],
            },
            NavEntry { label: "Mentions", to: "/mentions", permission: Permission::SeeListening, also: &["/listen/repeated-mentions"] },
            NavEntry { label: "Topics", to: "/listen/topics", permission: Permission::SeeListening, also: &["/listen/long-tail"] },
            NavEntry { label: "Triage", to: "/listen/triage", permission: Permission::SeeTriage, also: &["/listen/nominations"] },
            NavEntry { label: "Sentiment", to: "/listen/sentiment", permission: Permission::SeeListening, also: &[] },
            NavEntry { label: "Customers", to: "/customers", permission: Permission::SeeCustomers, also: &[] },
            NavEntry { label: "Imports", to: "/imports", permission: Permission::Import, also: &["/inbound", "/webhooks"] },
        ],
    },
    NavSection {
        label: "Recruit",
        entries: &[
            NavEntry { label: "Panel days", to: "/days", permission: Permission::SeeProgram, also: &["/invitations"] },
            NavEntry { label: "Programs", to: "/programs", permission: Permission::SeeProgram, also: &[] },
        ],
    },
    NavSection {
        label: "Run",
        entries: &[NavEntry { label: "Sessions", to: "/sessions", permission: Permission::SeeSchedule, also: &[] }],
    },
    NavSection {
        label: "Follow up",
        entries: &[
            NavEntry { label: "Board", to: "/heard", permission: Permission::SeeHeard, also: &["/days/{day}/heard", "/evidence-trail"] },
            NavEntry { label: "Reports", to: "/reports", permission: Permission::SeeReports, also: &["/days/{day}/report"] },
            NavEntry { label: "Outbox", to: "/outbox", permission: Permission::SeeOutbox, also: &[] },
            NavEntry { label: "Jobs", to: "/jobs", permission: Permission::RunJobs, also: &[] },
        ],
    },
];

/// The entries of a section that `actor` may open.
pub fn visible(section: &NavSection, actor: &Actor) -> Vec<&'static NavEntry> {
    section.entries.iter().filter(|entry| actor.scope(entry.permission).is_some()).collect()
}

/// Which section and entry a path belongs to: the most exact match.
#[must_use]
pub fn current(path: &str) -> Option<(&'static str, &'static str)> {
    let mut best: Option<(usize, &str, &str)> = None;
    for section in SECTIONS {
        for entry in section.entries {
            for stem in entry.also.iter().chain([&entry.to]) {
                let steps = stem.split('/').count();
                if covers(stem, path) && best.is_none_or(|(most_steps, ..)| steps > most_steps) {
                    best = Some((steps, section.label, entry.to));
                }
            }
        }
    }
    best.map(|(_, section, to)| (section, to))
}

/// Whether this is a page of listening that shows one program: a list or a chart, and not one thing of it.
#[must_use]
pub fn is_of_listening(path: &str) -> bool {
    SECTIONS[0].entries.iter().any(|entry| entry.to == path || entry.also.contains(&path))
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
            assert!(crate::front::app::PAGES.iter().any(|(path, _)| *path == entry.to), "{} is in the navigation but no page", entry.to);
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
