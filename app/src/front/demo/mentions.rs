//! What the demo's people wrote over five months, as the CSV that a listening vendor would export.
//!
//! The sentences are written by hand; who says which of them when follows from a fixed sequence, so that every demo is the
//! same but for the dates.

use chrono::Duration;

use super::people::{ABROAD, DemoAuthor, DemoAuthorAbroad, OWN, PASSERS_BY, RANTERS, RAVERS, SELLER, SHOP, TICKER};
use crate::kernel::clock::Time;

/// One thing that people write about.
struct DemoTheme {
    angry: &'static [&'static str],
    happy: &'static [&'static str],
}

const THEMES: &[DemoTheme] = &[
    // 0 support hand-overs
    DemoTheme {
        angry: &[
            "Fourth agent today, and for the fourth time I had to explain my broken hinge from the beginning. Terrible.",
            "Tarnwick support passed me from chat to phone to email and nobody had read a word of what the last one wrote. Awful.",
            "Two hours on hold with Tarnwick, then the line dropped. I hate this.",
            "Why does every Tarnwick agent ask for my serial number again? You have it. It is so frustrating.",
            "My case was closed as solved. It is not solved. Nobody called me. Useless.",
            "Asked for a call back at six, got one at nine in the morning while I was teaching. Annoying and careless.",
            "Tarnwick chat told me to reinstall everything. Lost an afternoon and the fault is still there. Worst support I know.",
            "Support reads from a script and does not listen. I said the screen is cracked and they asked if it is switched on. Ridiculous.",
        ],
        happy: &[
            "Rang Tarnwick, one person stayed with my case from start to end and fixed it. Brilliant.",
            "Support at Tarnwick called back exactly when they said they would. Impressed and grateful.",
            "The Tarnwick engineer on the phone actually listened. Great experience, thank you.",
            "Chat with Tarnwick solved it in six minutes, and they were lovely about my silly question.",
            "Credit where it is due: excellent help from Tarnwick with my dock today.",
        ],
    },
    // 1 upselling in support
    DemoTheme {
        angry: &[
            "I rang about a dead battery and Tarnwick tried to sell me a three year care plan before even looking. Disgusting.",
            "Do not offer me an upgrade while I am crying about lost work, Tarnwick. Shameful.",
            "Every Tarnwick support call ends in a sales pitch. I feel cheated.",
            "The agent said a new laptop would be the easiest way. It was a loose cable. Dishonest.",
            "Paid for premium care under pressure and it did not even cover the fault. Feels like a scam.",
            "“While we wait, may I interest you in …” No. Fix my laptop. Infuriating.",
            "Tarnwick sold me a warranty for a part that cannot break. I am angry with myself for trusting them.",
        ],
        happy: &[
            "Asked Tarnwick whether I need the care plan. They said no. Honest answer, love it.",
            "No sales talk at all from Tarnwick today, just help. Refreshing and good.",
            "Tarnwick support told me a cheaper cable would do. That is how you win trust. Great.",
        ],
    },
    // 2 the website's checkout
    DemoTheme {
        angry: &[
            "The Tarnwick checkout emptied my basket for the third time. I give up. Terrible website.",
            "Tarnwick shows one price in the list and another at the till. That is misleading and I hate it.",
            "Could not tell which Tarnwick charger fits my model. Ordered the wrong one. Twice. Awful page.",
            "Delivery date changed after I paid. Not before. After. Bad form, Tarnwick.",
            "The configurator let me order memory that does not exist. Waited two weeks for a cancellation. Pathetic.",
            "Paying as a small company on the Tarnwick site is a nightmare, there is no field for a purchase order.",
            "Tarnwick, your site does not work with a screen reader. My brother could not buy a thing. Shameful.",
        ],
        happy: &[
            "Ordered a Tarn 13 at noon, here the next morning. Wonderful.",
            "The Tarnwick compare page finally made sense to me. Nice and clear.",
            "Bought three for the office and the Tarnwick invoice was right first time. Happy.",
            "Tarnwick told me before paying that the keyboard was out of stock. Good, honest shop.",
            "Smooth checkout at Tarnwick, two minutes and done. Great.",
        ],
    },
    // 3 product quality
    DemoTheme {
        angry: &[
            "Hinge on my Fell 14 cracked after eleven months. Terrible quality.",
            "The fan of the Tarn 15 screams like a kettle in every meeting. Embarrassing and annoying.",
            "My Tarnwick battery lasts ninety minutes after one year. Very disappointed.",
            "Keys on the Tarn 13 lose their letters. On a laptop at this price that is a bad joke.",
            "Second mainboard in a year. I am losing work and money. Awful.",
            "Tarnwick changed the charger again and nothing I own fits. Stupid and wasteful.",
            "The lid of the Fell 14 scratches if you look at it. Poor, really poor.",
        ],
        happy: &[
            "Five years with my Tarn 13, dropped twice, still perfect. Love this thing.",
            "The keyboard of the Fell 14 is the best I have ever typed on. Fantastic.",
            "My Tarn 15 went through a whole degree and a flood. Amazing machine.",
            "Screen of the new Tarn is gorgeous, my eyes are grateful.",
            "Quiet, light, ten hours of battery. Tarnwick got it right. Excellent.",
            "The dock just works. I never thought I would be so happy about a dock.",
        ],
    },
    // 4 sustainability
    DemoTheme {
        angry: &[
            "One cable from Tarnwick, in a box in a box in a bag. Shameful waste.",
            "Tarnwick prints a leaf on the carton and glues the battery in. Hypocrites. I am angry.",
            "Asked Tarnwick how much of the lid is recycled. Nobody could say. Disappointing.",
            "A new charger with every laptop, and I have four already. Stupid waste, Tarnwick.",
            "Tarnwick stopped selling the spare battery for a three year old laptop. That is terrible for everyone.",
        ],
        happy: &[
            "The new Tarnwick carton is all paper and half the size. Good, more of this.",
            "Love that Tarnwick lists the spare parts on the bottom of the laptop.",
            "Tarnwick published the repair manual for the Tarn 13. Brilliant, well done.",
            "Great to see Tarnwick sell refurbished ones with a real warranty.",
        ],
    },
    // 5 recycling and repair
    DemoTheme {
        angry: &[
            "Tried to hand in an old Beck 11. The Tarnwick shop sent me to the council, the council sent me back. Ridiculous.",
            "Tarnwick wants 89 pounds to look at a laptop that cost 400. So it goes to the tip. Disgraceful.",
            "The free return label from Tarnwick expired after a week. A useless programme.",
            "No proof that my disk was wiped when Tarnwick took my old laptop. That worries and annoys me.",
            "Three weeks for a repair, no loan laptop, no news. I hate being left in the dark, Tarnwick.",
            "The repair came back with a different fault. Awful work.",
        ],
        happy: &[
            "Tarnwick took back my old laptop at the door when the new one came. Easy and good.",
            "Swapped the battery myself with the Tarnwick guide, fifteen minutes. Love it.",
            "Repair done in three days with a note from the person who did it. Wonderful touch.",
            "Got forty pounds for my old Beck 11 from Tarnwick. Happy, and it goes to a school.",
        ],
    },
];

