//! The audit log in the words of this program: who did what, when, to which resource. It is also the feed of open screens.
//!
//! The mechanism is `db::audit_log`. An act calls `record`; the entry is written when the transaction commits, and not at all if it does not.

#[cfg(feature = "store")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "store")]
pub mod verification;
#[cfg(feature = "store")]
pub mod words;

text_enum! {
    /// What a line is about. Stored words stay as they are, also `claim` and `feed`: the keyed chain covers them.
    pub enum ResourceType {
        Account = "account", "account";
        Program = "program", "program";
        PanelDay = "panel_day", "panel day";
        Topic = "topic", "topic";
        Author = "author", "author";
        IdentityLink = "claim", "identity link";
        Mention = "mention", "mention";
        SentimentModel = "sentiment_model", "sentiment model";
        ImportRun = "import_run", "import";
        InboundIntegration = "feed", "inbound integration";
        Webhook = "webhook", "webhook";
        Nomination = "nomination", "nomination";
        Nominator = "nominator", "nominator";
        Candidate = "candidate", "candidate";
        Invitation = "invitation", "invitation";
        Panelist = "panelist", "panelist";
        Session = "session", "session";
        Note = "note", "note";
        Heard = "heard", "heard item";
        Response = "response", "answer";
        Report = "report", "report";
        Customer = "customer", "customer";
        Email = "email", "email";
        Job = "job", "job";
        AuditLog = "audit_log", "audit log";
    }
}
