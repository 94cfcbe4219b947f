//! What was heard on the two days that were held, what was answered, and what the panel said to that.

use crate::follow_up::report::AnswerKind;
use crate::follow_up::response::DeclineReason;

/// Who answers an item.
#[derive(Clone, Copy)]
pub(super) enum DemoOwner {
    /// Index into the responders.
    Account(usize),
    /// Niall Greaves of the recycling partner, who has no account.
    Partner,
    Nobody,
}

/// What is answered. Days count from the first day of the program.
pub(super) enum DemoReply {
    Commit { text: &'static str, due: i64, kept: Option<&'static str> },
    Exists { text: &'static str, link: &'static str },
    Declined { text: &'static str, reason: DeclineReason },
    Question { text: &'static str },
}

/// How far a reply has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DemoReplyStage {
    Drafted,
    InReview,
    Published,
}

pub(super) struct DemoItem {
    pub text: &'static str,
    /// Index into `TOPICS`.
    pub topic: usize,
    /// (session, line) of the day.
    pub from: &'static [(usize, usize)],
    pub owner: DemoOwner,
    pub reply: Option<(DemoReplyStage, DemoReply)>,
}

/// Heard on the day of those who complain.
pub(super) const RANTERS_SAID: &[DemoItem] = &[
    DemoItem {
        text: "We explain the same fault from the beginning to every person we reach.",
        topic: 0,
        from: &[(0, 0), (0, 1), (0, 2), (0, 3), (0, 15)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "A case keeps one named agent until it is closed, and whoever steps in reads a written summary that you can see too.",
                due: 80,
                kept: Some(
                    "Live in all three call centres; 412 of 430 cases last week had one name. The summary is shown under “My case”.",
                ),
            },
        )),
    },
    DemoItem {
        text: "Being offered a care plan while asking for help feels like being sold our own trouble.",
        topic: 1,
        from: &[(0, 5), (0, 6), (0, 7), (0, 8), (0, 9)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "Agents no longer bring up plans or upgrades in a support call unless you ask. We listen to 200 calls a month to check, and will tell you the count.",
                due: 90,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Cases are closed before they are solved, and nobody asks us.",
        topic: 0,
        from: &[(0, 10), (0, 11), (0, 12)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "No case is closed without your yes. If you do not answer, we ask twice more before we close it.",
                due: 70,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "We hold the line for an hour, and nobody says how long it will be.",
        topic: 0,
        from: &[(0, 13)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Exists {
                text: "You can ask for a call back at a time that suits you, by phone (press 2) or on the support page.",
                link: "https://support.tarnwick.example/call-back",
            },
        )),
    },
    DemoItem {
        text: "The basket is empty when we come back to pay.",
        topic: 2,
        from: &[(1, 0), (1, 9), (1, 10)],
        owner: DemoOwner::Account(1),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "The basket keeps what you put in for 14 days, on every device on which you are signed in.",
                due: 65,
                kept: Some("Released for browser and telephone. Support tickets about lost baskets fell from 61 to 9 in two weeks."),
            },
        )),
    },
    DemoItem {
        text: "The price at the till is not the price in the list.",
        topic: 2,
        from: &[(1, 1), (1, 2)],
        owner: DemoOwner::Account(1),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "The till never charges more than the list showed you within the last hour. If it does, the difference is refunded by itself.",
                due: 140,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "We cannot tell which charger fits our laptop.",
        topic: 2,
        from: &[(1, 4), (1, 5)],
        owner: DemoOwner::Account(1),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Exists {
                text: "Type your serial number and only what fits is shown. It was hidden under “Services”; it is on every accessory page now.",
                link: "https://tarnwick.example/fits",
            },
        )),
    },
    DemoItem {
        text: "Small companies cannot pay by purchase order.",
        topic: 2,
        from: &[(1, 7), (1, 6)],
        owner: DemoOwner::Account(1),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Declined {
                text: "Checking credit for single orders costs more than we earn on them. From five laptops on, the business desk takes purchase orders by email.",
                reason: DeclineReason::Cost,
            },
        )),
    },
    DemoItem {
        text: "Hinges crack within the first year.",
        topic: 3,
        from: &[(2, 0), (2, 1), (2, 2), (2, 9)],
        owner: DemoOwner::Account(2),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "Every 2024 lid with a cracked hinge is replaced free of charge, in or out of warranty, and the new screw mount goes into production.",
                due: 76,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Fans scream through every meeting.",
        topic: 3,
        from: &[(2, 4), (2, 5), (2, 8)],
        owner: DemoOwner::Account(2),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Question {
                text: "Which program do you meet in, and is the laptop on its charger then? With your answers we can try it in our own lab.",
            },
        )),
    },
    DemoItem {
        text: "Every model needs another charger.",
        topic: 3,
        from: &[(2, 6), (2, 7)],
        owner: DemoOwner::Account(2),
        reply: Some((
            DemoReplyStage::InReview,
            DemoReply::Commit {
                text: "All laptops that we announce from next spring on charge through USB-C, and the carton no longer holds a charger unless you tick it.",
                due: 200,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Nobody takes our old laptops back.",
        topic: 5,
        from: &[(3, 0), (3, 1), (3, 9)],
        owner: DemoOwner::Partner,
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "The courier who brings a new laptop takes the old one along, any brand. You tick a box when you order.",
                due: 150,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Looking at a laptop should not cost a fifth of its price.",
        topic: 5,
        from: &[(3, 2)],
        owner: DemoOwner::Account(2),
        reply: None,
    },
    DemoItem {
        text: "We want proof that our disks were wiped.",
        topic: 5,
        from: &[(3, 5), (3, 6)],
        owner: DemoOwner::Partner,
        reply: Some((
            DemoReplyStage::InReview,
            DemoReply::Commit {
                text: "You get a certificate by email within ten days, with the serial number of the disk and the method.",
                due: 120,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Say where a repair is without our asking.",
        topic: 5,
        from: &[(3, 3), (3, 4)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "A page for every repair shows where it is, and a message tells you when that changes.",
                due: 130,
                kept: None,
            },
        )),
    },
    DemoItem { text: "The website cannot be used with a screen reader.", topic: 2, from: &[(1, 8)], owner: DemoOwner::Nobody, reply: None },
    // Merged into the first one.
    DemoItem { text: "Give a case one name that stays.", topic: 0, from: &[(0, 15)], owner: DemoOwner::Nobody, reply: None },
];

/// Heard on the day of those who praise.
pub(super) const RAVERS_SAID: &[DemoItem] = &[
    DemoItem {
        text: "Repair manuals are the reason to buy again: publish one for every model, from its first day.",
        topic: 5,
        from: &[(0, 2), (0, 3), (0, 4), (0, 5)],
        owner: DemoOwner::Account(2),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Commit {
                text: "Each new model has its repair manual online on the day it is sold; those that lack one get it in the order of their sales.",
                due: 160,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Spare batteries should be sold for as long as the machines live.",
        topic: 3,
        from: &[(0, 6), (0, 8)],
        owner: DemoOwner::Account(2),
        reply: None,
    },
    DemoItem {
        text: "Support is good when one person stays to the end.",
        topic: 0,
        from: &[(1, 0), (1, 1), (1, 4)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::Published,
            DemoReply::Exists {
                text: "The other day asked for the same, and it is promised there: one named agent until a case is closed.",
                link: "https://support.tarnwick.example/one-name",
            },
        )),
    },
    DemoItem {
        text: "Keep telling us when we do not need the care plan.",
        topic: 1,
        from: &[(1, 2), (1, 3)],
        owner: DemoOwner::Account(0),
        reply: Some((
            DemoReplyStage::InReview,
            DemoReply::Commit {
                text: "Agents are asked to say what a plan does not cover before they say what it does.",
                due: 110,
                kept: None,
            },
        )),
    },
    DemoItem {
        text: "Refurbished machines deserve a place beside the new ones.",
        topic: 4,
        from: &[(2, 0), (2, 1)],
        owner: DemoOwner::Account(1),
        reply: Some((
            DemoReplyStage::Drafted,
            DemoReply::Commit { text: "Each model’s page shows its refurbished price beside the new one.", due: 115, kept: None },
        )),
    },
    DemoItem {
        text: "Say on the order page that the old laptop can go back the same way.",
        topic: 5,
        from: &[(2, 4), (2, 5)],
        owner: DemoOwner::Nobody,
        reply: None,
    },
];

/// What panelists of the first day said to its report: (place in `people`, item, what, remark).
pub(super) const ANSWERS: &[(usize, usize, AnswerKind, &str)] = {
    use crate::follow_up::report::AnswerKind::{NotWhatISaid, Partly, StillBroken, Yes};
    &[
        (0, 0, Yes, "This is what I asked for. I will try it with the next fault."),
        (0, 1, Partly, "Good, but tell the chat as well, not only the phones."),
        (8, 0, Yes, ""),
        (8, 3, NotWhatISaid, "I did not ask to be called back. I asked to be told how long it takes."),
        (3, 1, Yes, "Thank you. I would like to see the count."),
        (2, 4, StillBroken, "Empty again this morning, on my phone. It works on the laptop."),
        (7, 5, Yes, ""),
        (16, 7, Partly, "A clear no is better than no answer. Five is too many for us."),
        (1, 8, Yes, "Mine is replaced already."),
        (9, 8, Partly, "Replaced, but I paid the postage."),
        (6, 11, Yes, ""),
        (17, 14, Yes, "Please send a message, not only a page."),
    ]
};
