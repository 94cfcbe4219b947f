//! Chats that were exported as lines of text: `03.10.26, 18:22 - Nora: The battery is dead`. A line without a date goes on with the message
//! before.

use std::io::{self, BufRead, BufReader, Read};

use crate::kernel::clock::now;
use crate::listening::import::reading::container::Bytes;
use crate::listening::import::reading::dates;
use crate::listening::import::reading::record::Record;

/// What stands in a mapping for the delimiter of such a file.
pub const CHAT: char = '\u{1d}';
/// The columns of such a file.
pub(crate) const COLUMNS: [&str; 3] = ["Date", "Author", "Text"];
/// A message longer than this goes on as another one.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// A date with its time is at the beginning of a line, within so many bytes.
const MAX_DATE_BYTES: usize = 36;

/// What chats write in place of a picture, a voice message, a deleted message.
const NO_TEXT: &[&str] = &[
    "<media omitted>",
    "<medien ausgeschlossen>",
    "<médias omis>",
    "<multimedia omitido>",
    "<arquivo de mídia oculto>",
    "<media omessi>",
    "<media weggelaten>",
    "<без медиафайлов>",
    "image omitted",
    "video omitted",
    "audio omitted",
    "sticker omitted",
    "this message was deleted",
    "diese nachricht wurde gelöscht",
];

/// Reads messages as records.
pub struct ChatLines {
    lines: BufReader<Bytes>,
    line: i64,
    /// The first line of the next message, with its number.
    next: Option<(i64, String)>,
}

/// Whether a text begins as a chat: most of its first lines are messages.
pub(crate) fn is_chat(beginning: &str) -> bool {
    let lines: Vec<&str> = beginning.lines().filter(|line| !line.trim().is_empty()).take(30).collect();
    let messages = lines.iter().filter(|line| message(line).is_some_and(|(_, author, _)| !author.is_empty())).count();
    messages >= 2 && messages * 2 >= lines.len() && lines.first().is_some_and(|line| message(line).is_some())
}

/// The date, the author and the text of a line that begins a message. What the program itself says has no author.
fn message(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.trim_start_matches(['\u{200e}', '\u{200f}', '\u{feff}', ' ']);
    let (date, rest) = match line.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => line.split_once(" - ")?,
    };
    if date.len() > MAX_DATE_BYTES || !date.contains(':') || !date.starts_with(|c: char| c.is_ascii_digit()) || !dates::is_date(date, now())
    {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '\u{200e}', '~', '\u{202f}']);
    let (author, text) = rest.split_once(": ").or_else(|| rest.strip_suffix(':').map(|author| (author, ""))).unwrap_or(("", ""));
    Some((date, author.trim(), text))
}

/// The cells of a message: date, author and text.
pub(crate) fn cells(message_lines: &str) -> [&str; 3] {
    let (date, author, text) = message(message_lines).unwrap_or(("", "", ""));
    let text = text.trim_start_matches('\u{200e}').trim();
    [date, author, if NO_TEXT.contains(&text.to_lowercase().as_str()) { "" } else { text }]
}

impl ChatLines {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { lines: BufReader::with_capacity(1 << 16, bytes), line: 0, next: None }
    }

    /// The next message. False at the end.
    ///
    /// # Errors
    /// What the source says.
    pub(crate) fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        let Some((number, mut whole)) = self.next.take().map_or_else(|| self.line(), |next| Ok(Some(next)))? else { return Ok(false) };
        while let Some((at, line)) = self.line()? {
            if message(&line).is_some() || whole.len() > MAX_MESSAGE_BYTES {
                self.next = Some((at, line));
                break;
            }
            whole.push('\n');
            whole.push_str(&line);
        }
        record.begin(number);
        cells(&whole).into_iter().for_each(|cell| record.push(cell));
        record.original = whole.replace('\0', "");
        Ok(true)
    }

    fn line(&mut self) -> io::Result<Option<(i64, String)>> {
        let mut bytes = Vec::new();
        if self.lines.by_ref().take(MAX_MESSAGE_BYTES as u64).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        Ok(Some((self.line, String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, Vec<String>)> {
        let (mut lines, mut record, mut all) =
            (ChatLines::new(Box::new(io::Cursor::new(text.as_bytes().to_vec()))), Record::default(), Vec::new());
        while lines.next(&mut record).expect("memory reads") {
            all.push((record.line, record.cells().map(str::to_owned).collect()));
        }
        all
    }

    #[test]
    fn lines_become_messages() {
        let chat = "03.10.26, 18:22 - Messages are encrypted.\n03.10.26, 18:22 - Nora: The battery is dead\n03.10.26, 18:25 - +49 170 111: Mine too\nsince May\n13.10.26, 08:01 - Nora: <Media omitted>\n";
        assert!(is_chat(chat));
        let rows = read(chat);
        assert_eq!(rows[1], (2, vec!["03.10.26, 18:22".into(), "Nora".into(), "The battery is dead".into()]));
        assert_eq!(rows[2], (3, vec!["03.10.26, 18:25".into(), "+49 170 111".into(), "Mine too\nsince May".into()]));
        assert_eq!((rows.len(), rows[3].1[2].as_str()), (4, ""));
        let phone = "[10/3/26, 6:22:11\u{202f}PM] Nora: It died: again\n[10/3/26, 6:25:11\u{202f}PM] \u{200e}max: \u{200e}image omitted\n";
        assert!(is_chat(phone));
        assert_eq!(read(phone)[0].1, ["10/3/26, 6:22:11\u{202f}PM", "Nora", "It died: again"]);
    }

    #[test]
    fn tables_are_no_chats() {
        for text in ["Date,Author,Text\n2022-09-01,zoe,It died - again: twice\n", "", "a - b: c\nd - e: f\n", "12:30 - x: y"] {
            assert!(!is_chat(text), "{text}");
        }
    }
}
