// The email sink itself: a journey that reads email is only as true as this.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { Sink } from './kit/sink.mjs';
import { links } from './kit/email.mjs';

async function send(port, lines) {
  const socket = net.connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk) => (heard += chunk));
  socket.write(lines.join('\r\n') + '\r\n', 'latin1');
  await once(socket, 'close');
  return heard;
}

const envelope = (body) => ['EHLO here', 'MAIL FROM:<team@panel.example>', 'RCPT TO:<Ines@Mail.example>', 'DATA', ...body, '.', 'QUIT'];

test('an email in two forms is kept, decoded, and found by its recipient', async (t) => {
  const sink = await Sink.start();
  t.after(() => sink.stop());
  const waiting = sink.email('ines@mail.example', { subject: /Einladung für/ });
  await send(sink.port, envelope([
    'Subject: =?utf-8?b?RWlubGFkdW5nIGbDvHI=?=',
    ' =?utf-8?q?_Ines?=',
    'Content-Type: multipart/alternative; boundary="b"', '',
    '--b', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '',
    'Gr=C3=BC=C3=9Fe: http://127.0.0.1/i/abc=3D=', 'def', '..and a dot', '--b',
    'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '', Buffer.from('<p>Grüße</p>').toString('base64'), '--b--',
  ]));
  const email = await waiting;
  assert.equal(email.subject, 'Einladung für Ines');
  assert.match(email.text, /Grüße/);
  assert.match(email.text, /\n\.and a dot/);
  assert.equal(email.html, '<p>Grüße</p>');
  assert.deepEqual(links(email), ['http://127.0.0.1/i/abc=def']);
});

test('a sink that refuses keeps nothing and says so', async (t) => {
  const sink = await Sink.start();
  t.after(() => sink.stop());
  sink.refuse('451 try again later');
  assert.match(await send(sink.port, envelope(['Subject: lost', '', 'words'])), /451 try again later/);
  assert.deepEqual(sink.emails, []);
  await assert.rejects(sink.email('ines@mail.example', { seconds: 0.05 }), /No email to ines@mail\.example/);
});
