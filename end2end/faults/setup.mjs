// What most faults need: people who sign in, a panel day with a session that is running, people who were invited.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noon } from '../kit/clock.mjs';
import { Client } from './client.mjs';
import { ask, dashed, idText } from './database.mjs';

/** Somebody with an account, signed in. The program may be serving. */
export async function signedIn(program, name, role = 'staff', { url = program.url, from } = {}) {
  const { sign_in: link } = await program.json('user', 'add', `${name.toLowerCase()}@panel.example`, '--name', `${name} Okafor`, '--role', role);
  const client = new Client(url, { from });
  await client.enter(link);
  return client;
}

/** A program and a panel day of today with a session that is running: { program, day, session }, as addresses. */
export async function panelDay(staff, { capacity = 15 } = {}) {
  const program = await staff.sent('/programs', 'create', {
    name: 'CAP Days 2022', organisation: 'Dell', market: 'US', language: 'en', sponsor: 'Office of the customer', purpose: 'Hear what hurts.',
    rules_of_listening: 'We listen.', term: 'One day', benefits: 'Travel', disclosed_costs: 'Travel', lawful_basis: 'Legitimate interest',
    notice: 'Public mentions are read.', source_row_days: '90', mention_months: '24', own_handles: 'Dell', brands: '',
  });
  const { zone, date } = noon();
  const day = await staff.sent('/days', 'create', {
    program: program.split('/').pop(), title: 'CAP Day', day: date, time_zone: zone, place: 'Round Rock', kind: 'panel', segment: '', capacity: String(capacity),
  });
  await staff.sent(day, 'add_session', { title: 'Repairs', room: 'Lab 1', starts: '00:00', ends: '23:59', moderator: '', topic: '', company: 'Sam Reyes' });
  const session = /\/sessions\/[0-9a-f-]{36}/.exec(await staff.page(day))[0];
  return { program, day, session };
}

/** Customers who may be invited, on the shortlist and invited by email: their addresses. */
export async function invite(app, staff, { program, day }, count) {
  const people = Array.from({ length: count }, (_, at) => `guest${String(at + 1).padStart(3, '0')}@mail.example`);
  const rows = ['Customer Number,Name,Email,Products,Owns Products,Consents to Contact,Survey Answer'];
  people.forEach((email, at) => rows.push(`C-${at + 1},Guest ${at + 1} Lund,${email},Laptop,yes,yes,I do not care much about computers`));
  const roster = join(app.dir, 'roster.csv');
  writeFileSync(roster, rows.join('\n') + '\n');
  await app.run('import', roster, '--kind', 'customers', '--program', program.split('/').pop());
  const ids = ask(app, `SELECT ${idText(app, 'id')} FROM customer`).map(([id]) => `customer:${dashed(id)}`);
  await staff.sent(`${day}/shortlist`, 'add', { who: ids, remark: 'Owns one, may be asked.' });
  const board = `${day}/invitations`;
  await staff.send(board, 'draft_all');
  await staff.send(board, 'review_all');
  await staff.send(board, 'send_all');
  return people;
}
