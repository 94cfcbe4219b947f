//! Turns one record of a roster into a customer, or into the reason why not.

use super::*;
use crate::listening::customer::FurtherDetails;

/// Further details of one customer that are kept, and characters of each.
const MAX_EXTRAS: usize = 40;
const MAX_EXTRA_CHARS: usize = 500;

/// Tags without the quotation marks of a list within a cell: `"Panel 2026","Air 14"` is “Panel 2026, Air 14”.
fn listed(tags: &str) -> String {
    match tags.strip_prefix('"').and_then(|tags| tags.strip_suffix('"')) {
        Some(tags) if !tags.is_empty() => tags.split("\",").map(|tag| tag.trim().trim_start_matches('"')).collect::<Vec<_>>().join(", "),
        _ => tags.to_owned(),
    }
}

impl RowReader {
    /// Reads a customer.
    ///
    /// # Errors
    /// How the row ends instead, and why.
    pub fn person(&self, record: &Record) -> Result<ParsedCustomer, RefusedRow> {
        self.whole(record)?;
        let name = self.full_name(record);
        if name.is_empty() {
            return Err(self.refuse(record, ImportField::FullName, RowReason::NameMissing));
        }
        let email = match self.cell(record, ImportField::EmailAddress) {
            "" => None,
            email => Some(EmailAddress::parse(email.strip_prefix("mailto:").unwrap_or(email)).map(String::from).map_err(|_| {
                self.refuse(record, ImportField::EmailAddress, RowReason::NotAnEmail { text: cut(email, MAX_SHOWN_CHARS) })
            })?),
        };
        let external_ref = self.optional(record, ImportField::Ref).or_else(|| email.clone());
        let Some(external_ref) = external_ref else {
            return Err(self.refuse(record, ImportField::Ref, RowReason::CustomerUnidentified));
        };
        let products = self.optional(record, ImportField::Products).unwrap_or_default();
        let purchased_at = self.optional_time(record, ImportField::PurchasedAt)?;
        let survey_answer = self.optional(record, ImportField::SurveyAnswer);
        let (consents_to_contact, details) = self.details(record, purchased_at)?;
        Ok(ParsedCustomer {
            line: record.line,
            external_ref,
            name: cut(&name, 200),
            owns_products: yes_or_no(self.cell(record, ImportField::Owns)).unwrap_or(!products.is_empty() || purchased_at.is_some()),
            products,
            email,
            consents_to_contact,
            last_contact_at: self.optional_time(record, ImportField::LastContact)?,
            survey_scale: if survey_answer.is_some() { self.survey_scale_of(record) } else { SurveyScale::Words },
            survey_answer,
            survey_at: self.optional_time(record, ImportField::SurveyAt)?,
            details,
        })
    }

    /// A cell of a column that only our own file of all customers has.
    fn own_cell(&self, record: &Record, name: &str) -> Option<String> {
        let place = own_files::CUSTOMERS.iter().position(|column| *column == name)?;
        Some(self.at(record, place)).filter(|cell| !cell.is_empty()).map(str::to_owned)
    }

    /// How far the answer's score goes: our own file says so in each row.
    fn survey_scale_of(&self, record: &Record) -> SurveyScale {
        let said = if self.own_roster { self.own_cell(record, own_files::SURVEY_SCALE) } else { None };
        let known = said.and_then(|said| SurveyScale::ALL.iter().copied().find(|scale| scale.label() == said));
        known.unwrap_or(self.survey_scale)
    }

