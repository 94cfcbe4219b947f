//! `/listen/repeated-mentions`: mentions with nearly the same words.

use chrono::Duration;
use leptos::prelude::*;

use super::rules::{MAX_DIFFERENT_BITS, MIN_WORDS};
use super::{RepeatedMention, store};
use crate::access::account::Permission;
use crate::access::page::page;
use crate::kernel::clock::long_date;
use crate::listening::mention;
use crate::program::shown::{no_program, program_shown};
use crate::ui::{Empty, FilterBar, Help, PageHead, Pick, number, query};

/// Most repeated mentions on the page.
const MAX_SHOWN: i64 = 100;

/// `/listen/repeated-mentions`.
pub fn repeated_mentions() -> impl IntoView {
    page("Repeated mentions", Permission::SeeListening, |cx| async move {
        let mut tx = cx.db.read().await?;
        let crumbs = vec![("/mentions".to_owned(), "Mentions".to_owned())];
        let sub = "Mentions with nearly the same words: campaigns, copies and reposts.";
        let head = view! { <PageHead title="Repeated mentions" sub crumbs/> };
        let Some(program) = program_shown(&mut tx).await? else {
            return Ok(view! { {head} {no_program()} }.into_any());
        };
        let newest = mention::store::newest(&mut tx, program.id).await?.unwrap_or(cx.now).min(cx.now).date_naive();
        let days: i64 = query("days").and_then(|days| days.parse().ok()).filter(|days| (1..=3650).contains(days)).unwrap_or(90);
        let since = newest - Duration::days(days - 1);
        let found = store::list(&mut tx, program.id, since, newest, MAX_SHOWN).await?;
        let empty = found.is_empty();
        let rows = found.into_iter().map(row).collect_view();
        let spans =
            [("7", "7 days"), ("30", "30 days"), ("365", "1 year")].map(|(days, label)| (days.to_owned(), label.to_owned())).to_vec();
        Ok(view! {
            {head}
            <FilterBar><Pick name="days" label="Period" any="90 days" options=spans/></FilterBar>
            <div class="dim">
                {format!("From {} to {}, the day of the newest mention. ", long_date(since), long_date(newest))}
                {format!("Mentions with at least {MIN_WORDS} words are compared by word pairs (SimHash, at most {MAX_DIFFERENT_BITS} of 64 bits different). ")}
                "An author’s repetitions on one day count once towards the segment. "
                <Help term="near-duplicate"/>
            </div>
            {empty.then(|| view! { <Empty title="No repeated mentions" text="No mention was repeated in this period. Choose a longer period, or import more mentions."/> })}
            {(!empty).then(|| view! {
                <div class="card">
                    <table class="list">
                        <caption class="sr">"Repeated mentions"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Text"</th>
                                <th scope="col" class="n">"Mentions"</th>
                                <th scope="col" class="n">"Authors"</th>
                                <th scope="col" class="n">"First"</th>
                                <th scope="col" class="n">"Last"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
        }
        .into_any())
    })
}

fn row(repeated: RepeatedMention) -> impl IntoView {
    let mentions = format!("/mentions?repeated={}", repeated.first_id);
    view! {
        <tr>
            <td><span class="quote" dir="auto">{repeated.text}</span></td>
            <td data-label="Mentions" class="n"><a href=mentions>{number(repeated.mentions)}</a></td>
            <td data-label="Authors" class="n">{number(repeated.authors)}</td>
            <td data-label="First" class="n">{long_date(repeated.first_day)}</td>
            <td data-label="Last" class="n">{long_date(repeated.last_day)}</td>
        </tr>
    }
}
