//! `/mentions/{id}`: one mention, its sentiment, and a person's correction.

use leptos::prelude::*;

use super::{Mention, Sentiment, list, store};
use crate::access::account::Permission;
use crate::access::page::{Panel, page};
use crate::db::Tx;
use crate::kernel::clock::long_date;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::MentionId;
use crate::listening::author::{self, Author};
use crate::listening::sentiment::rules::language_name;
use crate::listening::sentiment::store::Correction;
use crate::listening::volume::country_label;
use crate::listening::{import, repeated, sentiment, topic};
use crate::program::shown::crumbs;
use crate::ui::{Confirm, DefList, Form, Hidden, PageHead, Select, Submit, TextArea, count, number, param, refused};

/// `/mentions/{id}`.
pub fn mention(triage: Panel<MentionId>) -> impl IntoView {
    let id = param::<MentionId>("id");
    page("Mention", Permission::SeeListening, move |cx| async move {
        let id = id?;
        let may_teach = cx.actor.scope(Permission::ManageSentimentModel).is_some();
        let mut tx = cx.db.read().await?;
        let mention = store::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let author = author::store::find(&mut tx, mention.author_id).await?.ok_or(Error::NotFound)?;
        let correction = sentiment::store::find_correction(&mut tx, id).await?;
        let topics = topic::store::list(&mut tx, mention.program_id).await?;
        let about = topic::store::list_tags(&mut tx, &[id]).await?;
        let about: Vec<_> = topics.into_iter().filter(|topic| about.iter().any(|(_, id)| *id == topic.id)).collect();
        let repeated = repeated_link(&mut tx, id).await?;
        let row = match cx.actor.scope(Permission::Import) {
            Some(_) => source_row_link(&mut tx, &mention).await?,
            None => None,
        };
        let crumbs = crumbs(&mut tx, mention.program_id, &[("/mentions", "Mentions")]).await?;
        drop(tx);
        let triage = triage(cx, id).await?;
        let facts = facts(&mention, &author, correction.as_ref());
        Ok(view! {
            <PageHead title="Mention" crumbs/>
            <div class="side">
                <div class="stack">
                    <section class="card pad stack">
                        <p class="quote" dir="auto">{mention.text.clone()}</p>
                        {(!about.is_empty()).then(|| view! { <p class="row wrap"><span class="dim">"Topics"</span> {list::chips(about)}</p> })}
                        <p class="row wrap"><span class="dim">"Sentiment"</span> {list::reading_badge(&mention)}</p>
                        {repeated}
                        {mention.sensitive.then(|| view! { <p class="dim">"Sensitive subject: this mention never counts for a segment."</p> })}
                    </section>
                    {may_teach.then(|| correction_form(&mention, correction.as_ref()))}
                </div>
                <aside class="stack">
                    {triage}
                    <section class="card pad stack">
                        <DefList rows=facts/>
                        <p><a href=format!("/authors/{}", mention.author_id)>"Show author"</a></p>
                        {row}
                    </section>
                </aside>
            </div>
        }
        .into_any())
    })
}

/// A link to its repeated mentions.
async fn repeated_link(tx: &mut Tx, id: MentionId) -> Result<Option<impl IntoView + use<>>> {
    Ok(repeated::store::find_of(tx, id).await?.map(|repeated| {
        let words = format!(
            "{} in nearly the same words, by {}",
            count(repeated.mentions, "mention", "mentions"),
            count(repeated.authors, "author", "authors")
        );
        view! { <p><a href=format!("/mentions?repeated={}", repeated.first_id)>{words}</a></p> }
    }))
}

/// A link to its original row.
async fn source_row_link(tx: &mut Tx, mention: &Mention) -> Result<Option<impl IntoView + use<>>> {
    let Some(run) = mention.run_id.filter(|_| mention.line > 0) else { return Ok(None) };
    let Some(run) = import::store::find(tx, run).await? else { return Ok(None) };
    let words = format!("Original row {} of {}", number(mention.line), run.file_name);
    Ok(Some(view! { <p><a href=format!("/imports/{}/rows/{}", run.id, mention.line) dir="auto">{words}</a></p> }))
}

fn facts(mention: &Mention, author: &Author, correction: Option<&Correction>) -> Vec<(&'static str, String)> {
    vec![
        ("Author", author.shown()),
        ("Network", author::network_label(&mention.network)),
        ("Date", long_date(mention.day)),
        ("Language", mention.language.as_deref().map(language_name).unwrap_or_default()),
        ("Country", mention.country.as_deref().map(country_label).unwrap_or_default()),
        ("Corrected to", correction.map(|found| found.sentiment.label().to_owned()).unwrap_or_default()),
        ("Reason", correction.and_then(|found| found.reason.clone()).unwrap_or_default()),
        ("Vendor’s sentiment", mention.vendor_sentiment.clone().unwrap_or_default()),
        ("Our own sentiment", format!("{} ({:+.2})", mention.sentiment.label(), mention.score)),
    ]
}

fn correction_form(mention: &Mention, correction: Option<&Correction>) -> impl IntoView + use<> {
    let options = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];
    let options = options.iter().map(|word| (word.as_str().to_owned(), word.label().to_owned())).collect();
    let chosen = correction.map_or(mention.reading, |found| found.sentiment).as_str();
    let seen = correction.map(|found| found.sentiment);
    view! {
        <details class="card pad" open=refused("correct")>
            <summary>"Correct the sentiment"</summary>
            <div class="stack">
                <Form act="correct">
                    <Hidden name="seen" value=seen.map_or("", Sentiment::as_str)/>
                    <Select name="sentiment" label="Sentiment" options value=chosen/>
                    <TextArea name="reason" label="Reason" hint="Optional. A correction overrides the vendor’s value and our own, and the next training learns from it."/>
                    <Submit label="Save correction" main=true/>
                </Form>
                {seen.map(|seen| view! {
                    <Confirm label="Remove correction">
                        <Form act="uncorrect">
                            <Hidden name="seen" value=seen.as_str()/>
                            <p>"The vendor’s value applies again, or our own."</p>
                            <Submit label="Remove correction"/>
                        </Form>
                    </Confirm>
                })}
            </div>
        </details>
    }
}
