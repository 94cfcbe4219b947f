//! The trail: mentions ← author ← panelist ← notes ← heard item → response versions → reports → answers, walked both ways.
//!
//! It can be entered anywhere: from a mention, an author, a panelist, a note, an item or a report. It reads through the stores
//! of those and owns nothing.

#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod collect;

text_enum! {
    /// What a trail is asked for.
    pub enum TrailStart {
        Heard = "heard", "heard item";
        Note = "note", "note";
        Panelist = "panelist", "panelist";
        Author = "author", "author";
        Mention = "mention", "mention";
        Report = "report", "report";
    }
}