const OPENINGS: &[&str] =
    &["", "", "", "Right. ", "Honestly: ", "@TarnwickHelp ", "Update: ", "Again. ", "Dear Tarnwick, ", "So. ", "For the record: ", ""];
const CLOSINGS: &[&str] = &["", "", "", " #tarnwick", " Anyone else?", " That is all.", " @TarnwickHQ", " There.", " #tarn13", ""];
const OWN_MENTIONS: &[&str] = &[
    "We are sorry to hear that. Please send us your case number and we will look into it.",
    "The new Fell 14 is here. Read more on our site.",
    "Our phone lines are open again from eight in the morning.",
    "Thank you for telling us, we have passed it on to the team.",
];
const SELLING_MENTIONS: &[&str] = &[
    "DEAL: Tarn 13 now 20% off, today only! Limited offer",
    "Giveaway: win a Fell 14, follow and share! Discount code inside",
    "Best price on Tarn 15, save 15% now, free shipping offer",
    "Sale: refurbished Beck 11, huge discount, buy now",
];

/// What a shop says that has the maker's name in its own.
const SHOP_MENTIONS: &[&str] = &[
    "Two Fell 14 with small marks came in today, ask for them at the desk.",
    "We open at ten on Sunday.",
    "Keyboards for the Beck 11 are here.",
];

