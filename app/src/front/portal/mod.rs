//! The portal: what a panelist sees through their personal link. Their day, their reports, and their say over their data.
//!
//! It needs no password and no JavaScript. Owns no tables: it reads `panelist`, `session` and `report`, and acts through
//! them. What a stolen link must not be enough for (leaving, quote permission, downloading) asks for a code by email.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod invitation;
#[cfg(feature = "ssr")]
pub mod page;

text_enum! {
    /// What a code by email is for.
    pub enum StepUpAction {
        Permission = "permission", "change how you may be quoted";
        Download = "download", "download your data";
        Leave = "leave", "leave the panel";
    }
}
