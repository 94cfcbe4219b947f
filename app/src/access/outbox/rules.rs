//! When to retry, and what a mail server's reply means.

use chrono::Duration;

use crate::coded;
use crate::kernel::clock;
use crate::kernel::message::Message;

/// Emails of one kind that an address gets within an hour where anybody may ask for them: links to sign in and to nominate, codes,
/// confirmations.
pub const MAX_REQUESTS_PER_HOUR: usize = 5;
/// After this many failures an email is given up and shown as failed.
pub const MAX_SEND_ATTEMPTS: i64 = 12;

/// The wait after the `attempts`-th failure: 30 s, doubling, at most 6 hours. Twelve attempts span about a day and a half.
#[must_use]
pub fn wait_after(attempts: i64) -> Duration {
    clock::wait_after(attempts, Duration::hours(6))
}

/// A mail server's refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpReply {
    /// The basic code (RFC 5321, 4.2), such as 550.
    pub code: u16,
    /// The words after it; an enhanced code (RFC 3463) comes first where there is one.
    pub text: String,
}

/// To which step of sending a mail server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStep {
    /// Greeting, EHLO, STARTTLS or AUTH: about the mail server that we are set up with.
    Open,
    /// MAIL FROM: about us.
    Sender,
    /// RCPT TO: about the address.
    Recipient,
    /// DATA, or the whole message.
    Message,
}

/// What a refusal means for an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpVerdict {
    /// Another attempt may help.
    Later,
    /// As `Later`: the mailbox is full.
    Full,
    /// The address takes no email.
    Bounced,
    /// The receiving server wants no email from us. That says nothing about the address.
    Refused,
    /// This email is not taken as it is: too large, a kind of content or of address that the server does not know.
    Unfit,
}

