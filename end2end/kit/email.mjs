// Reads an email as it travels: headers, parts, transfer encodings.

/** { subject, headers, text, html, attachments: [{ name, type, bytes }], raw } from the raw bytes as latin1. */
export function readEmail(raw) {
  const email = { raw, text: '', html: '', attachments: [] };
  const { headers, body } = split(raw);
  email.headers = headers;
  email.subject = words(headers.subject ?? '');
  walk(headers, body, email);
  return email;
}

/** The addresses of all links in an email, each once. */
export function links(email) {
  return [...new Set((email.text + ' ' + email.html.replaceAll('&amp;', '&')).match(/https?:\/\/[^\s"'<>)]+/g) ?? [])];
}

function split(raw) {
  const end = raw.indexOf('\r\n\r\n');
  const head = (end < 0 ? raw : raw.slice(0, end)).replace(/\r\n[ \t]+/g, ' ');
  const headers = {};
  for (const line of head.split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  return { headers, body: end < 0 ? '' : raw.slice(end + 4) };
}

function walk(headers, body, email) {
  const type = headers['content-type'] ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    for (const part of body.split('--' + boundary).slice(1)) {
      if (part.startsWith('--')) break;
      const inner = split(part.replace(/^\r\n/, '').replace(/\r\n$/, ''));
      walk(inner.headers, inner.body, email);
    }
    return;
  }
  const bytes = decode(body, headers['content-transfer-encoding']);
  const name = /name="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1];
  if (name || !/^text\//i.test(type)) email.attachments.push({ name: words(name ?? ''), type: type.split(';')[0], bytes });
  else if (/^text\/html/i.test(type)) email.html += bytes.toString('utf8');
  else email.text += bytes.toString('utf8');
}

function decode(body, encoding = '7bit') {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64');
    case 'quoted-printable':
      return Buffer.from(unquote(body.replace(/=\r\n/g, '')), 'latin1');
    default:
      return Buffer.from(body, 'latin1');
  }
}

function unquote(text) {
  return text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** RFC 2047 words, such as =?utf-8?b?…?=. */
function words(text) {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset, kind, word) =>
      (kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : Buffer.from(unquote(word.replaceAll('_', ' ')), 'latin1')).toString('utf8'),
    );
}