    /// The whole name; else first and last name; else the address, by which alone newsletters know many people.
    fn full_name<'r>(&self, record: &'r Record) -> Cow<'r, str> {
        let whole = self.name(record, ImportField::FullName);
        if !whole.is_empty() {
            return whole;
        }
        let parts = [ImportField::FirstName, ImportField::LastName].map(|field| self.cell(record, field));
        let joined = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if joined.is_empty() { Cow::Borrowed(self.cell(record, ImportField::EmailAddress)) } else { Cow::Owned(joined) }
    }

    fn optional_time(&self, record: &Record, field: ImportField) -> Result<Option<Time>, RefusedRow> {
        if self.cell(record, field).is_empty() { Ok(None) } else { self.time(record, field).map(Some) }
    }

    /// Whether the person may be invited, and whatever else the row says.
    fn details(&self, record: &Record, purchased_at: Option<Time>) -> Result<(bool, CustomerDetails), RefusedRow> {
        let said = |field| {
            let place = self.places(field).iter().copied().find(|place| !is_nothing(self.at(record, *place)))?;
            Some((self.headers.get(place).cloned().unwrap_or_default(), cut(self.at(record, place), MAX_CELL_CHARS)))
        };
        let (invited, marketing) = (said(ImportField::Consents), said(ImportField::MarketingConsent));
        let marketing_consent = marketing.as_ref().map(|(_, says)| yes_or_no(says) == Some(true));
        let by_marketing = self.marketing_is_consent && marketing_consent == Some(true);
        // What a person said about invitations leads over what they said about advertising.
        let consents = invited.as_ref().map_or(by_marketing, |(_, says)| yes_or_no(says) == Some(true));
        let (mut consent_column, mut consent_says) = invited.or(marketing).unzip();
        let (handle, mut handle_network) = self.social_handle(record);
        if self.own_roster {
            consent_column = self.own_cell(record, own_files::CONSENT_COLUMN);
            consent_says = self.own_cell(record, own_files::CONSENT_SAYS);
            handle_network = self.own_cell(record, own_files::HANDLE_NETWORK);
        }
        Ok((
            consents,
            CustomerDetails {
                phone: self.optional(record, ImportField::Phone),
                company: self.optional(record, ImportField::Company),
                purchased_at,
                country: self.optional(record, ImportField::HomeCountry),
                language: language(self.cell(record, ImportField::HomeLanguage)),
                handle,
                handle_network,
                tags: self.optional(record, ImportField::Tags).map(|tags| listed(&tags)),
                consent_column,
                consent_says,
                consent_since: self.optional_time(record, ImportField::ConsentSince)?,
                marketing_consent,
                extra: self.extras(record),
            },
        ))
    }

    /// The handle, and the network that its link or the column's name speaks of.
    fn social_handle(&self, record: &Record) -> (Option<String>, Option<String>) {
        let place = self.places(ImportField::SocialHandle).iter().copied().find(|place| !is_nothing(self.at(record, *place)));
        let Some(place) = place else { return (None, None) };
        let cell = self.at(record, place);
        let Ok(handle) = author::parse_handle(cell) else { return (None, None) };
        let header = self.headers.get(place).map_or("", String::as_str);
        let by_name = || author::known_network(header).or_else(|| header.to_lowercase().starts_with("x ").then_some("x"));
        let by_link = if cell.starts_with("http") { author::known_network(cell) } else { None };
        (Some(handle.shown), by_link.or_else(by_name).map(str::to_owned))
    }

    fn extras(&self, record: &Record) -> FurtherDetails {
        let filled = self.places(ImportField::Extra).iter().copied().filter(|place| !is_nothing(self.at(record, *place)));
        let named = filled.filter_map(|place| Some((self.headers.get(place)?.trim(), self.at(record, place))));
        FurtherDetails(
            named
                .filter(|(name, _)| !name.is_empty())
                .take(MAX_EXTRAS)
                .map(|(name, value)| (cut(name, MAX_SHOWN_CHARS), cut(value, MAX_EXTRA_CHARS)))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn tags_lose_the_marks_of_their_list() {
        for (cell, meant) in [
            ("\"Panel 2026\",\"Air 14\"", "Panel 2026, Air 14"),
            ("\"VIP\"", "VIP"),
            ("VIP, \"new\" ones", "VIP, \"new\" ones"),
            ("\"", "\""),
        ] {
            assert_eq!(listed(cell), meant);
        }
    }
}
