//! One email as plain text and as HTML that a 390-pixel phone and a twenty-year-old email program both show.
//!
//! Styles are inline, since email programs drop style sheets; the layout is one column of blocks, no tables to speak of.
//! The signature block is the one of the page and the PDF: the panel in serif, the answer in sans beside a rule.

use app::follow_up::report::rules::ReportTone;
use app::kernel::locale::Locale;
use app::program::branding::BrandingFields;

/// Who a guest's email is from, and how it ends.
#[derive(Clone, Debug)]
pub struct EmailFrom {
    pub sender: String,
    pub signature: String,
    /// The colour of links and buttons, as `#rrggbb`.
    pub accent: Option<String>,
}

impl EmailFrom {
    /// What a program's branding says, with its sponsor and organisation where it says nothing.
    #[must_use]
    pub fn of(branding: &BrandingFields, locale: Locale, sponsor: &str, organisation: &str) -> Self {
        let (sender, signature) = branding.email_words(locale, sponsor, organisation);
        let accent = Some(branding.accent.clone()).filter(|accent| !accent.is_empty());
        Self { sender, signature, accent }
    }
}

/// An email ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The sender's name, where it is from an organisation.
    pub sender: Option<String>,
    /// Where its reader ends email of this kind with one click (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// One piece of an email.
#[derive(Clone, Debug)]
pub enum EmailBlock {
    /// The one line that says what it is about, in the panel's serif.
    Headline(String),
    /// Sentences. Line ends are kept.
    Text(String),
    /// The panel's words and the answers to them.
    Item(QuotedItem),
    /// What to do, as a button and as an address.
    Button(String, String),
    /// Six digits, large.
    Code(String),
    /// Why the email came, how to stop it.
    Small(String),
    /// A title between parts.
    Title(String),
}

/// The signature block.
#[derive(Clone, Debug)]
pub struct QuotedItem {
    pub by: String,
    pub text: String,
    pub edge: String,
    pub tone: ReportTone,
    pub organisation: String,
    pub replies: Vec<String>,
    pub small: Vec<String>,
}

const SERIF: &str = "'Iowan Old Style','Palatino Linotype',Palatino,'Noto Serif',Georgia,serif";
/// The accent of emails whose program has none of its own, and of those to staff.
const ACCENT: &str = "#2546b8";
const SANS: &str = "system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif";

impl Email {
    /// Puts the blocks together. `from` is whose guest gets it; none for staff.
    #[must_use]
    pub fn new(subject: impl Into<String>, language: &str, from: Option<&EmailFrom>, blocks: &[EmailBlock]) -> Self {
        let subject = one_line(&subject.into());
        let text: Vec<String> = blocks.iter().map(plain).collect();
        let accent = from.and_then(|from| from.accent.as_deref()).unwrap_or(ACCENT);
        let body: String = blocks.iter().map(|block| rich(block, accent)).collect();
        let html = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light\"><title>{}</title></head>\
             <body style=\"margin:0;background:#fbfaf8;color:#1d1e20\"><div style=\"max-width:600px;margin:0 auto;padding:24px 20px;font:16px/1.55 {SANS}\">{body}</div></body></html>",
            escape(language),
            escape(&subject),
        );
        let sender = from.map(|from| one_line(&from.sender)).filter(|name| !name.is_empty());
        Self { subject, text: format!("{}\n", text.join("\n\n")), html, sender, unsubscribe: None }
    }

    /// With an address that ends email of this kind.
    #[must_use]
    pub fn with_unsubscribe(mut self, url: Option<String>) -> Self {
        self.unsubscribe = url;
        self
    }
}

fn plain(block: &EmailBlock) -> String {
    match block {
        EmailBlock::Headline(text) | EmailBlock::Title(text) => wrapped(text, ""),
        EmailBlock::Text(text) => text.lines().map(|line| wrapped(line, "")).collect::<Vec<_>>().join("\n"),
        EmailBlock::Item(heard) => {
            let mut lines = vec![format!("{} ({})", heard.by, heard.edge), wrapped(&format!("“{}”", heard.text), "  ")];
            for reply in &heard.replies {
                lines.push(wrapped(&format!("{}: {reply}", heard.organisation), "  | "));
            }
            lines.extend(heard.small.iter().map(|small| wrapped(small, "  | ")));
            lines.join("\n")
        }
        EmailBlock::Button(label, url) => format!("{label}:\n{url}"),
        EmailBlock::Code(code) => format!("    {code}"),
        EmailBlock::Small(text) => format!("--\n{}", wrapped(text, "")),
    }
}

