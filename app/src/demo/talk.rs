//! What was said on the two days that were held, and what was heard in it.

use crate::note::Kind;
use crate::response::DeclineReason;

/// Who says it: somebody from the panel, by their place in `people`, or somebody from the company.
pub(super) enum By {
    Panel(usize),
    Company(&'static str),
}

/// One note.
pub(super) struct Line {
    pub by: By,
    pub kind: Kind,
    pub text: &'static str,
}

/// One session.
pub(super) struct Slot {
    pub title: &'static str,
    /// Index into `TOPICS`.
    pub topic: usize,
    pub room: &'static str,
    pub starts: (u32, u32),
    pub ends: (u32, u32),
    /// Index into the moderators.
    pub moderator: usize,
    pub company: &'static str,
    pub lines: &'static [Line],
}

const fn quote(who: usize, text: &'static str) -> Line {
    Line { by: By::Panel(who), kind: Kind::Quote, text }
}
const fn seen(who: usize, text: &'static str) -> Line {
    Line { by: By::Panel(who), kind: Kind::Observation, text }
}
const fn idea(who: usize, text: &'static str) -> Line {
    Line { by: By::Panel(who), kind: Kind::Idea, text }
}
const fn asked(who: usize, text: &'static str) -> Line {
    Line { by: By::Panel(who), kind: Kind::Question, text }
}
const fn parked(who: usize, text: &'static str) -> Line {
    Line { by: By::Panel(who), kind: Kind::ParkingLot, text }
}
const fn company(name: &'static str, text: &'static str) -> Line {
    Line { by: By::Company(name), kind: Kind::Observation, text }
}

/// A topic of the program: its name, phrases by which a post is about it, phrases that keep one out, and who looks after it.
pub(super) struct Subject {
    pub name: &'static str,
    pub phrases: &'static str,
    pub excludes: &'static str,
    pub unit: &'static str,
}

const fn subject(name: &'static str, phrases: &'static str, excludes: &'static str, unit: &'static str) -> Subject {
    Subject { name, phrases, excludes, unit }
}

/// What sessions are about, then what is only listened for.
pub(super) const TOPICS: &[Subject] = &[
    subject("Support", "support\nagent\ncall back\ncalled back\nchat\non hold\nmy case", "", "Customer support"),
    subject("Upselling", "care plan\nsales pitch\nsales talk\nupgrade\nwarranty\nsell me", "real warranty", "Customer support"),
    subject("Website", "checkout\nbasket\nconfigurator\nwebsite\ncompare page\nthe till\nscreen reader", "", "Online store"),
    subject(
        "Quality",
        "hinge\nfan\nbatter*\nkeyboard\nscreen\nmainboard\nkeys on\nscratches",
        "spare battery\nscreen reader",
        "Product quality",
    ),
    subject("Packaging", "box\ncarton\nrecycled\nwaste\nwasteful", "", ""),
    subject("Repair and recycling", "repair*\nrecycl*\nhand in\ntook back\nrefurbished\nspare parts\nold laptop", "", "Product quality"),
    subject("Accessibility", "screen reader", "", "Online store"),
    subject("Delivery", "delivery\nhere the next morning\nwaited two weeks", "", "Online store"),
    subject("Chargers and docks", "charger*\ndock\ncable", "", "Product quality"),
    subject("Hearing aids", "hearing aid*", "", "Product quality"),
    subject("Trade-in", "trade in\ntrade-in", "", "Online store"),
    subject("Software update", "update 4.2\nfirmware", "", ""),
];

const HELEN: &str = "Helen Ashdown";
const VIKRAM: &str = "Vikram Sethi";
const KARIN: &str = "Karin Holm";

/// The day of those who complain.
pub(super) const RANTER_DAY: &[Slot] = &[
    Slot {
        title: "Getting help: who stays with a case",
        topic: 0,
        room: "Long Room",
        starts: (9, 30),
        ends: (11, 0),
        moderator: 0,
        company: "Helen Ashdown, Customer support\nEdgar Munroe, Call centre Leeds",
        lines: &[
            quote(0, "I have told the story of my hinge so often that my daughter can recite it."),
            quote(8, "The fourth person asked me if I had tried switching it on. I had sent them photographs."),
            seen(4, "Chat, phone and mail each open a case of their own; she has five numbers for one fault."),
            asked(13, "Does anybody read what the one before wrote, or is there nothing to read?"),
            company(HELEN, "Agents see the last three contacts only. The rest is in another system, and that is ours to change."),
            quote(0, "The worst part was being offered a longer warranty before anybody had asked what was broken."),
            quote(3, "I rang because I was worried about my work. They heard a sales opportunity."),
            seen(8, "He bought the plan because he thought the repair would go faster then. It did not."),
            idea(3, "Forbid the pitch in the first call. Let people ask for it."),
            quote(9, "If the answer is always a care plan, I start to think the machine is built for it."),
            quote(4, "They closed it as solved. I was holding the thing that was not solved."),
            seen(13, "Two of his cases were closed overnight without a word; he found out when the number stopped working."),
            idea(9, "Ask me before you close it. One message: is it done? Yes or no."),
            quote(17, "An hour of music, and nobody says whether it will be two."),
            company(HELEN, "Call backs exist. From the faces here I take it that nobody has ever been offered one."),
            quote(9, "Give me one name. I will forgive a slow answer from a person with a name."),
            parked(11, "Whether support should be open on Sundays."),
        ],
    },
    Slot {
        title: "Buying on the website",
        topic: 2,
        room: "Long Room",
        starts: (11, 20),
        ends: (12, 30),
        moderator: 1,
        company: "Vikram Sethi, Online store",
        lines: &[
            quote(2, "The basket was empty again when I came back with my card. Third time."),
            seen(7, "On her phone the till and the list show two prices; she has pictures of both."),
            quote(10, "I did not order the cheap one. I ordered the one you showed me."),
            company(VIKRAM, "The list is cached for an hour. The till is not. I did not know how often that is seen."),
            quote(5, "There are four chargers and one of them fits. I bought two of the other three."),
            idea(5, "Ask for the serial number and show only what fits."),
            quote(16, "We are six people. We pay by purchase order or not at all, so it was not at all."),
            asked(16, "Is there really no field for a purchase order, or do I not see it?"),
            quote(6, "My brother uses a screen reader. The button that says pay says nothing to him."),
            seen(2, "She gave up after the third basket and bought elsewhere, the same machine, for more."),
            idea(10, "Keep the basket for a week. The supermarket can."),
        ],
    },
    Slot {
        title: "What breaks",
        topic: 3,
        room: "Workshop",
        starts: (13, 30),
        ends: (14, 50),
        moderator: 0,
        company: "Karin Holm, Product quality\nSunil Varma, Engineering",
        lines: &[
            quote(1, "Eleven months. The hinge went the way a biscuit goes."),
            seen(1, "Brought the lid along: the crack starts at the same screw on three of four laptops in the room."),
            quote(9, "Mine too. Same corner. I thought I had been careless."),
            company(KARIN, "That is the 2024 lid. We know the screw. We did not know it was so many."),
            quote(15, "In meetings people ask me if I am boiling water."),
            seen(5, "The fan is loudest in video calls, also when the laptop is nearly new."),
            quote(10, "A new charger with every model. I have a drawer of them, and none of them is the one."),
            idea(1, "One plug, the one that every telephone has."),
            asked(15, "Can I set the fan to quiet and live with slow?"),
            quote(13, "I do not need it thinner. I need it in one piece."),
            parked(9, "Keyboards for left-handed people."),
        ],
    },
    Slot {
        title: "Repair, and what comes after",
        topic: 5,
        room: "Workshop",
        starts: (15, 10),
        ends: (16, 20),
        moderator: 1,
        company: "Karin Holm, Product quality\nNiall Greaves, Recycling partner",
        lines: &[
            quote(6, "The shop sent me to the council and the council sent me to the shop."),
            idea(18, "Take the old one back at the door when the new one comes. The courier is there anyway."),
            quote(1, "Eighty-nine pounds to look at it. It cost four hundred. You are telling me to throw it away."),
            seen(17, "Three weeks without a laptop and without a word; he rang four times to ask where it was."),
            idea(17, "A page that says: arrived, opened, waiting for a part, on its way."),
            quote(11, "Who wiped my disk? I have a box and a promise."),
            asked(11, "Could there be a certificate, with the serial number on it?"),
            company("Niall Greaves", "We wipe every disk and keep a record. Nobody has ever asked us to send it."),
            quote(6, "One cable, in a box, in a box, in a bag."),
            seen(18, "He keeps three dead laptops in a cupboard because he does not know where to take them."),
        ],
    },
];

/// The day of those who praise.
pub(super) const RAVER_DAY: &[Slot] = &[
    Slot {
        title: "What keeps you here",
        topic: 3,
        room: "Long Room",
        starts: (9, 30),
        ends: (10, 50),
        moderator: 1,
        company: "Karin Holm, Product quality",
        lines: &[
            quote(0, "Five years, two falls, one flood. I tell everybody."),
            quote(4, "I type all day. I would follow this keyboard to another company, so do not lose it."),
            seen(2, "She changed the battery herself in a quarter of an hour with the published manual."),
            quote(2, "The manual is the reason that I bought the second one."),
            idea(9, "Publish the manual on the day the laptop is sold, not a year later."),
            asked(13, "Why does the Fell have a manual and the Tarn 15 has none?"),
            quote(12, "When the battery was discontinued I bought four and felt like a fool."),
            company(KARIN, "Spare parts are planned for four years. The machines live longer than that, I hear."),
            idea(8, "Promise spare batteries for as many years as the machine usually lives."),
        ],
    },
    Slot {
        title: "When support works",
        topic: 0,
        room: "Long Room",
        starts: (11, 10),
        ends: (12, 20),
        moderator: 0,
        company: "Helen Ashdown, Customer support",
        lines: &[
            quote(1, "One woman, from the first call to the last. I sent her a card."),
            seen(6, "All good stories in the room have one thing in common: the same person to the end."),
            quote(12, "I asked if I need the care plan. He said no. I have trusted you since."),
            quote(11, "If they had tried to sell me something then, I would sit with the others on the other day."),
            idea(1, "Let me ask for the person I had last time."),
            company(HELEN, "That is the second time this week I hear: one person."),
        ],
    },
    Slot {
        title: "Longer lives for laptops",
        topic: 4,
        room: "Workshop",
        starts: (13, 30),
        ends: (14, 40),
        moderator: 1,
        company: "Vikram Sethi, Online store",
        lines: &[
            quote(8, "You sell refurbished ones and hide them under a link in the footer."),
            idea(7, "Put the refurbished ones beside the new ones, with the same pictures."),
            quote(9, "The paper box is good. Half of it would be better."),
            seen(14, "She chose Tarnwick over a cheaper one because of the list of spare parts on its underside."),
            quote(13, "They took the old one at the door when the new one came. I did not know you did that. Nobody does."),
            idea(2, "Say on the order page that the old one can go back the same way."),
        ],
    },
];

/// The day to come of those who do not care: planned, not held.
pub(super) const APATHETIC_DAY: &[Slot] = &[
    Slot {
        title: "The laptop you never think about",
        topic: 3,
        room: "Garden Room",
        starts: (10, 0),
        ends: (11, 15),
        moderator: 0,
        company: "Karin Holm, Product quality",
        lines: &[],
    },
    Slot {
        title: "What would make you notice us",
        topic: 0,
        room: "Garden Room",
        starts: (11, 30),
        ends: (12, 30),
        moderator: 1,
        company: "Helen Ashdown, Customer support",
        lines: &[],
    },
];

/// Who answers an item.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    /// Index into the responders.
    Account(usize),
    /// Niall Greaves of the recycling partner, who has no account.
    Partner,
    Nobody,
}

