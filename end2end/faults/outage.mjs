// PostgreSQL goes away and comes back while notes are taken; its connections are cut.
import { Tally, spread } from './figures.mjs';
import { panelDay, signedIn } from './setup.mjs';
import { NoteTaker, account, allTake } from './notes.mjs';
import { Program, pause } from './program.mjs';
import { Wire } from './proxies.mjs';

/** Notes and pages while `trouble` does its worst. */
async function during(app, trouble) {
  await app.serve();
  const staff = await signedIn(app, 'Ines');
  const { session } = await panelDay(staff);
  const takers = [];
  for (let at = 1; at <= 5; at++) takers.push(new NoteTaker(`client ${at} note`, await signedIn(app, `Tom${at}`), session));
  const stop = new AbortController();
  const work = allTake(takers, stop.signal);
  const pages = new Tally();
  const reader = (async () => {
    while (!stop.signal.aborted) {
      const answer = await staff.request('GET', session).catch((error) => ({ status: error.code ?? error.message, headers: {} }));
      pages.add(answer.status === 503 && !answer.headers['retry-after'] ? '503 without Retry-After' : answer.status);
      await pause(30);
    }
  })();
  await pause(500);
  const what = await trouble();
  await pause(1000);
  stop.abort();
  await Promise.all([work, reader]);
  const { acknowledged, ...found } = await account(takers, staff, session);
  await app.stop();
  const answers = Tally.of([pages, ...takers.map((taker) => taker.answers)]);
  const strange = [...answers.keys()].filter((status) => status !== '200' && status !== '503');
  if (strange.length) found.wrong.push(`answers that are neither 200 nor 503 with Retry-After: ${strange.join(', ')}`);
  if (acknowledged < 20) found.wrong.push(`only ${acknowledged} notes were acknowledged`);
  return { done: `${what}, 5 clients, ${acknowledged} notes acknowledged`, other: `answers: ${answers}; until acknowledged: ${spread(takers.flatMap((taker) => taker.waits))}`, ...found };
}

export const restarted = (mode, times = 3) => async ({ dir, cluster }) => {
  const postgres = cluster();
  const app = await Program.in(dir, { database: postgres.create() });
  return during(app, async () => {
    for (let at = 0; at < times; at++) {
      await postgres.restart(mode);
      await pause(2000);
    }
    return `${times} restarts (${mode})`;
  });
};

/** Cuts the wire `cuts` times, `every` so many milliseconds. */
export async function cut({ dir, cluster, cuts = 6, every = 5000 }) {
  const postgres = cluster();
  const wire = await Wire.to(postgres.port);
  const url = new URL(postgres.create());
  url.port = String(wire.port);
  const app = await Program.in(dir, { database: url.toString() });
  const row = await during(app, async () => {
    for (let at = 0; at < cuts; at++) {
      await pause(every);
      wire.cut();
    }
    return `connections cut ${wire.cuts} times, every ${every / 1000} s`;
  });
  wire.stop();
  return row;
}

export const faults = [
  { name: 'postgres-fast', title: 'PostgreSQL restarted (fast) while notes are taken', run: restarted('fast') },
  { name: 'postgres-crash', title: 'PostgreSQL restarted (immediate) while notes are taken', run: restarted('immediate') },
  { name: 'postgres-cut', title: 'Connections to PostgreSQL cut every 5 s', run: cut },
];
