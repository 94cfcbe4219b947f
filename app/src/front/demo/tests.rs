//! The demo is made on both databases, whole and stage by stage.

use super::*;
use crate::access::job;
use crate::casework::nomination::{self, NominationState};
use crate::db::verify::verify;
use crate::kernel::clock::now;
use crate::listening::author::{
    self,
    AuthorKind::{Advertiser, Bot, Own, Partner},
};
use crate::program::day;
use crate::testing::each_db;

#[tokio::test]
async fn every_stage_can_be_made_and_has_something_on_every_page() {
    for stage in DemoStage::ALL {
        each_db(|db| async move {
            make(&db, *stage, now()).await.unwrap_or_else(|error| panic!("{stage}: {error}"));
            assert!(matches!(make(&db, *stage, now()).await, Err(Error::Conflict(_))), "a demo is made once");
            let mut tx = db.read().await.expect("tx");
            let verified = verify(&mut tx, &[]).await.expect("verified");
            assert!(verified.is_whole(), "{:?}", verified.problems);

            let days = day::store::list(&mut tx).await.expect("days");
            assert_eq!(days.len(), 3);

            let program = program::store::list(&mut tx).await.expect("programs")[0].id;
            let everybody = author::store::ExcludedSearch {
                program,
                which: author::store::ExcludedFilter::Excluded,
                text: String::new(),
                by_person: None,
            };
            let excluded = author::store::list_excluded(&mut tx, &everybody, 99, 0).await.expect("a list");
            let mut excluded: Vec<_> = excluded.iter().map(|author| (author.kind, author.handle.as_str())).collect();
            excluded.sort_unstable();
            let expected = [
                (Own, "TarnwickHQ"),
                (Own, "TarnwickHelp"),
                (Partner, "usedtarnwick_leeds"),
                (Advertiser, "laptopdeals_uk"),
                (Bot, "laptopprices24"),
            ];
            assert_eq!(excluded, expected, "those who do not speak as customers, and nobody else");
            let trend = topic::trend::of(&mut tx, program).await.expect("a trend");
            assert!(trend.lines.iter().all(|line| line.all.mentions > 0), "every topic is spoken of");
            assert!(trend.rising().iter().any(|line| line.topic.name == "Software update"));
            let phrases = phrase::store::list(&mut tx, program).await.expect("phrases");
            for kind in phrase::PhraseKind::ALL {
                assert!(phrases.iter().any(|phrase| phrase.kind == *kind), "no phrase is {kind}: {phrases:?}");
            }
            let nominated = nomination::store::count(&mut tx, Some(program)).await.expect("counts");
            for (state, count) in [(NominationState::New, 3), (NominationState::Answered, 1), (NominationState::Declined, 1)] {
                assert!(nominated.contains(&(state, count)), "{nominated:?}");
            }
            let waiting = nomination::store::list(&mut tx, program, NominationState::New, 9, 0).await.expect("nominations");
            assert!(waiting.iter().any(|one| one.mention_id.is_some()));
            assert!(waiting.iter().any(|one| one.person.is_some() && one.author_id.is_some()), "a person whom we know");
            assert!(job::store::find_of_program(&mut tx, job::JobKind::Topics, program).await.expect("read").is_none(), "nothing waits");
        })
        .await;
    }
}
