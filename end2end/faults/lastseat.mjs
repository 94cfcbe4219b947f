// Three hundred people say yes to the last seat in the same moment.
import { Sink } from '../kit/sink.mjs';
import { links } from '../kit/email.mjs';
import { Client } from './client.mjs';
import { ask } from './database.mjs';
import { Tally, spread } from './figures.mjs';
import { invite, panelDay, signedIn } from './setup.mjs';
import { Program, until } from './program.mjs';

/** `count` invited people accept one seat at once. */
export async function accepted({ dir, database, count }) {
  const sink = await Sink.start();
  const app = await Program.in(dir, { database, smtp: sink.url });
  await app.serve();
  const staff = await signedIn(app, 'Ines');
  const there = await panelDay(staff, { capacity: 1 });
  const people = await invite(app, staff, there, count);
  await until('every invitation has arrived', 120, () => sink.emails.length >= count);
  const guests = [];
  for (const [at, email] of people.entries()) {
    const invited = await sink.email(email);
    const guest = new Client(app.url, { from: `203.0.${113 + (at >> 8)}.${at & 255}` });
    await guest.enter(links(invited).find((link) => link.includes('/l/')));
    guests.push({ guest, form: await guest.fields('/invitation', 'accept') });
  }
  const from = performance.now();
  const answers = new Tally();
  const times = [];
  await Promise.all(
    guests.map(async ({ guest, form }, at) => {
      const yes = { ...form, name: `Guest ${at + 1} Lund`, email: people[at], consent: 'yes', quotes: 'none' };
      for (;;) {
        const answer = await guest.post('/invitation', yes).catch((error) => ({ status: error.code ?? error.message }));
        answers.add(answer.status);
        times.push(answer.ms ?? 0);
        // Whoever is told that the server is busy presses the button again.
        if (answer.status !== 503) return;
      }
    }),
  );
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  await until('everybody has an email that says seat or waitlist', 120, () => sink.emails.length >= 2 * count).catch(() => {});
  await app.stop();
  sink.stop();
  const confirmed = sink.emails.filter((one) => !one.read);
  const perPerson = people.map((email) => confirmed.filter((one) => one.to.includes(email)).length);
  const [[seated, waiting]] = ask(app, 'SELECT COUNT(seated_at), COUNT(*) - COUNT(seated_at) FROM panelist').map((row) => row.map(Number));
  const wrong = [];
  if (seated !== 1 || waiting !== count - 1) wrong.push(`${seated} have a seat and ${waiting} wait, which should be 1 and ${count - 1}`);
  const bad = [...answers.keys()].filter((status) => status !== '303');
  if (bad.length) wrong.push(`answers besides 303: ${bad.join(', ')}`);
  return {
    done: `${count} people, ${seconds} s`,
    lost: perPerson.filter((emails) => emails === 0).length,
    doubled: perPerson.filter((emails) => emails > 1).length,
    other: `${seated} seated, ${waiting} waitlisted, ${confirmed.length} emails; answers: ${answers}, ${spread(times)}`,
    wrong,
  };
}

export const faults = [
  { name: 'last-seat', title: '300 people accept the last seat at once, SQLite', run: ({ dir }) => accepted({ dir, count: 300 }) },
  { name: 'last-seat-postgres', title: '300 people accept the last seat at once, PostgreSQL', run: ({ dir, cluster }) => accepted({ dir, database: cluster().create(), count: 300 }) },
];
