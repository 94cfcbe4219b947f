//! Who may do what. The table below is the only place that decides it; ARCHITECTURE.md shows it, generated from here.
//! What is not in a row is denied.

use super::{Actor, Role};
use crate::error::{Error, Result};
use crate::link::Purpose;

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything in the program.
    All,
    /// Panel days on which the actor moderates a session.
    Day,
    /// Heard items owned by the actor's business unit, or by the actor; posts that were routed to it.
    Unit,
    /// What belongs to the actor alone.
    Own,
}

impl Scope {
    /// The word in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Day => "day",
            Self::Unit => "unit",
            Self::Own => "own",
        }
    }
}

/// One row of the table, with a scope (or none) for each kind of actor.
#[derive(Debug)]
pub struct Row {
    pub verb: Verb,
    pub words: &'static str,
    pub administrator: Option<Scope>,
    pub staff: Option<Scope>,
    pub moderator: Option<Scope>,
    pub responder: Option<Scope>,
    pub viewer: Option<Scope>,
    /// A panelist in their own portal.
    pub panelist: Option<Scope>,
    /// Somebody with an invitation.
    pub invitee: Option<Scope>,
    /// The owner of one heard item, without an account.
    pub owner: Option<Scope>,
    /// An employee who nominates, without an account.
    pub nominator: Option<Scope>,
}

macro_rules! scope {
    (all) => {
        Some(Scope::All)
    };
    (day) => {
        Some(Scope::Day)
    };
    (unit) => {
        Some(Scope::Unit)
    };
    (own) => {
        Some(Scope::Own)
    };
    (no) => {
        None
    };
}

macro_rules! permissions {
    ($($verb:ident $words:literal $admin:ident $staff:ident $moderator:ident $responder:ident $viewer:ident $panelist:ident $invitee:ident $owner:ident $nominator:ident;)+) => {
        /// Everything that can be asked of the house.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $(#[doc = $words] $verb,)+ }

        /// The table.
        pub const TABLE: &[Row] = &[$(Row {
            verb: Verb::$verb,
            words: $words,
            administrator: scope!($admin),
            staff: scope!($staff),
            moderator: scope!($moderator),
            responder: scope!($responder),
            viewer: scope!($viewer),
            panelist: scope!($panelist),
            invitee: scope!($invitee),
            owner: scope!($owner),
            nominator: scope!($nominator),
        },)+];
    };
}

