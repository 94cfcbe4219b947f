//! Activity: who did what, when, to what. At once audit trail, live feed and source of notifications.
//!
//! The mechanism is the journal in `db`; this room gives it the house's words. An act calls `record` and forgets about
//! it: the line is written when the transaction commits, and not at all if it does not.

#[cfg(feature = "store")]
pub mod act;

text_enum! {
    /// What an activity is about: one word a room.
    pub enum Thing {
        Account = "account", "account";
        Program = "program", "program";
        PanelDay = "panel_day", "panel day";
        Topic = "topic", "topic";
        Author = "author", "voice";
        Claim = "claim", "link of two voices";
        Mention = "mention", "post";
        SentimentModel = "sentiment_model", "sentiment model";
        ImportRun = "import_run", "import";
        Feed = "feed", "feed";
        Webhook = "webhook", "webhook";
        Nomination = "nomination", "nomination";
        Nominator = "nominator", "nominator";
        Candidate = "candidate", "candidate";
        Invitation = "invitation", "invitation";
        Panelist = "panelist", "panelist";
        Session = "session", "session";
        Note = "note", "note";
        Heard = "heard", "heard item";
        Response = "response", "response";
        Report = "report", "report";
        Customer = "customer", "customer";
        Mail = "mail", "email";
        Job = "job", "job";
    }
}
