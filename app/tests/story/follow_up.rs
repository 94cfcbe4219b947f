//! From an item to its answer, the report, what the panel says to it, and the trail back: steps 6 to 9.

use super::*;

impl WholeLoop {
    /// Step 6, second half: an owner without an account drafts through a link; staff publishes; a change is a new version.
    pub(super) async fn respond(&self, item: HeardId) {
        let at = self.after();
        let mut tx = self.db.begin().await.expect("tx");
        let owner = ItemOwner::Guest { name: "Rosa Marsh".into(), email: "rosa@example.com".into(), unit: "Support".into() };
        let seen = fixture::heard_item(&mut tx, item).await.seen();
        heard::assignment::assign(&mut tx, &self.staff, at, seen, owner, "By Friday, please.").await.expect("assigned");
        let asked = outbox::store::list_for(&mut tx, item.0).await.expect("read");
        assert_eq!(asked.len(), 1, "the owner is asked by email");
        let guest = Actor::Link { id: asked[0].link_id.expect("a link"), purpose: Purpose::Response, subject: item.0 };

        let today = at.date_naive();
        let empty = fixture::response_draft(&mut tx, &guest, at, item, commitment("", None)).await;
        assert!(matches!(empty, Err(Error::Invalid(mistakes)) if mistakes.len() == 2));
        let text = "Every agent sees the whole case, from the first chat on.";
        let first = commitment(text, Some(today + Duration::days(60)));
        let version = fixture::response_draft(&mut tx, &guest, at, item, first).await.expect("drafted");
        response::act::submit_for_review(&mut tx, &guest, at, version.seen()).await.expect("submitted");
        let read = response::store::find(&mut tx, version.id).await.expect("read").expect("there");
        let read = response::act::PublishVersion { version: read.seen(), item: fixture::heard_item(&mut tx, item).await.revision };
        assert!(matches!(response::act::publish(&mut tx, &guest, at, read).await, Err(Error::Forbidden)));
        response::act::publish(&mut tx, &self.staff, at, read).await.expect("published");
        assert!(response::act::publish(&mut tx, &self.staff, at, read).await.is_err(), "a double click publishes once");

        let later = at + Duration::days(1);
        let mut content =
            commitment("Every agent sees the whole case, and we publish how often that fails.", Some(today + Duration::days(75)));
        let silent = fixture::response_draft(&mut tx, &self.staff, later, item, content.clone()).await;
        assert!(matches!(silent, Err(Error::Invalid(_))), "no change without a reason");
        content.change_reason = "The panel asked how they would know.".into();
        let second = fixture::response_draft(&mut tx, &self.staff, later, item, content).await.expect("a new version");
        assert_eq!((second.number, second.response_id), (2, version.response_id));
        fixture::published(&mut tx, &self.second, later, &second).await;
        let kept = response::store::find(&mut tx, version.id).await.expect("read").expect("there");
        assert_eq!(kept.text, text, "what was promised first still stands as it was said");
        assert_eq!(self.status(&mut tx, item, later).await, FollowUpStatus::OnTrack);
        did_commit(tx).await;
    }

    /// Step 7: the report is final, numbered, and goes to those who came, each copy with what they said.
    pub(super) async fn report(&self, item: HeardId, panelists: &[Panelist]) -> ReportId {
        let at = self.after() + Duration::days(2);
        let mut tx = self.db.begin().await.expect("tx");
        let id = report::act::finalise(&mut tx, &self.staff, at, self.day, 1).await.expect("final");
        let sent = report::act::send(&mut tx, &self.staff, at, id).await.expect("sent");
        assert_eq!(sent, panelists.len(), "to those who came, and to nobody else");
        assert_eq!(report::act::send(&mut tx, &self.staff, at, id).await.unwrap_or(0), 0, "a double click sends once");
        let finalised = report::store::find(&mut tx, id).await.expect("read").expect("there");
        assert_eq!(finalised.document.items.len(), 1);
        assert_eq!(finalised.document.items[0].heard_id, item);
        assert_eq!(finalised.document.items[0].supporters, Some(2));
        let slug = report::act::share(&mut tx, &self.staff, at, id).await.expect("shared");
        let shared = report::act::shared(&mut tx, &slug).await.expect("open to anybody");
        assert!(!format!("{shared:?}").contains("Pia"), "without names");
        assert_eq!(shared.others[0].supporters, None, "fewer than three people are not counted in public");
        did_commit(tx).await;
        id
    }