fn rich(block: &EmailBlock, accent: &str) -> String {
    let accent = escape(accent);
    match block {
        EmailBlock::Headline(text) => {
            format!("<h1 dir=\"auto\" style=\"font:400 26px/1.25 {SERIF};margin:0 0 16px\">{}</h1>", escape(text))
        }
        EmailBlock::Title(text) => format!("<h2 dir=\"auto\" style=\"font:600 16px/1.4 {SANS};margin:32px 0 8px\">{}</h2>", escape(text)),
        EmailBlock::Text(text) => text
            .split("\n\n")
            .map(|part| format!("<p dir=\"auto\" style=\"margin:0 0 16px\">{}</p>", escape(part.trim_matches('\n')).replace('\n', "<br>")))
            .collect(),
        EmailBlock::Item(heard) => {
            let replies: String = heard
                .replies
                .iter()
                .map(|reply| {
                    format!(
                        "<p dir=\"auto\" style=\"margin:0 0 6px\"><b dir=\"auto\" style=\"display:block;font-size:12px;letter-spacing:.04em;color:{accent}\">{}</b>{}</p>",
                        escape(&heard.organisation.to_uppercase()),
                        escape(reply)
                    )
                })
                .collect();
            let small: String = heard
                .small
                .iter()
                .map(|small| format!("<p dir=\"auto\" style=\"margin:0;font-size:14px;color:#565a61\">{}</p>", escape(small)))
                .collect();
            let answer = if replies.is_empty() && small.is_empty() {
                String::new()
            } else {
                format!("<div style=\"border-left:3px solid {accent};padding:2px 0 2px 14px\">{replies}{small}</div>")
            };
            format!(
                "<div style=\"border-top:1px solid #e3dfd8;padding:16px 0\">\
                 <p dir=\"auto\" style=\"margin:0 0 6px;font-size:14px;color:#565a61\">{} · <b style=\"color:{}\">{}</b></p>\
                 <p dir=\"auto\" style=\"font:400 19px/1.4 {SERIF};margin:0 0 12px\">“{}”</p>{answer}</div>",
                escape(&heard.by),
                colour(heard.tone),
                escape(&heard.edge),
                escape(&heard.text),
            )
        }
        EmailBlock::Button(label, url) => format!(
            "<p style=\"margin:24px 0\"><a href=\"{0}\" style=\"display:inline-block;background:{accent};color:#ffffff;text-decoration:none;\
             font-weight:600;padding:13px 20px;border-radius:8px\">{1}</a></p>\
             <p style=\"margin:0 0 16px;font-size:13px;color:#565a61;overflow-wrap:anywhere\">{0}</p>",
            escape(url),
            escape(label)
        ),
        EmailBlock::Code(code) => format!(
            "<p style=\"margin:20px 0;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.18em\">{}</p>",
            escape(code)
        ),
        EmailBlock::Small(text) => format!(
            "<p dir=\"auto\" style=\"margin:24px 0 0;padding-top:12px;border-top:1px solid #e3dfd8;font-size:13px;color:#565a61\">{}</p>",
            escape(text)
        ),
    }
}

const fn colour(tone: ReportTone) -> &'static str {
    match tone {
        ReportTone::Good => "#1d7a3e",
        ReportTone::Late => "#4d6b00",
        ReportTone::Promised => "#2546b8",
        ReportTone::Exists => "#6b3fa0",
        ReportTone::Question => "#0b6480",
        ReportTone::Warn => "#8f5b00",
        ReportTone::Bad => "#b3261e",
        ReportTone::Declined | ReportTone::Quiet => "#565a61",
    }
}

/// Text that cannot become markup.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A header is one line, whatever was typed.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Lines of at most 76 characters, each after `lead`.
fn wrapped(text: &str, lead: &str) -> String {
    let limit = 76 - lead.chars().count();
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > limit {
            lines.push(format!("{lead}{}", std::mem::take(&mut line)));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(format!("{lead}{line}"));
    }
    lines.join("\n")
}
