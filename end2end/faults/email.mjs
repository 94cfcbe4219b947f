// Mail servers that drop, wait and refuse, and a server that is killed while email is handed over.
import { Sink } from '../kit/sink.mjs';
import { ask } from './database.mjs';
import { Tally } from './figures.mjs';
import { invite, panelDay, signedIn } from './setup.mjs';
import { Program, pause, until } from './program.mjs';

const slowSeconds = Number(process.env.FAULTS_SMTP_SECONDS ?? 60);

/** Invitations by email to `count` people while the mail server answers as `answer(email, at)` says. `meanwhile` may kill the server. */
export async function mailed({ dir, database, count, answer, meanwhile = async () => '', seconds = 120 }) {
  const sink = await Sink.start();
  const app = await Program.in(dir, { database, smtp: sink.url });
  await app.serve();
  const staff = await signedIn(app, 'Ines', 'administrator');
  let at = 0;
  sink.answer((email) => answer(email, at++));
  const people = await invite(app, staff, await panelDay(staff, { capacity: 15 }), count);
  const what = await meanwhile(app, sink);
  const states = () => new Map(ask(app, "SELECT recipient, state FROM outbox WHERE template = 'invitation'"));
  const open = () => [...states().values()].filter((state) => ['queued', 'sending'].includes(state)).length;
  await until('every email has ended', seconds, () => open() === 0).catch(() => {});
  const left = open();
  const ended = states();
  const got = (email) => sink.emails.filter((one) => one.to.includes(email)).length;
  const counted = new Tally();
  for (const state of ended.values()) counted.add(state);
  const csv = (await staff.page('/outbox.csv')).split('\n');
  const shown = (email, words) => csv.some((line) => line.includes(email) && words.test(line));
  const wrong = [];
  if (left) wrong.push(`${left} emails are still on their way`);
  const hidden = people.filter((email) => ended.get(email) === 'in_doubt' && !shown(email, /may have been sent/));
  if (hidden.length) wrong.push(`/outbox does not say of ${hidden.length} emails that they may have been sent`);
  const unsaid = people.filter((email) => got(email) === 0 && ended.get(email) === 'sent');
  if (unsaid.length) wrong.push(`${unsaid.length} emails are called sent and never arrived`);
  await app.stop();
  sink.stop();
  return {
    done: `${count} emails${what}`,
    // What did not arrive must be shown to staff: as refused, or as in doubt.
    lost: people.filter((email) => got(email) === 0 && !['in_doubt', 'failed', 'bounced'].includes(ended.get(email))).length,
    doubled: people.filter((email) => got(email) > 1).length,
    other: `arrived ${sink.emails.length}; in the outbox: ${counted}`,
    wrong,
    ended,
    got,
  };
}

export async function dropped({ dir, count = 40 }) {
  const row = await mailed({ dir, count, answer: (_, at) => ({ drop: at % 2 === 0 }) });
  const inDoubt = [...row.ended.values()].filter((state) => state === 'in_doubt').length;
  if (inDoubt !== count / 2) row.wrong.push(`${inDoubt} emails are in doubt instead of ${count / 2}`);
  return { ...row, done: `${row.done}, every other one taken without a 250` };
}

export async function slow({ dir, waits = slowSeconds }) {
  const row = await mailed({ dir, count: 6, answer: (_, at) => ({ after: at < 3 ? waits * 1000 : 0 }), seconds: 3 * waits + 60 });
  const unsent = [...row.ended.values()].filter((state) => state !== 'sent').length;
  if (unsent) row.wrong.push(`${unsent} emails are not sent`);
  return { ...row, done: `${row.done}, three answered after ${waits} s` };
}

export async function refused({ dir, count = 40 }) {
  const row = await mailed({ dir, count, answer: (_, at) => (at % 2 ? {} : { line: '550 5.1.1 no such user' }) });
  const bounced = [...row.ended.values()].filter((state) => state === 'bounced' || state === 'failed').length;
  if (bounced !== count / 2) row.wrong.push(`${bounced} emails are shown as refused instead of ${count / 2}`);
  return { ...row, done: `${row.done}, half refused with 550` };
}

/** Kills the server while the mail server has a message and has not answered yet. */
export const killed = ({ dir, random, database, count = 120, kills = 12 }) =>
  mailed({
    dir,
    database,
    count,
    seconds: 240,
    answer: () => ({ after: 50 + 200 * random() }),
    async meanwhile(app, sink) {
      let done = 0;
      for (; done < kills && sink.emails.length < count; done++) {
        const before = sink.emails.length;
        await until('another email is on its way', 120, () => sink.emails.length > before || sink.emails.length >= count).catch(() => {});
        if (sink.emails.length >= count) break;
        await pause(40 * random());
        await app.kill();
        await app.serve();
      }
      return `, ${done} SIGKILLs`;
    },
  });

export const faults = [
  { name: 'email-drop', title: 'Mail server drops the connection before its 250', run: ({ dir }) => dropped({ dir }) },
  { name: 'email-slow', title: `Mail server waits ${slowSeconds} s before its 250`, run: ({ dir }) => slow({ dir }) },
  { name: 'email-refuse', title: 'Mail server refuses half with 550', run: ({ dir }) => refused({ dir }) },
  { name: 'email-kill', title: 'Server killed while email is handed over', run: killed },
];
