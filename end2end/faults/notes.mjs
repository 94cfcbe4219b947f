// Clients that take notes as a moderator's browser does: in order, each sent again with the same id until it is acknowledged.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Tally } from './figures.mjs';
import { pause } from './program.mjs';

export class NoteTaker {
  /** Texts that were acknowledged, in the order in which they were. */
  acknowledged = [];
  waits = [];
  answers = new Tally();
  /** What no server may answer: it is no matter of trying again. */
  wrong = [];

  constructor(name, client, session) {
    Object.assign(this, { name, client, session });
  }

  /** Takes notes until told to stop. The note under way is sent to its end. */
  async run(stop, { every = 10 } = {}) {
    for (let at = 1; !stop.aborted; at++) {
      await this.take(`${this.name} ${at}`);
      await pause(every);
    }
  }

  async take(text) {
    const draft = { id: randomUUID(), at: Date.now(), kind: 'observation', speaker: '', text };
    const from = performance.now();
    for (;;) {
      const answer = await this.#send(draft);
      if (answer?.status === 200) {
        const { saved } = JSON.parse(answer.text);
        if (saved.length === 1 && saved[0].id === draft.id && saved[0].text === text) break;
        this.wrong.push(`${text} was answered with another note: ${answer.text}`);
        return;
      }
      if (answer && answer.status < 500) {
        this.wrong.push(`${text} was answered ${answer.status}: ${answer.text.slice(0, 200)}`);
        return;
      }
      await pause(40);
    }
    this.acknowledged.push(text);
    this.waits.push(performance.now() - from);
  }

  async #send(draft) {
    try {
      const answer = await this.client.request('POST', `${this.session}/notes`, { headers: { 'content-type': 'application/json' }, body: JSON.stringify([draft]), timeout: 20_000 });
      this.answers.add(answer.status);
      if (answer.status === 503 && !answer.headers['retry-after']) this.wrong.push('a 503 came without Retry-After');
      return answer;
    } catch (error) {
      this.answers.add(error.code ?? 'no answer');
      return null;
    }
  }
}

/** Several of them at once, until `stop`. */
export const allTake = (takers, stop, options) => Promise.all(takers.map((taker) => taker.run(stop, options)));

/** What became of acknowledged notes: { acknowledged, lost, doubled, misordered, wrong }, by the sheet that a browser gets. */
export async function account(takers, client, session) {
  const { notes } = JSON.parse(await client.page(`${session}/notes`));
  return compare(takers, [...notes].sort((a, b) => a.seq - b.seq).map((note) => note.text));
}

export function compare(takers, texts) {
  const found = new Map();
  texts.forEach((text, at) => found.set(text, [...(found.get(text) ?? []), at]));
  const all = takers.flatMap((taker) => taker.acknowledged);
  let misordered = 0;
  for (const { acknowledged } of takers) {
    const places = acknowledged.filter((text) => found.has(text)).map((text) => found.get(text)[0]);
    misordered += places.filter((place, at) => at > 0 && place < places[at - 1]).length;
  }
  return {
    acknowledged: all.length,
    lost: all.filter((text) => !found.has(text)).length,
    doubled: [...found.values()].filter((places) => places.length > 1).length,
    misordered,
    wrong: takers.flatMap((taker) => taker.wrong).slice(0, 5),
  };
}

/** Somebody who follows a session's events, and comes back with the cursor whenever the connection ends. */
export class Follower {
  /** Texts of notes in the order in which they were told. */
  seen = [];
  reconnected = 0;
  refused = new Tally();

  constructor(client, session) {
    Object.assign(this, { client, session });
  }

  async run(stop) {
    let { cursor } = JSON.parse(await this.client.page(`${this.session}/notes`));
    for (; !stop.aborted; this.reconnected++) {
      cursor = await this.#listen(cursor, stop);
      await pause(50);
    }
  }

  #listen(cursor, stop) {
    return new Promise((ended) => {
      const headers = { accept: 'text/event-stream', cookie: this.client.cookie, 'x-forwarded-for': this.client.from };
      const done = () => (stop.removeEventListener('abort', leave), ended(cursor));
      const request = http.get(new URL(`${this.session}/events?after=${cursor}`, this.client.url), { agent: false, headers }, (response) => {
        if (response.statusCode !== 200) this.refused.add(response.statusCode);
        let buffer = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          if (response.statusCode !== 200) return;
          buffer += chunk;
          for (let end; (end = buffer.indexOf('\n\n')) >= 0; buffer = buffer.slice(end + 2)) {
            const event = Object.fromEntries(buffer.slice(0, end).split('\n').filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
            if (event.id) cursor = event.id;
            if (event.event === 'note') this.seen.push(JSON.parse(event.data).text);
            if (event.event === 'resync') this.refused.add('resync');
          }
        });
        response.on('close', done);
      });
      const leave = () => request.destroy();
      request.on('error', (error) => {
        if (!stop.aborted) this.refused.add(error.code ?? 'no answer');
        done();
      });
      stop.addEventListener('abort', leave);
    });
  }
}