    /// Step 8: a panelist says "still broken"; the item is open again, and its owner hears of it with the reason.
    pub(super) async fn answer(&self, item: HeardId, report: ReportId, panelist: &Panelist) {
        // The promised day has passed.
        let at = self.after() + Duration::days(77);
        let mut tx = self.db.begin().await.expect("tx");
        let portal = self.portal(&mut tx, panelist.id, at).await;
        let (edition, _) = report::reader::own_copy(&mut tx, &portal, 1).await.expect("their copy");
        assert_eq!(edition.yours.len(), 1, "it starts with what they raised");
        let version = edition.yours[0].replies.last().expect("a reply").version_id;
        let answer = report::reader::AnswerReply {
            number: 1,
            version,
            answer: AnswerKind::StillBroken,
            remark: "Told it three times again yesterday.".into(),
        };
        report::reader::answer(&mut tx, &portal, at, answer).await.expect("answered");
        assert_eq!(self.status(&mut tx, item, at).await, FollowUpStatus::Reopened);
        let emails = outbox::store::list_for(&mut tx, item.0).await.expect("read");
        assert!(emails.iter().any(|email| email.template == outbox::EmailTemplate::Reopened), "the owner is told");
        let finalised = report::store::find(&mut tx, report).await.expect("read").expect("there");
        assert_eq!(finalised.number, 1, "and the final report is as it was");
        did_commit(tx).await;
    }

    /// The promise is answered anew, kept with evidence, and confirmed by a second person; the next report says so.
    pub(super) async fn keep_the_promise(&self, item: HeardId) {
        let at = self.after() + Duration::days(80);
        let mut tx = self.db.begin().await.expect("tx");
        let mut content = commitment("The case number now goes with every call.", Some(at.date_naive() + Duration::days(20)));
        content.change_reason = "A panelist told us that it was still broken.".into();
        let version = fixture::response_draft(&mut tx, &self.staff, at, item, content).await.expect("answered anew");
        assert_eq!(version.number, 1, "a response of its own, the first one stays as it was given");
        fixture::published(&mut tx, &self.staff, at, &version).await;
        let evidence = "Hand-over audit for the month: 2 of 400 calls without a case.".into();
        let shown = response::act::DeliverCommitment { heard: item, commitment: version.id, seen: None, evidence };
        response::act::deliver(&mut tx, &self.staff, at, shown).await.expect("shown");
        let read = response::act::ConfirmDelivery { heard: item, commitment: version.id, seen: 1 };
        let own = response::act::confirm(&mut tx, &self.staff, at, read).await;
        assert!(matches!(own, Err(Error::Conflict(_))), "nobody confirms their own work");
        response::act::confirm(&mut tx, &self.second, at, read).await.expect("confirmed");
        assert_eq!(self.status(&mut tx, item, at).await, FollowUpStatus::Delivered);
        let next = report::act::finalise(&mut tx, &self.staff, at + Duration::days(1), self.day, 2).await.expect("the next report");
        let next = report::store::find(&mut tx, next).await.expect("read").expect("there");
        let reply = next.document.items[0].replies.last().expect("a reply");
        assert_eq!(reply.status, ReplyStatus::Delivered);
        did_commit(tx).await;
    }

    /// Step 9: the trail leads from the item to the mentions and to the reports, and back to it from each of them.
    pub(super) async fn look_back(&self, item: HeardId) {
        let mut tx = self.db.read().await.expect("tx");
        let around = collect(&mut tx, item).await.expect("a walk");
        assert!(!around.people.is_empty(), "said by somebody");
        let mut ways = vec![(TrailStart::Heard, item.0)];
        for person in &around.people {
            let author = person.author.as_ref().expect("who came from listening");
            assert!(author.mentions >= 3 && !person.mentions.is_empty(), "whose mentions are still there");
            ways.push((TrailStart::Panelist, person.panelist.id.0));
            ways.push((TrailStart::Author, author.id.0));
            ways.extend(person.mentions.iter().map(|mention| (TrailStart::Mention, mention.mention.id.0)));
        }
        ways.extend(around.notes.iter().map(|note| (TrailStart::Note, note.note_id.0)));
        ways.extend(around.reports.iter().map(|report| (TrailStart::Report, report.id.0)));
        assert_eq!((around.reports.len(), around.answers.len(), around.deliveries.len()), (2, 1, 1));
        assert!(around.versions.len() >= 2, "the promise that was answered anew stands beside the first");
        for (start, id) in ways {
            let found = items(&mut tx, start, id).await.expect("the thing is there");
            assert!(found.iter().any(|found| found.id == item), "no way back from the {}", start.label());
        }
        let chain = db::verify::verify(&mut tx, &[]).await.expect("walked");
        assert!(chain.is_whole() && chain.erased == 0 && chain.rows > 10, "{chain:?}");
        assert!(chain.intact > 30, "{} acts were recorded", chain.intact);
    }
}