permissions! {
//  verb               what it is                                            admin staff moder respo viewr panel invit owner nomin
    SeeHome            "see the start page and what waits"                    all   all   all   all   all   no    no    no   no;
    ManageAccounts     "add, change and close accounts"                       all   no    no    no    no    no    no    no   no;
    SeeSelf            "see and change one's own account and logins"          own   own   own   own   own   no    no    no   no;
    SeeProgram         "see programs, charters and panel days"                all   all   all   all   all   no    no    no   no;
    EditProgram        "change programs, charters and panel days"             all   all   no    no    no    no    no    no   no;
    SeeListening       "see mentions, voices and segments"                    all   all   no    no    all   no    no    no   no;
    SeeTriage          "see which posts wait for an answer"                   all   all   no    unit  all   no    no    no   no;
    PutUp              "put posts up for answering"                           all   all   no    no    no    no    no    no   no;
    Triage             "take, hand over, route, answer and close posts"       all   all   no    unit  no    no    no    no   no;
    SeeNominations     "see what employees nominated"                         all   all   no    no    no    no    no    no   no;
    DecideNominations  "accept and decline nominations, say who may nominate" all   all   no    no    no    no    no    no   no;
    Import             "import and undo listening exports and rosters"        all   all   no    no    no    no    no    no   no;
    Connect            "connect tools that push posts or are told of them"    all   all   no    no    no    no    no    no   no;
    Assess             "overrule a segment, set a voice aside"                all   all   no    no    no    no    no    no   no;
    LinkVoices         "say that two voices are one person"                   all   all   no    no    no    no    no    no   no;
    EditTopics         "add, change, retire and delete topics"                all   all   no    no    no    no    no    no   no;
    Teach              "correct how posts are read, train and switch models"  all   all   no    no    no    no    no    no   no;
    SeeCustomers       "see the customer roster"                              all   all   no    no    no    no    no    no   no;
    Shortlist          "put candidates on a shortlist and take them off"      all   all   no    no    no    no    no    no   no;
    SeeRecruiting      "see shortlists, invitations and panelists"            all   all   day   no    no    no    no    no   no;
    Invite             "draft, review and send invitations"                   all   all   no    no    no    no    no    no   no;
    CheckIn            "record who came"                                      all   all   day   no    no    no    no    no   no;
    SeeSchedule        "see the timetable"                                    all   all   all   all   all   no    no    no   no;
    EditSchedule       "change sessions"                                      all   all   no    no    no    no    no    no   no;
    SeeNotes           "read a session's notes"                               all   all   day   no    all   no    no    no   no;
    TakeNotes          "take notes and correct them"                          all   all   day   no    no    no    no    no   no;
    LockNotes          "lock and unlock a session's notes"                    all   all   day   no    no    no    no    no   no;
    SeeHeard           "see heard items and responses"                        all   all   day   unit  all   no    no    no   no;
    EditHeard          "open, word, merge and withdraw heard items"           all   all   day   no    no    no    no    no   no;
    Assign             "give a heard item its owner"                          all   all   no    no    no    no    no    no   no;
    Draft              "draft a response and hand it in"                      all   all   no    unit  no    no    no    own   no;
    Publish            "publish a response"                                   all   all   no    no    no    no    no    no   no;
    Deliver            "say that a promise was kept, with evidence"           all   all   no    unit  no    no    no    no   no;
    ConfirmDelivery    "confirm that a promise was kept"                      all   all   no    no    no    no    no    no   no;
    Reopen             "reopen a heard item"                                  all   all   no    no    no    own   no    no   no;
    SeeTrail           "walk from posts to reports and back"                  all   all   no    no    all   no    no    no   no;
    SeeReports         "see frozen reports"                                   all   all   day   no    all   no    no    no   no;
    Freeze             "freeze a report"                                      all   all   no    no    no    no    no    no   no;
    Send               "send a report to those who attended"                  all   all   no    no    no    no    no    no   no;
    SeeOutbox          "see mail that waits, went or failed"                  all   all   no    no    no    no    no    no   no;
    SeeActivity        "see who did what"                                     all   all   no    no    no    no    no    no   no;
    RunJobs            "see background jobs, retry and cancel them"           all   no    no    no    no    no    no    no   no;
    AnswerInvitation   "accept or decline an invitation"                      no    no    no    no    no    no    own   no   no;
    SeePortal          "see one's own agenda and reports"                     no    no    no    no    no    own   no    no   no;
    Answer             "answer a response"                                    no    no    no    no    no    own   no    no   no;
    SetQuotePermission "say how one may be quoted"                            no    no    no    no    no    own   no    no   no;
    Leave              "leave the panel (asks for a code by mail)"            no    no    no    no    no    own   no    no   no;
    DownloadOwnData    "download one's own data (asks for a code by mail)"    no    no    no    no    no    own   no    no   no;
    SeeOwnItem         "see the one heard item a link is for"                 no    no    no    no    no    no    no    own   no;
    Nominate           "nominate a post or a person, see one's own"           no    no    no    no    no    no    no    no   own;
}

/// The row of a verb.
#[must_use]
pub fn row(verb: Verb) -> &'static Row {
    TABLE.iter().find(|row| row.verb == verb).expect("the table is made from the same list as the enum")
}

impl Row {
    /// The scope for an account's role.
    #[must_use]
    pub const fn role(&self, role: Role) -> Option<Scope> {
        match role {
            Role::Administrator => self.administrator,
            Role::Staff => self.staff,
            Role::Moderator => self.moderator,
            Role::Responder => self.responder,
            Role::Viewer => self.viewer,
        }
    }

    /// The scope for a personal link's purpose.
    #[must_use]
    pub const fn purpose(&self, purpose: Purpose) -> Option<Scope> {
        match purpose {
            Purpose::Door => self.panelist,
            Purpose::Invite => self.invitee,
            Purpose::Response => self.owner,
            Purpose::Nominate => self.nominator,
            Purpose::SignIn | Purpose::Confirm | Purpose::Feed | Purpose::Unsubscribe => None,
        }
    }
}

impl Actor {
    /// How far this actor may do `verb`; for hiding what would be refused.
    #[must_use]
    pub fn scope(&self, verb: Verb) -> Option<Scope> {
        match self {
            Self::Account { role, .. } => row(verb).role(*role),
            Self::Link { purpose, .. } => row(verb).purpose(*purpose),
            Self::System(_) => Some(Scope::All),
            Self::Nobody => None,
        }
    }

    /// How far this actor may do `verb`.
    ///
    /// # Errors
    /// `SignIn` for nobody, `Forbidden` where the table has no scope.
    pub fn may(&self, verb: Verb) -> Result<Scope> {
        match self {
            Self::Nobody => Err(Error::SignIn),
            _ => self.scope(verb).ok_or(Error::Forbidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_do_nothing() {
        assert!(TABLE.iter().all(|row| Actor::Nobody.may(row.verb).is_err()));
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let viewer = Actor::Account { id: crate::ids::AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() };
        for verb in [Verb::EditHeard, Verb::Import, Verb::Publish, Verb::TakeNotes, Verb::Invite, Verb::Freeze, Verb::ManageAccounts] {
            assert!(matches!(viewer.may(verb), Err(Error::Forbidden)));
        }
    }
}