impl SmtpReply {
    /// The enhanced code: class, subject and detail.
    fn enhanced(&self) -> Option<(u16, u16, u16)> {
        let word = self.text.split_whitespace().next()?.trim_matches(|c: char| matches!(c, '#' | '(' | ')' | '[' | ']' | ':'));
        let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
        let code = (parts.next()??, parts.next()??, parts.next()??);
        (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
    }

    fn says_any(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    /// Whether it speaks of us and our email rather than of the address.
    fn is_policy(&self) -> bool {
        const WORDS: &[&str] = &[
            "block",
            "blacklist",
            "denylist",
            "dnsbl",
            "rbl",
            "spam",
            "policy",
            "reputation",
            "banned",
            "spf",
            "dkim",
            "dmarc",
            "relay",
            "not authorized",
            "not authorised",
            "not permitted",
            "access denied",
            "poor sender",
        ];
        self.says_any(WORDS)
    }

    /// Whether it speaks of the address.
    fn is_of_address(&self) -> bool {
        self.says_any(&["user", "mailbox", "recipient", "address", "account", "no such", "unknown", "does not exist"])
    }
}

/// What a refusal means. The enhanced code decides where there is one; then the step and the basic code; then the words.
#[must_use]
pub fn verdict(step: SmtpStep, reply: &SmtpReply) -> SmtpVerdict {
    if step == SmtpStep::Open {
        // A wrong password or a greeting of 554 is for an administrator to mend, and concerns no recipient.
        return SmtpVerdict::Later;
    }
    let verdict = match reply.enhanced() {
        Some((4, 2, 2)) => SmtpVerdict::Full,
        Some((4, ..)) => SmtpVerdict::Later,
        // 5.0.0 says nothing more than its basic code.
        Some((5, subject, detail)) if subject > 0 => permanent(subject, detail),
        _ => basic(step, reply),
    };
    match verdict {
        // About our own address: nothing that the recipient can help, and an administrator can.
        SmtpVerdict::Bounced | SmtpVerdict::Unfit if step == SmtpStep::Sender => SmtpVerdict::Later,
        other => other,
    }
}

/// A permanent enhanced code (RFC 3463, and the registry that RFC 5248 opened).
fn permanent(subject: u16, detail: u16) -> SmtpVerdict {
    match (subject, detail) {
        // The sender's address.
        (1, 7 | 8) => SmtpVerdict::Refused,
        (1, _) => SmtpVerdict::Bounced,
        (2, 2) => SmtpVerdict::Full,
        (2, 3) | (3, 4) | (5 | 6, _) => SmtpVerdict::Unfit,
        (2, 4) => SmtpVerdict::Later,
        (2, _) => SmtpVerdict::Bounced,
        (3, _) => SmtpVerdict::Later,
        (4, 3) => SmtpVerdict::Later,
        (4, _) => SmtpVerdict::Bounced,
        // Mailbox or domain have another owner since (RFC 7293).
        (7, 17 | 18) => SmtpVerdict::Bounced,
        (7, _) => SmtpVerdict::Refused,
        _ => SmtpVerdict::Later,
    }
}

fn basic(step: SmtpStep, reply: &SmtpReply) -> SmtpVerdict {
    match (reply.code, step) {
        (552, _) => SmtpVerdict::Full,
        (521 | 556, _) => SmtpVerdict::Bounced,
        (541 | 571, _) => SmtpVerdict::Refused,
        (550..=554 | 501, _) if reply.is_policy() => SmtpVerdict::Refused,
        (550..=554 | 501, SmtpStep::Recipient) => SmtpVerdict::Bounced,
        (550 | 551 | 553, SmtpStep::Message) => SmtpVerdict::Bounced,
        (554, SmtpStep::Message) if reply.is_of_address() => SmtpVerdict::Bounced,
        (554 | 555, SmtpStep::Message) | (555, SmtpStep::Recipient) => SmtpVerdict::Unfit,
        _ => SmtpVerdict::Later,
    }
}

/// A refusal in words, as the outbox shows it: what it means, and what the server said.
#[must_use]
pub fn explain(verdict: SmtpVerdict, reply: &SmtpReply) -> Message {
    let quoted: String = reply.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect();
    let reply = format!("{} {quoted}", reply.code).trim_end().to_owned();
    match verdict {
        SmtpVerdict::Later => coded!("failure-mail-later", reply = reply),
        SmtpVerdict::Full => coded!("failure-mail-full", reply = reply),
        SmtpVerdict::Bounced => coded!("failure-mail-bounced", reply = reply),
        SmtpVerdict::Refused => coded!("failure-mail-refused", reply = reply),
        SmtpVerdict::Unfit => coded!("failure-mail-unfit", reply = reply),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(wait_after(1), Duration::seconds(30));
        assert_eq!(wait_after(2), Duration::seconds(60));
        assert_eq!(wait_after(100), Duration::hours(6));
    }

    #[test]
    fn an_answer_is_understood_by_its_enhanced_code_its_step_and_its_words() {
        use SmtpStep::{Message, Open, Recipient, Sender};
        use SmtpVerdict::{Bounced, Full, Later, Refused, Unfit};
        for (step, answer, expected) in [
            // The address.
            (Recipient, "550 5.1.1 no such user", Bounced),
            (Recipient, "550 no such user here", Bounced),
            (Recipient, "554 5.1.1 <ada@example.com>: unknown", Bounced),
            (Recipient, "554 delivery error: dd This user doesn't have an account", Bounced),
            (Recipient, "553 malformed address", Bounced),
            (Recipient, "501 5.1.3 bad recipient address syntax", Bounced),
            (Recipient, "550 5.1.10 null MX", Bounced),
            (Recipient, "556 5.1.10 domain takes no email", Bounced),
            (Recipient, "521 host does not accept email", Bounced),
            (Recipient, "550 5.2.1 mailbox disabled", Bounced),
            (Recipient, "550 5.4.1 recipient address rejected", Bounced),
            (Recipient, "550 5.7.17 mailbox owner has changed", Bounced),
            (Message, "550 no such user", Bounced),
            (Message, "554 mailbox unavailable", Bounced),
            (Recipient, "550 5.0.0 unknown", Bounced),
            // Us.
            (Recipient, "550 5.7.1 our block list has your address", Refused),
            (Recipient, "554 5.7.1 Service unavailable; client host blocked", Refused),
            (Message, "550 5.7.26 this email is unauthenticated", Refused),
            (Message, "554 your message looks like spam", Refused),
            (Recipient, "554 relay access denied", Refused),
            (Recipient, "550 blocked by our reputation list", Refused),
            (Recipient, "571 delivery not authorised", Refused),
            (Sender, "550 5.7.1 sender rejected", Refused),
            (Sender, "553 5.1.8 sender's domain does not exist", Refused),
            // This email.
            (Message, "552 5.3.4 message too big", Unfit),
            (Message, "554 5.6.0 content not understood", Unfit),
            (Message, "554 transaction failed", Unfit),
            (Recipient, "550 5.6.7 international address not supported", Unfit),
            // For a while.
            (Recipient, "552 5.2.2 mailbox full", Full),
            (Recipient, "452 4.2.2 mailbox full", Full),
            (Message, "552 over quota", Full),
            (Recipient, "554 5.2.2 mailbox full", Full),
            (Recipient, "450 greylisted", Later),
            (Recipient, "550 4.7.1 try again later", Later),
            (Recipient, "451 4.3.0 try again later", Later),
            (Message, "421 closing", Later),
            (Message, "554 5.3.0 system trouble", Later),
            (Sender, "550 who are you", Later),
            (Sender, "550 5.1.0 address rejected", Later),
            (Open, "535 5.7.8 wrong password", Later),
            (Open, "554 5.7.1 no", Later),
        ] {
            let (code, text) = answer.split_once(' ').expect("a code and words");
            let reply = SmtpReply { code: code.parse().expect("a code"), text: text.into() };
            assert_eq!(verdict(step, &reply), expected, "{step:?}: {answer}");
        }
        // An enhanced code decides before the basic one, also where the two disagree.
        let torn = SmtpReply { code: 450, text: "5.1.1 no such user".into() };
        assert_eq!(verdict(Recipient, &torn), Bounced);
    }

    #[test]
    fn what_a_server_says_is_shown_after_what_it_means() {
        let reply = SmtpReply { code: 550, text: "5.7.1 you are\nblocked".into() };
        assert_eq!(
            explain(SmtpVerdict::Refused, &reply),
            "The recipient’s mail server blocks our email. The address may be right. It said: 550 5.7.1 you are blocked"
        );
        assert_eq!(
            explain(SmtpVerdict::Later, &SmtpReply { code: 421, text: String::new() }),
            "The mail server has not accepted it yet. It said: 421"
        );
    }
}