/// What is answered. Days count from the first day of the program.
pub(super) enum Reply {
    Commit { text: &'static str, due: i64, kept: Option<&'static str> },
    Exists { text: &'static str, link: &'static str },
    Declined { text: &'static str, reason: DeclineReason },
    Question { text: &'static str },
}

/// How far a reply has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Drafted,
    InReview,
    Published,
}

/// One heard item.
pub(super) struct Item {
    pub text: &'static str,
    /// Index into `TOPICS`.
    pub topic: usize,
    /// (session, line) of the day.
    pub from: &'static [(usize, usize)],
    pub owner: Owner,
    pub reply: Option<(Stage, Reply)>,
}

/// Heard on the day of those who complain.
pub(super) const RANTERS_SAID: &[Item] = &[
    Item {
        text: "We explain the same fault from the beginning to every person we reach.",
        topic: 0,
        from: &[(0, 0), (0, 1), (0, 2), (0, 3), (0, 15)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "A case keeps one named agent until it is closed, and whoever steps in reads a written summary that you can see too.",
                due: 80,
                kept: Some(
                    "Live in all three call centres; 412 of 430 cases last week had one name. The summary is shown under “My case”.",
                ),
            },
        )),
    },
    Item {
        text: "Being offered a care plan while asking for help feels like being sold our own trouble.",
        topic: 1,
        from: &[(0, 5), (0, 6), (0, 7), (0, 8), (0, 9)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "Agents no longer bring up plans or upgrades in a support call unless you ask. We listen to 200 calls a month to check, and will tell you the count.",
                due: 90,
                kept: None,
            },
        )),
    },
    Item {
        text: "Cases are closed before they are solved, and nobody asks us.",
        topic: 0,
        from: &[(0, 10), (0, 11), (0, 12)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "No case is closed without your yes. If you do not answer, we ask twice more before we close it.",
                due: 70,
                kept: None,
            },
        )),
    },
    Item {
        text: "We hold the line for an hour, and nobody says how long it will be.",
        topic: 0,
        from: &[(0, 13)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Exists {
                text: "You can ask for a call back at a time that suits you, by phone (press 2) or on the support page.",
                link: "https://support.tarnwick.example/call-back",
            },
        )),
    },
    Item {
        text: "The basket is empty when we come back to pay.",
        topic: 2,
        from: &[(1, 0), (1, 9), (1, 10)],
        owner: Owner::Account(1),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "The basket keeps what you put in for 14 days, on every device on which you are signed in.",
                due: 65,
                kept: Some("Released for browser and telephone. Support tickets about lost baskets fell from 61 to 9 in two weeks."),
            },
        )),
    },
    Item {
        text: "The price at the till is not the price in the list.",
        topic: 2,
        from: &[(1, 1), (1, 2)],
        owner: Owner::Account(1),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "The till never charges more than the list showed you within the last hour. If it does, the difference is refunded by itself.",
                due: 140,
                kept: None,
            },
        )),
    },
    Item {
        text: "We cannot tell which charger fits our laptop.",
        topic: 2,
        from: &[(1, 4), (1, 5)],
        owner: Owner::Account(1),
        reply: Some((
            Stage::Published,
            Reply::Exists {
                text: "Type your serial number and only what fits is shown. It was hidden under “Services”; it is on every accessory page now.",
                link: "https://tarnwick.example/fits",
            },
        )),
    },
    Item {
        text: "Small companies cannot pay by purchase order.",
        topic: 2,
        from: &[(1, 7), (1, 6)],
        owner: Owner::Account(1),
        reply: Some((
            Stage::Published,
            Reply::Declined {
                text: "Checking credit for single orders costs more than we earn on them. From five laptops on, the business desk takes purchase orders by mail.",
                reason: DeclineReason::Cost,
            },
        )),
    },
    Item {
        text: "Hinges crack within the first year.",
        topic: 3,
        from: &[(2, 0), (2, 1), (2, 2), (2, 9)],
        owner: Owner::Account(2),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "Every 2024 lid with a cracked hinge is replaced free of charge, in or out of warranty, and the new screw mount goes into production.",
                due: 76,
                kept: None,
            },
        )),
    },
    Item {
        text: "Fans scream through every meeting.",
        topic: 3,
        from: &[(2, 4), (2, 5), (2, 8)],
        owner: Owner::Account(2),
        reply: Some((
            Stage::Published,
            Reply::Question {
                text: "Which program do you meet in, and is the laptop on its charger then? With your answers we can try it in our own lab.",
            },
        )),
    },
    Item {
        text: "Every model needs another charger.",
        topic: 3,
        from: &[(2, 6), (2, 7)],
        owner: Owner::Account(2),
        reply: Some((
            Stage::InReview,
            Reply::Commit {
                text: "All laptops that we announce from next spring on charge through USB-C, and the carton no longer holds a charger unless you tick it.",
                due: 200,
                kept: None,
            },
        )),
    },
    Item {
        text: "Nobody takes our old laptops back.",
        topic: 5,
        from: &[(3, 0), (3, 1), (3, 9)],
        owner: Owner::Partner,
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "The courier who brings a new laptop takes the old one along, any brand. You tick a box when you order.",
                due: 150,
                kept: None,
            },
        )),
    },
    Item {
        text: "Looking at a laptop should not cost a fifth of its price.",
        topic: 5,
        from: &[(3, 2)],
        owner: Owner::Account(2),
        reply: None,
    },
    Item {
        text: "We want proof that our disks were wiped.",
        topic: 5,
        from: &[(3, 5), (3, 6)],
        owner: Owner::Partner,
        reply: Some((
            Stage::InReview,
            Reply::Commit {
                text: "You get a certificate by mail within ten days, with the serial number of the disk and the method.",
                due: 120,
                kept: None,
            },
        )),
    },
    Item {
        text: "Say where a repair is without our asking.",
        topic: 5,
        from: &[(3, 3), (3, 4)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "A page for every repair shows where it is, and a message tells you when that changes.",
                due: 130,
                kept: None,
            },
        )),
    },
    Item { text: "The website cannot be used with a screen reader.", topic: 2, from: &[(1, 8)], owner: Owner::Nobody, reply: None },
    // Merged into the first one.
    Item { text: "Give a case one name that stays.", topic: 0, from: &[(0, 15)], owner: Owner::Nobody, reply: None },
];

