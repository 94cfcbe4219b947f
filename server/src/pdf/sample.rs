//! A made-up report with everything that a report can hold, for tests of its drawings.

use app::ids::{HeardId, PanelDayId, ResponseId, VersionId};
use app::report::{Day, Document, Item, Previous, Reply, Standing};
use chrono::NaiveDate;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a day")
}

fn item(number: i64, text: &str, standing: Standing, reply: &str) -> Item {
    Item {
        heard_id: HeardId::new(),
        number,
        text: text.into(),
        topic: Some("Support".into()),
        panelists: Some(9),
        reopened: false,
        replies: vec![Reply {
            response_id: ResponseId::new(),
            version_id: VersionId::new(),
            version: 1,
            text: reply.into(),
            standing,
            due: Some(day(2010, 9, 30)),
            done: Some(day(2010, 9, 1)),
            link: None,
            reason: (standing == Standing::Declined).then(|| "cost. It would raise the price for everybody.".into()),
            evidence: (standing == Standing::Delivered).then(|| "figures for August".into()),
            change_reason: None,
        }],
        change: (number == 1).then(|| "The date moved from 31 Aug to 30 Sep: the audit firm starts later.".into()),
        quotes: Vec::new(),
    }
}

pub fn document() -> Document {
    Document {
        organisation: "Dell".into(),
        program: "Dell Customer Advisory Panel".into(),
        language: "en-US".into(),
        day: Day { id: PanelDayId::new(), title: "Ranters".into(), date: day(2010, 6, 15), place: "Round Rock, Texas".into() },
        number: 2,
        frozen_at: day(2010, 9, 3).and_hms_opt(15, 0, 0).expect("a time").and_utc(),
        frozen_on: day(2010, 9, 3),
        previous: Some(Previous { number: 1, frozen_on: day(2010, 7, 7) }),
        items: vec![
            item(
                1,
                "Offended by upsell while trying to get support.",
                Standing::OnTrack,
                "We are increasing audits of support agents and call monitoring so that no one is offered a sale before the problem is solved, and will publish the audit result each quarter.",
            ),
            item(
                2,
                "Recycling my old machine took three calls, and at the end of the third I was told to call a fourth number that nobody answered.",
                Standing::Delivered,
                "One form now books the pick-up. In August 1,204 people used it; the median wait was two days.",
            ),
            item(
                3,
                "Der Lüfter läuft ständig. Ο ανεμιστήρας. Вентилятор шумит. 🔥🔥 日本語",
                Standing::Overdue,
                "We measured it: 41 dB. A firmware that slows the fan is in test.",
            ),
            item(4, "I want the lid in green.", Standing::Declined, "We will not make green lids."),
            item(5, &format!("See {}", "x".repeat(180)), Standing::Question, "Which page was that?"),
            item(
                6,
                "I would consider paying a premium for better built in support.",
                Standing::AlreadyExists,
                "Your Tech Team is a support option that is available today.",
            ),
        ],
    }
}
