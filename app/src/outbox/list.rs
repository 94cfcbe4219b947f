//! `/outbox`: mail that waits, went or failed. `/outbox/{id}`: one mail as its reader sees it.

use leptos::prelude::*;

use super::{Mail, State, Template, store};
use crate::account::Verb;
use crate::clock::ago;
use crate::error::Error;
use crate::fold::Needle;
use crate::ids::OutboxId;
use crate::ui::{
    Cx, DefList, Empty, FilterBar, Form, Notice, PageHead, Pager, Pick, Search, StateBadge, Submit, Th, Tile, Tone, page, param, query,
};

/// The newest mails that the list reads.
pub const MOST: i64 = 2000;

/// What the list is filtered and sorted by; the CSV reads the same.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub search: Option<String>,
    pub state: Option<String>,
    pub template: Option<String>,
    pub sort: Option<String>,
}

impl Choice {
    /// Reads it with `get`, from a page's query or a download's.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self { search: get("q"), state: get("state"), template: get("mail"), sort: get("sort") }
    }

    /// The mails that match, in the order asked for; the newest first where none is.
    #[must_use]
    pub fn apply(&self, mut mails: Vec<Mail>) -> Vec<Mail> {
        if let Some(search) = &self.search {
            let needle = Needle::of(search);
            mails.retain(|mail| needle.is_in([&mail.recipient, &mail.recipient_name]));
        }
        if let Some(state) = &self.state {
            mails.retain(|mail| mail.state.as_str() == state);
        }
        if let Some(template) = &self.template {
            mails.retain(|mail| mail.template.as_str() == template);
        }
        let sort = self.sort.as_deref().unwrap_or_default();
        match sort.trim_start_matches('-') {
            "to" => mails.sort_by_key(|mail| mail.recipient_name.to_lowercase()),
            "attempts" => mails.sort_by_key(|mail| mail.attempts),
            "queued" => mails.sort_by_key(|mail| mail.created_at),
            _ => {}
        }
        if sort.starts_with('-') {
            mails.reverse();
        }
        mails
    }
}

const fn tone(state: State) -> Tone {
    match state {
        State::Queued => Tone::Plain,
        State::Sent => Tone::Good,
        State::Failed | State::Bounced => Tone::Bad,
    }
}

/// `/outbox`.
pub fn outbox() -> impl IntoView {
    let choice = Choice::read(query);
    let address = leptos_router::hooks::use_location().search.get_untracked();
    page("Outbox", Verb::SeeOutbox, move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let counts = store::count(&mut tx).await?;
        let mails = choice.apply(store::list(&mut tx, MOST).await?);
        let count = i64::try_from(mails.len()).unwrap_or(i64::MAX);
        let per = usize::try_from(crate::ui::PER_PAGE).unwrap_or(50);
        let skip = usize::try_from(crate::ui::skipped(count, crate::ui::PER_PAGE)).unwrap_or(0);
        let tiles = State::ALL
            .iter()
            .map(|state| {
                let n = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, n)| *n);
                let tone = if n > 0 && matches!(state, State::Failed | State::Bounced) { Tone::Bad } else { Tone::Plain };
                view! { <Tile label=state.label() value=n.to_string() href=format!("/outbox?state={}", state.as_str()) tone=tone/> }
            })
            .collect::<Vec<_>>();
        let rows = mails.iter().skip(skip).take(per).map(|mail| row(mail, &cx)).collect::<Vec<_>>();
        let csv = format!("/outbox.csv{}{}", if address.is_empty() { "" } else { "?" }, address.trim_start_matches('?'));
        let table = if count == 0 {
            view! { <Empty title="No mail" text="Mail appears here when somebody is invited, asked for a response, or sent a report."/> }
                .into_any()
        } else {
            view! {
                <table class="list">
                    <thead><tr>
                        <Th label="Mail"/>
                        <Th label="To" sort="to"/>
                        <Th label="State"/>
                        <Th label="Attempts" sort="attempts" n=true/>
                        <Th label="Queued" sort="queued"/>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <Pager count one="mail" many="mails" csv/>
            }
            .into_any()
        };
        let no_server = (!cx.site.sends_mail)
            .then(|| view! { <Notice tone=Tone::Warn><p>"No mail server is set, so everything stays queued. Nothing is lost: it goes out as soon as one is."</p></Notice> });
        Ok(view! {
            <PageHead title="Outbox" sub="Mail that waits, went or failed. What fails is tried again for a day and a half."/>
            {no_server}
            <div class="tiles">{tiles}</div>
            <FilterBar>
                <Search label="Name or address"/>
                <Pick name="state" label="State" options=State::ALL.iter().map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect()/>
                <Pick name="mail" label="Mail" options=Template::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect()/>
            </FilterBar>
            <section class="card">{table}</section>
        })
    })
}

fn row(mail: &Mail, cx: &Cx) -> impl IntoView + use<> {
    let error = mail.error.clone().map(|error| view! { <small class="bad-text">" " {error}</small> });
    let to = if mail.recipient_name.is_empty() { mail.recipient.clone() } else { format!("{} <{}>", mail.recipient_name, mail.recipient) };
    view! {
        <tr>
            <td><a href=format!("/outbox/{}", mail.id)>{mail.template.label()}</a></td>
            <td data-label="To">{to}</td>
            <td data-label="State"><StateBadge tone=tone(mail.state) label=mail.state.label()/> {error}</td>
            <td class="n" data-label="Attempts">{mail.attempts}</td>
            <td data-label="Queued">{ago(mail.created_at, cx.now)}</td>
        </tr>
    }
}

/// `/outbox/{id}`.
pub fn mail() -> impl IntoView {
    let id = param::<OutboxId>("id");
    page("Mail", Verb::SeeOutbox, move |cx: Cx| async move {
        let mut tx = cx.db.read().await?;
        let mail = store::find(&mut tx, id?).await?.ok_or(Error::NotFound)?;
        let at = |time: Option<crate::clock::Time>| time.map(|time| time.format("%-d %b %Y %H:%M UTC").to_string()).unwrap_or_default();
        let waits = mail.state == State::Queued;
        let rows = vec![
            ("To", format!("{} <{}>", mail.recipient_name, mail.recipient)),
            ("Queued", at(Some(mail.created_at))),
            ("Sent", at(mail.sent_at)),
            ("Attempts", mail.attempts.to_string()),
            ("Next attempt", if waits && mail.attempts > 0 { at(Some(mail.due_at)) } else { String::new() }),
            ("Error", mail.error.clone().unwrap_or_default()),
        ];
        let again = (matches!(mail.state, State::Failed | State::Bounced) || (waits && mail.error.is_some()))
            .then(|| view! { <Form act="retry"><Submit label="Try again now"/></Form> });
        let frame = format!("/outbox/{}/letter", mail.id);
        let name = if mail.recipient_name.is_empty() { mail.recipient.clone() } else { mail.recipient_name.clone() };
        Ok(view! {
            <PageHead title=format!("{} to {name}", mail.template.label()) crumbs=vec![("/outbox".into(), "Outbox".into())]>
                <StateBadge tone=tone(mail.state) label=mail.state.label()/>
            </PageHead>
            <div class="two side">
                <section class="card stack">
                    <iframe class="letter-frame" src=frame title="The mail as its reader sees it, without working links"></iframe>
                </section>
                <section class="card pad stack"><DefList rows/> {again}</section>
            </div>
        })
    })
}
