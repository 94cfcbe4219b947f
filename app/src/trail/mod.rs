//! The trail: posts ← author ← panelist ← notes ← heard item → response versions → reports → answers, walked both ways.
//!
//! It can be entered anywhere: from a post, a voice, a panelist, a note, an item or a report. It reads through the stores
//! of those rooms and owns nothing.

#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "store")]
pub mod walk;

text_enum! {
    /// Where a walk starts.
    pub enum Start {
        Heard = "heard", "heard item";
        Note = "note", "note";
        Panelist = "panelist", "panelist";
        Author = "author", "voice";
        Mention = "mention", "post";
        Report = "report", "report";
    }
}