/// Heard on the day of those who praise.
pub(super) const RAVERS_SAID: &[Item] = &[
    Item {
        text: "Repair manuals are the reason to buy again: publish one for every model, from its first day.",
        topic: 5,
        from: &[(0, 2), (0, 3), (0, 4), (0, 5)],
        owner: Owner::Account(2),
        reply: Some((
            Stage::Published,
            Reply::Commit {
                text: "Each new model has its repair manual online on the day it is sold; those that lack one get it in the order of their sales.",
                due: 160,
                kept: None,
            },
        )),
    },
    Item {
        text: "Spare batteries should be sold for as long as the machines live.",
        topic: 3,
        from: &[(0, 6), (0, 8)],
        owner: Owner::Account(2),
        reply: None,
    },
    Item {
        text: "Support is good when one person stays to the end.",
        topic: 0,
        from: &[(1, 0), (1, 1), (1, 4)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::Published,
            Reply::Exists {
                text: "The other day asked for the same, and it is promised there: one named agent until a case is closed.",
                link: "https://support.tarnwick.example/one-name",
            },
        )),
    },
    Item {
        text: "Keep telling us when we do not need the care plan.",
        topic: 1,
        from: &[(1, 2), (1, 3)],
        owner: Owner::Account(0),
        reply: Some((
            Stage::InReview,
            Reply::Commit {
                text: "Agents are asked to say what a plan does not cover before they say what it does.",
                due: 110,
                kept: None,
            },
        )),
    },
    Item {
        text: "Refurbished machines deserve a place beside the new ones.",
        topic: 4,
        from: &[(2, 0), (2, 1)],
        owner: Owner::Account(1),
        reply: Some((
            Stage::Drafted,
            Reply::Commit { text: "Each model’s page shows its refurbished price beside the new one.", due: 115, kept: None },
        )),
    },
    Item {
        text: "Say on the order page that the old laptop can go back the same way.",
        topic: 5,
        from: &[(2, 4), (2, 5)],
        owner: Owner::Nobody,
        reply: None,
    },
];

/// What panelists of the first day said to its report: (place in `people`, item, what, remark).
pub(super) const ANSWERS: &[(usize, usize, crate::report::AnswerKind, &str)] = {
    use crate::report::AnswerKind::{NotWhatISaid, Partly, StillBroken, Yes};
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