/// A fault that came with an update a few days ago.
const SUDDEN_FAULT_MENTIONS: &[&str] = &[
    "Since update 4.2 the fan of my Tarn 15 runs all night. Awful.",
    "Tarnwick pushed update 4.2 and my Fell 14 no longer wakes from sleep. I hate surprises.",
    "Lost an hour to update 4.2 before work, terrible timing.",
    "Is anybody else stuck at 60 % in update 4.2? Annoying.",
    "Update 4.2 broke the touchpad of my Tarn 13. Useless.",
    "Why can I not skip update 4.2? It fails every single morning. Frustrating.",
    "The battery drains in an hour after update 4.2. Very disappointed.",
    "Please take update 4.2 back. My mother’s laptop is unusable now.",
    "Do not install update 4.2 on a Beck 11. Ours is dead. Angry.",
    "Three machines at the school hang since update 4.2. Who tested this? Bad work.",
];
/// A small matter that three people care for.
const NICHE_MENTIONS: &[&str] = &[
    "The coil whine of my Tarn 13 goes straight into my hearing aid. Painful and awful.",
    "Coil whine in my hearing aid in every call. Tarnwick says it is normal. It is not, it is terrible.",
    "Sent a recording of the coil whine to Tarnwick. No answer. I feel ignored and angry.",
    "Second Tarn 13, same coil whine with my hearing aid. I am sad about it.",
    "A quiet laptop with a coil whine is not quiet. Disappointing.",
    "Nobody at Tarnwick believes in coil whine because nobody there wears a hearing aid. Shameful.",
    "My audiologist heard the coil whine across the room. Bad design.",
    "Asked for a refund over the coil whine in my hearing aid. Refused. Awful.",
    "The coil whine stops when it charges and comes back in my hearing aid in the meeting. I hate it.",
];
/// A small matter that is new.
const SMALL: &[(&str, &str)] = &[
    ("Offered 12 pounds as a trade-in for my Tarn 13. An insult.", "negative"),
    ("Trade-in at Tarnwick took four minutes. Great.", "positive"),
    ("The trade in form asks for a receipt from six years ago. Annoying.", "negative"),
    ("Tarnwick halved the trade-in price after they had my laptop. Shameful.", "negative"),
];
const FEW: &[(&str, &str)] = &[("Winifred Amos", "winniehears"), ("Oskar Lund", "oskarlund_"), ("Delphine Roy", "delphineroy")];

/// A fixed sequence of numbers (a linear congruential generator; Knuth's constants for 64 bits).
struct DemoDice(u64);

impl DemoDice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Days before the newest post that the oldest may be.
const DAYS_BACK: usize = 150;

/// The whole export. The newest post is from just before `until`.
pub(super) fn csv(until: Time) -> String {
    let mut sheet = DemoExport { dice: DemoDice(2010), until, rows: Vec::new() };
    for author in RANTERS {
        sheet.author(author, true);
    }
    for author in RAVERS {
        sheet.author(author, false);
    }
    for (name, handle) in PASSERS_BY {
        for _ in 0..1 + sheet.dice.below(4) {
            let theme = sheet.dice.below(THEMES.len());
            let angry = sheet.dice.below(2) == 0;
            sheet.say(name, handle, theme, angry);
        }
    }
    sheet.last_weeks();
    for handle in OWN {
        for text in OWN_MENTIONS {
            sheet.row(handle, handle, text, "neutral", "");
        }
    }
    for round in 0..3 {
        for text in SELLING_MENTIONS {
            sheet.row(SELLER.0, SELLER.1, &format!("{text} ({})", round + 1), "positive", " https://deals.example.com/tarnwick");
        }
    }
    for abroad in ABROAD {
        sheet.abroad(abroad);
    }
    for text in SHOP_MENTIONS {
        sheet.row(SHOP.0, SHOP.1, text, "neutral", "");
    }
    for price in 0..12 {
        sheet.row(
            TICKER.0,
            TICKER.1,
            &format!("Price of the Tarnwick Fell 14 this morning, all shops compared: {} pounds", 870 - 3 * price),
            "neutral",
            "",
        );
    }
    let mut text = "Date,Author Name,Author Handle,Text,URL,Source,Language,Country,Sentiment,Followers,Reach,Engagement\n".to_owned();
    sheet.rows.sort();
    for (_, row) in sheet.rows {
        text.push_str(&row);
    }
    text
}

