//! What a click on the moderator's screen does in the browser. On the server nothing is clicked: there these do nothing, so that one view serves both.

#[cfg(feature = "hydrate")]
pub(super) use super::browser::{claim, discard, focus_line, send};

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use super::super::NoteWording;
    use super::super::state::Live;
    use crate::kernel::ids::NoteId;

    pub fn focus_line() {}
    pub fn claim(_: Live) {}
    pub fn discard(_: Live, _: NoteId) {}
    pub fn send(_: Live, _: NoteWording) {}
}
#[cfg(not(feature = "hydrate"))]
pub(super) use nothing::{claim, discard, focus_line, send};
