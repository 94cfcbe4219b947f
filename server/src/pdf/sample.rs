//! A made-up report with everything that a report can hold, for tests of its drawings.

use app::follow_up::report::{PreviousReport, ReplyStatus, ReportDay, ReportDocument, ReportItem, ReportReply};
use app::kernel::ids::{HeardId, PanelDayId, ResponseId, VersionId};
use chrono::NaiveDate;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a day")
}

fn item(number: i64, text: &str, status: ReplyStatus, reply: &str) -> ReportItem {
    ReportItem {
        heard_id: HeardId::new(),
        number,
        text: text.into(),
        topic: Some("Support".into()),
        supporters: Some(9),
        reopened: false,
        replies: vec![ReportReply {
            response_id: ResponseId::new(),
            version_id: VersionId::new(),
            version: 1,
            text: reply.into(),
            status,
            due: Some(day(2010, 9, 30)),
            done: Some(day(2010, 9, 1)),
            link: None,
            reason: (status == ReplyStatus::Declined).then(|| "cost. It would raise the price for everybody.".into()),
            evidence: (status == ReplyStatus::Delivered).then(|| "figures for August".into()),
            change_reason: None,
        }],
        change: (number == 1).then(|| "The date moved from 31 Aug to 30 Sep: the audit firm starts later.".into()),
        quotes: Vec::new(),
    }
}

pub fn document() -> ReportDocument {
    ReportDocument {
        organisation: "Dell".into(),
        program: "Dell Customer Advisory Panel".into(),
        language: "en-US".into(),
        day: ReportDay { id: PanelDayId::new(), title: "Ranters".into(), date: day(2010, 6, 15), place: "Round Rock, Texas".into() },
        number: 2,
        finalised_at: day(2010, 9, 3).and_hms_opt(15, 0, 0).expect("a time").and_utc(),
        finalised_on: day(2010, 9, 3),
        previous: Some(PreviousReport { number: 1, finalised_on: day(2010, 7, 7) }),
        items: vec![
            item(
                1,
                "Offended by upsell while trying to get support.",
                ReplyStatus::OnTrack,
                "We are increasing audits of support agents and call monitoring so that no one is offered a sale before the problem is solved, and will publish the audit result each quarter.",
            ),
            item(
                2,
                "Recycling my old machine took three calls, and at the end of the third I was told to call a fourth number that nobody answered.",
                ReplyStatus::Delivered,
                "One form now books the pick-up. In August 1,204 people used it; the median wait was two days.",
            ),
            item(
                3,
                "Der Lüfter läuft ständig. Ο ανεμιστήρας. Вентилятор шумит. 🔥🔥 日本語",
                ReplyStatus::Overdue,
                "We measured it: 41 dB. A firmware that slows the fan is in test.",
            ),
            item(4, "I want the lid in green.", ReplyStatus::Declined, "We will not make green lids."),
            item(5, &format!("See {}", "x".repeat(180)), ReplyStatus::Question, "Which page was that?"),
            item(
                6,
                "I would consider paying a premium for better built in support.",
                ReplyStatus::AlreadyExists,
                "Your Tech Team is a support option that is available today.",
            ),
        ],
    }
}
