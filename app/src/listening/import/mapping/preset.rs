//! What vendors call their columns, per version of their exports, as found in files and in code that parses them.
//!
//! A preset is found by its header: of each of the first rows it is counted how many of a vendor's telling names it has. It
//! leads over guessing; columns that it does not name are guessed as in any other file.

use std::collections::HashSet;

use crate::listening::import::field::ImportField;
use crate::listening::import::mapping::guess::HEADER_WITHIN;
use crate::listening::import::mapping::header_synonyms::plain;
use crate::listening::import::mapping::preset_layouts::{
    BRANDWATCH, Layout, MELTWATER_NEWER, MELTWATER_OLDER, SPRINKLR, TALKWALKER, YOUSCAN,
};

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

impl Preset {
    const fn layout(self) -> &'static Layout {
        match self {
            Self::Brandwatch => &BRANDWATCH,
            Self::MeltwaterOlder => &MELTWATER_OLDER,
            Self::MeltwaterNewer => &MELTWATER_NEWER,
            Self::Sprinklr => &SPRINKLR,
            Self::Talkwalker => &TALKWALKER,
            Self::YouScan => &YOUSCAN,
        }
    }

    /// The columns that hold a field, first choice first.
    #[must_use]
    pub fn names(self, field: ImportField) -> &'static [&'static str] {
        self.layout().fields.iter().find(|(of, _)| *of == field).map_or(&[], |(_, names)| names)
    }

    /// Writes into `columns` what the preset knows of these headers. Where it names a field, it alone says which columns hold it.
    pub fn assign(self, headers: &[String], columns: &mut [Option<ImportField>]) {
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
pub struct PresetMatch {
    pub preset: Preset,
    /// How many of its telling names are there, of how many.
    pub seen: usize,
    pub of: usize,
}

/// The vendor whose telling names stand in one of the first records, and in which. The best match wins; it must have
/// two thirds of the names.
#[must_use]
pub fn find(records: &[Vec<String>]) -> Option<(usize, PresetMatch)> {
    let mut best: Option<(usize, PresetMatch)> = None;
    for (at, record) in records.iter().take(HEADER_WITHIN).enumerate() {
        let names: HashSet<String> = record.iter().map(|cell| plain(cell)).collect();
        for preset in Preset::ALL {
            let marks = preset.layout().marks;
            let found = PresetMatch { preset: *preset, seen: marks.iter().filter(|mark| names.contains(**mark)).count(), of: marks.len() };
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
        use ImportField::{At, Handle, Shares, Text};
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
