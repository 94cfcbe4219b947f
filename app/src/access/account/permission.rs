//! Who may do what. The table below is the only place that decides it; docs/permissions.md shows it, generated from here.
//! What is not in a row is denied.

use super::{Actor, Role};
use crate::access::link::Purpose;
use crate::kernel::error::{Error, Result};

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything in the program.
    All,
    /// Panel days on which the actor moderates a session.
    Day,
    /// Heard items owned by the actor's business unit, or by the actor; mentions that were routed to it.
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
pub struct PermissionRow {
    pub permission: Permission,
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
    ($($permission:ident $words:literal $admin:ident $staff:ident $moderator:ident $responder:ident $viewer:ident $panelist:ident $invitee:ident $owner:ident $nominator:ident;)+) => {
        /// Everything that can be asked of the program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $(#[doc = $words] $permission,)+ }

        pub const PERMISSIONS: &[PermissionRow] = &[$(PermissionRow {
            permission: Permission::$permission,
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
//  permission           what it is                                              admin staff moder respo viewr panel invit owner nomin
    SeeHome              "see the start page and to-dos"                         all   all   all   all   all   no    no    no    no;
    ManageAccounts       "add, change and close accounts"                        all   no    no    no    no    no    no    no    no;
    SeeSelf              "see and change one’s own account, sign devices out"    own   own   own   own   own   no    no    no    no;
    SeeProgram           "see programs, charters and panel days"                 all   all   all   all   all   no    no    no    no;
    EditProgram          "change programs, charters and panel days"              all   all   no    no    no    no    no    no    no;
    EditBranding         "change what guests see: logo, colour, sender, signature" all  no    no    no    no    no    no    no    no;
    SeeListening         "see mentions, authors and segments"                    all   all   no    no    all   no    no    no    no;
    SeeTriage            "see mentions that need an answer"                      all   all   no    unit  all   no    no    no    no;
    AddToQueue           "add mentions to the queue for answers"                 all   all   no    no    no    no    no    no    no;
    Triage               "take, hand over, route, answer and close cases"        all   all   no    unit  no    no    no    no    no;
    SeeNominations       "see what employees nominated"                          all   all   no    no    no    no    no    no    no;
    DecideNominations    "accept and decline nominations, set who may nominate"  all   all   no    no    no    no    no    no    no;
    Import               "import and undo listening exports and rosters"         all   all   no    no    no    no    no    no    no;
    ConnectTools         "set up inbound integrations and webhooks"              all   all   no    no    no    no    no    no    no;
    AssessAuthors        "overrule a segment, exclude an author"                 all   all   no    no    no    no    no    no    no;
    LinkAuthors          "confirm or reject identity links"                      all   all   no    no    no    no    no    no    no;
    EditTopics           "add, change, retire and delete topics"                 all   all   no    no    no    no    no    no    no;
    ManageSentimentModel "correct sentiment, train and activate models"          all   all   no    no    no    no    no    no    no;
    SeeCustomers         "see the customer roster"                               all   all   no    no    no    no    no    no    no;
    Shortlist            "add candidates to a shortlist and remove them"         all   all   no    no    no    no    no    no    no;
    SeeRecruiting        "see shortlists, invitations and panelists"             all   all   day   no    no    no    no    no    no;
    Invite               "draft, review and send invitations"                    all   all   no    no    no    no    no    no    no;
    CheckIn              "check panelists in, record no-shows"                   all   all   day   no    no    no    no    no    no;
    SeeSchedule          "see the timetable"                                     all   all   all   all   all   no    no    no    no;
    EditSchedule         "change sessions"                                       all   all   no    no    no    no    no    no    no;
    SeeNotes             "read a session’s notes"                                all   all   day   no    all   no    no    no    no;
    TakeNotes            "take notes and correct them"                           all   all   day   no    no    no    no    no    no;
    LockNotes            "lock and unlock a session’s notes"                     all   all   day   no    no    no    no    no    no;
    SeeHeard             "see heard items and answers"                           all   all   day   unit  all   no    no    no    no;
    EditHeard            "publish, edit, merge and withdraw heard items"         all   all   day   no    no    no    no    no    no;
    AssignItem           "assign an owner to a heard item"                       all   all   no    no    no    no    no    no    no;
    DraftResponse        "draft an answer and submit it for review"              all   all   no    unit  no    no    no    own   no;
    PublishResponse      "publish an answer"                                     all   all   no    no    no    no    no    no    no;
    RecordDelivery       "record that a commitment was delivered, with evidence" all   all   no    unit  no    no    no    no    no;
    ConfirmDelivery      "confirm that a commitment was delivered"               all   all   no    no    no    no    no    no    no;
    ReopenItem           "reopen a heard item"                                   all   all   no    no    no    own   no    no    no;
    SeeTrail             "see the evidence trail"                                all   all   no    no    all   no    no    no    no;
    SeeReports           "see final reports"                                     all   all   day   no    all   no    no    no    no;
    FinaliseReport       "finalise a report"                                     all   all   no    no    no    no    no    no    no;
    SendReport           "send a report to those who attended"                   all   all   no    no    no    no    no    no    no;
    SeeOutbox            "see email and its delivery status"                     all   all   no    no    no    no    no    no    no;
    SeeAuditLog          "see the audit log"                                     all   all   no    no    no    no    no    no    no;
    RunJobs              "see background jobs, retry and cancel them"            all   no    no    no    no    no    no    no    no;
    AnswerInvitation     "accept or decline an invitation"                       no    no    no    no    no    no    own   no    no;
    SeePortal            "see one’s own agenda and reports"                      no    no    no    no    no    own   no    no    no;
    AnswerResponse       "respond to an answer"                                  no    no    no    no    no    own   no    no    no;
    SetQuotePermission   "set one’s quote permission"                            no    no    no    no    no    own   no    no    no;
    LeavePanel           "leave the panel (asks for a code by email)"            no    no    no    no    no    own   no    no    no;
    DownloadOwnData      "download one’s own data (asks for a code by email)"    no    no    no    no    no    own   no    no    no;
    SeeOwnItem           "see the one heard item a link is for"                  no    no    no    no    no    no    no    own   no;
    Nominate             "nominate a mention or a person, see one’s own"         no    no    no    no    no    no    no    no    own;
}

#[must_use]
pub fn row(permission: Permission) -> &'static PermissionRow {
    PERMISSIONS.iter().find(|row| row.permission == permission).expect("the table is made from the same list as the enum")
}

impl PermissionRow {
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
            Purpose::Portal => self.panelist,
            Purpose::Invite => self.invitee,
            Purpose::Response => self.owner,
            Purpose::Nominate => self.nominator,
            Purpose::SignIn | Purpose::Confirm | Purpose::Feed | Purpose::Unsubscribe => None,
        }
    }
}

impl Actor {
    /// How far this actor may do `permission`; for hiding what would be refused.
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        match self {
            Self::Account { role, .. } => row(permission).role(*role),
            Self::Link { purpose, .. } => row(permission).purpose(*purpose),
            Self::System(_) => Some(Scope::All),
            Self::Nobody => None,
        }
    }

    /// How far this actor may do `permission`.
    ///
    /// # Errors
    /// `SignIn` for nobody, `Forbidden` where the table has no scope.
    pub fn may(&self, permission: Permission) -> Result<Scope> {
        match self {
            Self::Nobody => Err(Error::SignIn),
            _ => self.scope(permission).ok_or(Error::Forbidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::AccountId;

    #[test]
    fn nobody_may_do_nothing() {
        assert!(PERMISSIONS.iter().all(|row| Actor::Nobody.may(row.permission).is_err()));
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let viewer = Actor::Account { id: AccountId::new(), role: Role::Viewer, unit: None, name: "Vera".into() };
        for permission in [
            Permission::EditHeard,
            Permission::Import,
            Permission::PublishResponse,
            Permission::TakeNotes,
            Permission::Invite,
            Permission::FinaliseReport,
            Permission::ManageAccounts,
        ] {
            assert!(matches!(viewer.may(permission), Err(Error::Forbidden)));
        }
    }
}
