// A mail server that keeps what it is given, for tests that read the email a person would get.
import net from 'node:net';
import { readEmail } from './email.mjs';

export class Sink {
  /** Every email received, oldest first: { from, to, subject, text, html, attachments, raw }. */
  emails = [];
  #waiting = new Set();
  #open = new Set();
  #answer = () => ({});

  static async start() {
    const sink = new Sink();
    sink.server = net.createServer((socket) => sink.#converse(socket));
    await new Promise((ready) => sink.server.listen(0, '127.0.0.1', ready));
    sink.port = sink.server.address().port;
    sink.url = `smtp://127.0.0.1:${sink.port}`;
    return sink;
  }

  stop() {
    this.server.close();
    for (const socket of this.#open) socket.destroy();
  }

  /** From now on every email is answered with this line, such as "451 try again later"; null accepts again. */
  refuse(line) {
    this.answer(() => ({ line }));
  }

  /**
   * From now on the end of an email is answered as `how(email)` says: { line, after, drop }. `line` refuses the email, which is then not kept;
   * `after` is how many milliseconds the answer waits, `drop` ends the connection in its place.
   */
  answer(how) {
    this.#answer = how;
  }

  /** The first email to this address that matches and was not handed out before; waits for it. */
  async email(to, { subject = /./, seconds = 20 } = {}) {
    const find = () => this.emails.find((email) => !email.read && email.to.includes(to.toLowerCase()) && subject.test(email.subject));
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      const found = find();
      if (found) {
        found.read = true;
        return found;
      }
      await new Promise((wake) => {
        const timer = setTimeout(wake, until - Date.now());
        this.#waiting.add(() => (clearTimeout(timer), wake()));
      });
    }
    const seen = this.emails.map((email) => `${email.to}: ${email.subject}`).join('\n  ') || 'none';
    throw new Error(`No email to ${to} with a subject like ${subject} within ${seconds} s. Emails so far:\n  ${seen}`);
  }

  #ended(email, say, socket) {
    const { line, after = 0, drop = false } = this.#answer(email);
    if (!line) this.#arrived(email);
    const answer = () => (drop ? socket.destroy() : say(line ?? '250 kept'));
    if (after) setTimeout(answer, after);
    else answer();
  }

  #arrived(email) {
    this.emails.push(email);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #converse(socket) {
    let buffer = '';
    let data = null;
    let envelope = { from: '', to: [] };
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    const say = (line) => socket.writable && socket.write(line + '\r\n');
    const address = (line) => (/<([^>]*)>/.exec(line)?.[1] ?? '').toLowerCase();
    const line = (text) => {
      if (data !== null) {
        if (text === '.') {
          this.#ended({ ...envelope, ...readEmail(data.join('\r\n')) }, say, socket);
          data = null;
          envelope = { from: '', to: [] };
        } else data.push(text.startsWith('.') ? text.slice(1) : text);
        return;
      }
      const verb = text.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') say('250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8');
      else if (verb === 'MAIL') (envelope.from = address(text)), say('250 ok');
      else if (verb === 'RCPT') envelope.to.push(address(text)), say('250 ok');
      else if (verb === 'DATA') (data = []), say('354 go on, end with a dot');
      else if (verb === 'RSET') (envelope = { from: '', to: [] }), say('250 ok');
      else if (verb === 'QUIT') say('221 bye'), socket.end();
      else if (verb === 'HELO' || verb === 'NOOP') say('250 ok');
      else say('502 not known here');
    };
    // latin1 keeps every byte; `readEmail` decodes each part by its own charset.
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      buffer += chunk;
      for (let end; (end = buffer.indexOf('\r\n')) >= 0; ) {
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        line(text);
      }
    });
    say('220 sink');
  }
}
