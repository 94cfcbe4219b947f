// The server is killed while notes are taken.
import { Tally, spread } from './figures.mjs';
import { panelDay, signedIn } from './setup.mjs';
import { NoteTaker, account, allTake } from './notes.mjs';
import { Program, pause } from './program.mjs';

/** `kills` SIGKILLs while `clients` people take notes. */
export async function killed({ dir, database, kills, clients = 5, random = Math.random }) {
  const app = await Program.in(dir, { database });
  await app.serve();
  const staff = await signedIn(app, 'Ines');
  const { session } = await panelDay(staff);
  const takers = [];
  for (let at = 1; at <= clients; at++) takers.push(new NoteTaker(`client ${at} note`, await signedIn(app, `Tom${at}`), session));
  const stop = new AbortController();
  const work = allTake(takers, stop.signal);
  const starts = [];
  for (let kill = 0; kill < kills; kill++) {
    await pause(50 + 250 * random());
    await app.kill();
    starts.push(await app.serve());
  }
  stop.abort();
  await work;
  const { acknowledged, ...found } = await account(takers, staff, session);
  const verified = await app.attempt('audit', 'verify', '--json');
  if (verified.status !== 0) found.wrong.push(`the audit log does not verify: ${verified.stdout}${verified.stderr}`);
  if (acknowledged < kills) found.wrong.push(`only ${acknowledged} notes were acknowledged: too few for ${kills} kills`);
  await app.stop();
  const answers = Tally.of(takers.map((taker) => taker.answers));
  if (answers.has('500')) found.wrong.push('the server answered 500');
  return {
    done: `${kills} SIGKILLs, ${clients} clients, ${acknowledged} notes acknowledged`,
    other: `until acknowledged: ${spread(takers.flatMap((taker) => taker.waits))}; ready again: ${spread(starts)}; answers: ${answers}`,
    ...found,
  };
}

export const faults = [
  { name: 'kills', title: 'Server killed while notes are taken, SQLite', run: ({ dir, random }) => killed({ dir, random, kills: 50 }) },
  { name: 'kills-postgres', title: 'Server killed while notes are taken, PostgreSQL', run: ({ dir, random, cluster }) => killed({ dir, random, database: cluster().create(), kills: 50 }) },
];
