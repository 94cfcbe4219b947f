//! What was said on the two days that were held.

use crate::panel_day::note::NoteKind;

/// Who says it: somebody from the panel, by their place in `people`, or somebody from the company.
pub(super) enum DemoSpeaker {
    Panel(usize),
    Company(&'static str),
}

pub(super) struct DemoNote {
    pub by: DemoSpeaker,
    pub kind: NoteKind,
    pub text: &'static str,
}

pub(super) struct DemoSession {
    pub title: &'static str,
    /// Index into `TOPICS`.
    pub topic: usize,
    pub room: &'static str,
    pub starts: (u32, u32),
    pub ends: (u32, u32),
    /// Index into the moderators.
    pub moderator: usize,
    pub company: &'static str,
    pub lines: &'static [DemoNote],
}

const fn quote(who: usize, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Panel(who), kind: NoteKind::Quote, text }
}
const fn seen(who: usize, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Panel(who), kind: NoteKind::Observation, text }
}
const fn idea(who: usize, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Panel(who), kind: NoteKind::Idea, text }
}
const fn asked(who: usize, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Panel(who), kind: NoteKind::Question, text }
}
const fn parked(who: usize, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Panel(who), kind: NoteKind::ParkingLot, text }
}
const fn company(name: &'static str, text: &'static str) -> DemoNote {
    DemoNote { by: DemoSpeaker::Company(name), kind: NoteKind::Observation, text }
}

/// A topic of the program: its name, phrases by which a post is about it, phrases that keep one out, and who looks after it.
pub(super) struct DemoTopic {
    pub name: &'static str,
    pub phrases: &'static str,
    pub excludes: &'static str,
    pub unit: &'static str,
}

const fn subject(name: &'static str, phrases: &'static str, excludes: &'static str, unit: &'static str) -> DemoTopic {
    DemoTopic { name, phrases, excludes, unit }
}

/// What sessions are about, then what is only listened for.
pub(super) const TOPICS: &[DemoTopic] = &[
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
pub(super) const RANTER_DAY: &[DemoSession] = &[
    DemoSession {
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
            seen(4, "Chat, phone and email each open a case of their own; she has five numbers for one fault."),
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
    DemoSession {
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
    DemoSession {
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
    DemoSession {
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
pub(super) const RAVER_DAY: &[DemoSession] = &[
    DemoSession {
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
    DemoSession {
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
    DemoSession {
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
pub(super) const APATHETIC_DAY: &[DemoSession] = &[
    DemoSession {
        title: "The laptop you never think about",
        topic: 3,
        room: "Garden Room",
        starts: (10, 0),
        ends: (11, 15),
        moderator: 0,
        company: "Karin Holm, Product quality",
        lines: &[],
    },
    DemoSession {
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