struct DemoExport {
    dice: DemoDice,
    until: Time,
    rows: Vec<(Time, String)>,
}

impl DemoExport {
    /// An author says most things in its own spirit; one in eight is of the other kind, as with real people.
    fn author(&mut self, author: &DemoAuthor, angry: bool) {
        for count in 0..author.mentions {
            let theme = author.themes[usize::from(self.dice.below(3) == 0)];
            self.say(author.name, author.handle, theme, if count % 8 == 7 { !angry } else { angry });
        }
    }

    fn say(&mut self, name: &str, handle: &str, theme: usize, angry: bool) {
        let from = if angry { THEMES[theme].angry } else { THEMES[theme].happy };
        let sentence = self.dice.pick(from);
        let text = format!("{}{sentence}{}", self.dice.pick(OPENINGS), self.dice.pick(CLOSINGS));
        self.row(name, handle, &text, if angry { "negative" } else { "positive" }, "");
    }

    /// Somebody who writes in another language, on another network.
    fn abroad(&mut self, abroad: &DemoAuthorAbroad) {
        for (text, angry) in abroad.mentions {
            let number = self.number();
            let at = self.moment(DAYS_BACK);
            let reach = if abroad.reach { (200 + self.dice.below(3_000)).to_string() } else { String::new() };
            let row = format!(
                "{},{},{},{},https://{}.example.com/{}/{number},{},{},{},{},,{reach},{}\n",
                at.format("%Y-%m-%d %H:%M:%S"),
                quoted(abroad.name),
                abroad.handle,
                quoted(text),
                abroad.network.to_lowercase(),
                abroad.handle,
                abroad.network,
                abroad.language,
                abroad.country,
                if *angry { "negative" } else { "positive" },
                self.dice.below(40),
            );
            self.rows.push((at, row));
        }
    }

    fn number(&self) -> usize {
        70_000 + self.rows.len()
    }

    fn moment(&mut self, days: usize) -> Time {
        let minutes = self.dice.below(days * 24 * 60);
        self.until - Duration::minutes(i64::try_from(minutes).unwrap_or(0))
    }

    /// What many began to say a few days ago, what a few began to say, and what three people say again and again.
    fn last_weeks(&mut self) {
        for (at, text) in SUDDEN_FAULT_MENTIONS.iter().enumerate() {
            let (name, handle) = PASSERS_BY[at % PASSERS_BY.len()];
            self.row_within(6, (name, handle), text, "negative", "");
        }
        for (at, (text, sentiment)) in SMALL.iter().enumerate() {
            let (name, handle) = PASSERS_BY[(SUDDEN_FAULT_MENTIONS.len() + at) % PASSERS_BY.len()];
            self.row_within(6, (name, handle), text, sentiment, "");
        }
        for (at, text) in NICHE_MENTIONS.iter().enumerate() {
            self.row_within(33, FEW[at % FEW.len()], text, "negative", "");
        }
    }

    fn row(&mut self, name: &str, handle: &str, text: &str, sentiment: &str, link: &str) {
        self.row_within(DAYS_BACK, (name, handle), text, sentiment, link);
    }

    fn row_within(&mut self, days: usize, (name, handle): (&str, &str), text: &str, sentiment: &str, link: &str) {
        let number = self.number();
        let at = self.moment(days);
        let followers = 20 + self.dice.below(4_000);
        let (name, text) = (quoted(name), quoted(&format!("{text}{link}")));
        let row = format!(
            "{},{name},{handle},{text},https://social.example.com/{handle}/{number},Twitter,en,GB,{sentiment},{followers},,\n",
            at.format("%Y-%m-%d %H:%M:%S")
        );
        self.rows.push((at, row));
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::now;

    #[test]
    fn there_are_several_hundred_mentions_and_they_are_the_same_each_time() {
        let until = now();
        let text = csv(until);
        assert_eq!(text, csv(until));
        assert!(text.lines().count() > 400, "{} lines", text.lines().count());
    }
}
