//! The email that carries a report.

use app::follow_up::report::{ReportEdition, ReportItem, store};
use app::kernel::error::{Error, Result};
use app::kernel::ids::{LinkId, PanelistId, ReportId};
use app::t;

use super::context::{TemplateContext, greeting};
use super::message::{Email, EmailBlock, EmailFrom, QuotedItem};

/// How many items of others an email shows to somebody who raised none.
const MAX_OTHERS: usize = 3;

pub(super) async fn email(context: &mut TemplateContext<'_>) -> Result<Email> {
    let id: ReportId = context.param("report").parse().map_err(|_| Error::NotFound)?;
    let panelist = context.queued.subject_id.map(PanelistId).ok_or(Error::NotFound)?;
    let report = store::find(context.tx, id).await?.ok_or(Error::NotFound)?;
    let copies = store::list_copies(context.tx, id).await?;
    let edition = store::edition_for(&report, &copies, panelist);
    let url = context.url().await?;
    let unsubscribe = match context.param("unsubscribe").parse::<LinkId>() {
        Ok(link) => Some(context.link(link, "/unsubscribe/").await?),
        Err(_) => None,
    };
    let sponsor = context.program.as_ref().map(|program| program.charter.sponsor.as_str()).unwrap_or_default();
    let branding = context.branding.as_ref().map(|branding| branding.words.clone()).unwrap_or_default();
    // The report keeps the name that it was finalised with.
    let from = EmailFrom::of(&branding, edition.locale(), sponsor, &edition.document.organisation);
    Ok(report_email(&edition, &context.queued.recipient_name, &from, url, unsubscribe))
}

/// The report email: the headline, what its reader raised with the answers, one button, thanks.
#[must_use]
pub fn report_email(edition: &ReportEdition, name: &str, from: &EmailFrom, url: String, unsubscribe: Option<String>) -> Email {
    let (locale, document) = (edition.locale(), &edition.document);
    let mut blocks = vec![
        EmailBlock::Headline(edition.headline()),
        greeting(locale, name),
        EmailBlock::Text(t!(locale, "email-report", number = document.number, date = document.day.date)),
        EmailBlock::Text(edition.summary()),
    ];
    blocks.extend(edition.yours.iter().map(|item| EmailBlock::Item(heard(edition, item, true))));
    if edition.yours.is_empty() {
        blocks.extend(edition.others.iter().take(MAX_OTHERS).map(|item| EmailBlock::Item(heard(edition, item, false))));
    }
    let rest = if edition.yours.is_empty() { edition.others.len().saturating_sub(MAX_OTHERS) } else { edition.others.len() };
    if rest > 0 {
        blocks.push(EmailBlock::Text(t!(locale, "email-report-more", n = rest, words = locale.number_word(rest))));
    }
    blocks.push(EmailBlock::Text(t!(locale, "email-report-ask")));
    blocks.push(EmailBlock::Button(t!(locale, "email-report-button"), url));
    blocks.push(EmailBlock::Text(from.signature.clone()));
    let stop = unsubscribe.as_ref().map(|url| t!(locale, "email-report-unsubscribe", url = url)).unwrap_or_default();
    blocks.push(EmailBlock::Small(format!("{} {stop}", t!(locale, "email-report-small")).trim().to_owned()));
    let subject = t!(locale, "email-report-subject", headline = edition.headline(), number = document.number, program = &document.program);
    Email::new(subject, &document.language, Some(from), &blocks).with_unsubscribe(unsubscribe)
}

fn heard(edition: &ReportEdition, item: &ReportItem, yours: bool) -> QuotedItem {
    let (locale, document) = (edition.locale(), &edition.document);
    let mut small: Vec<String> = Vec::new();
    for reply in &item.replies {
        small.extend(reply.small_print(locale));
        small.extend(reply.link.clone());
    }
    small.extend(item.changed(document));
    QuotedItem {
        by: item.raised_by(locale, yours),
        text: item.text.clone(),
        edge: item.edge(locale, document.finalised_on),
        tone: item.status().tone(),
        organisation: document.organisation.clone(),
        replies: item.replies.iter().map(|reply| reply.text.clone()).collect(),
        small,
    }
}
