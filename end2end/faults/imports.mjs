// An import is killed half-way, by the command line and by upload, and brought to its end.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeUpExport } from '../kit/listening.mjs';
import { realData } from '../kit/server.mjs';
import { ask, one } from './database.mjs';
import { panelDay, signedIn } from './setup.mjs';
import { Program, pause, until } from './program.mjs';

/** The export that is tried: the real one where it is at hand. */
export function exportIn(dir) {
  const real = realData && join(realData, 'dell-tweets-2022.csv');
  if (real && existsSync(real)) return real;
  const file = join(dir, 'listening.csv');
  writeFileSync(file, madeUpExport());
  return file;
}

/** What an import leaves behind, as far as a person can see it. */
export function outcome(app) {
  const counted = (words, sql) => [words, one(app, sql)];
  const current = 'superseded_at IS NULL AND author_id IS NOT NULL';
  const segments = ask(app, `SELECT COALESCE(segment, 'no segment'), COUNT(*) FROM assessment WHERE ${current} GROUP BY 1 ORDER BY 1`);
  return new Map([
    counted('posts', 'SELECT COUNT(*) FROM mention'),
    counted('mentions twice', 'SELECT COUNT(*) - COUNT(DISTINCT dedupe_key) FROM mention'),
    counted('authors', 'SELECT COUNT(*) FROM author'),
    counted('authors without an assessment', `SELECT COUNT(*) FROM author a WHERE NOT EXISTS (SELECT 1 FROM assessment s WHERE s.author_id = a.id AND s.superseded_at IS NULL)`),
    counted('mentions counted with their authors', 'SELECT COALESCE(SUM(mentions), 0) FROM author'),
    ...segments.map(([segment, count]) => [segment, Number(count)]),
  ]);
}

/** Compares with an import that nobody disturbed. */
export function compared(right, found) {
  const wrong = [];
  for (const [words, count] of right) {
    if (found.get(words) !== count) wrong.push(`${words}: ${found.get(words) ?? 0} instead of ${count}`);
  }
  const lost = Math.max(0, right.get('posts') - found.get('posts'));
  const figures = [...found].map(([words, count]) => `${count} ${words}`).join(', ');
  return { lost, doubled: found.get('mentions twice'), other: figures, wrong };
}

/** The same file undisturbed: what it leaves, and how long it takes. */
export async function undisturbed(dir, file, database) {
  const app = await Program.in(join(dir, 'undisturbed'), { database });
  const from = performance.now();
  await app.run('import', file, '--organisation', 'Dell');
  return { right: outcome(app), ms: performance.now() - from };
}

export async function byCommand({ dir, random, database = () => undefined, kills = 5, file = exportIn(dir) }) {
  const { right, ms } = await undisturbed(dir, file, database());
  const app = await Program.in(join(dir, 'killed'), { database: database() });
  await app.run('migrate');
  let killed = 0;
  for (let at = 0; at < kills; at++) {
    const work = app.start('import', file, '--organisation', 'Dell');
    // Each run goes on where the last was killed: early enough that all of them are.
    await pause(ms * (0.05 + 0.2 * random()));
    work.child.kill('SIGKILL');
    const { signal, stderr, status } = await work.ended;
    if (signal) killed++;
    else if (status !== 0) throw new Error(`the import ended with ${status}: ${stderr}`);
  }
  const last = await app.json('import', file, '--organisation', 'Dell');
  const row = compared(right, outcome(app));
  if (last.rows !== last.created + last.updated + last.duplicate + last.excluded + last.rejected) row.wrong.push(`the last run's counts do not add up: ${JSON.stringify(last)}`);
  if (killed < kills / 2) row.wrong.push(`only ${killed} of ${kills} runs were killed before their end`);
  const unfinished = ask(app, "SELECT state, COUNT(*) FROM import_run WHERE state <> 'finished' GROUP BY state");
  const shown = unfinished.map(([state, count]) => `${count}× ${state}`).join(', ');
  return { done: `${killed} SIGKILLs in ${kills + 1} runs of the same command, ${last.rows} rows`, ...row, other: `${row.other}; runs that did not finish: ${shown || 'none'}` };
}

export async function byUpload({ dir, random, database = () => undefined, kills = 3, file = exportIn(dir) }) {
  const { right, ms } = await undisturbed(dir, file, database());
  const app = await Program.in(join(dir, 'killed'), { database: database() });
  await app.serve();
  const staff = await signedIn(app, 'Ines');
  await panelDay(staff);
  const run = await upload(staff, file);
  await staff.send(run, 'map', { then: 'start' });
  const state = () => ask(app, 'SELECT state FROM import_run')[0]?.[0];
  const rows = () => one(app, 'SELECT row_count FROM import_run');
  const delays = [];
  let killed = 0;
  for (let at = 0; at < kills && state() !== 'finished'; at++) {
    const before = rows();
    await until('the import goes on', 180, () => rows() > before || state() === 'finished');
    if (state() === 'finished') break;
    await pause(ms * 0.15 * random());
    await app.kill();
    killed++;
    const from = performance.now();
    await app.serve();
    delays.push(performance.now() - from);
  }
  await until('the import ends', 300, () => ['finished', 'failed'].includes(state()));
  await until('everybody is assessed', 120, () => outcome(app).get('authors without an assessment') === 0).catch(() => {});
  const row = compared(right, outcome(app));
  if (state() !== 'finished') row.wrong.push(`the import is ${state()}`);
  await app.stop();
  if (killed === 0) row.wrong.push('the import was over before it could be killed');
  return { done: `${killed} SIGKILLs of the server, ${rows()} rows`, ...row };
}

/** Uploads a file: the address of its import. */
export async function upload(staff, file) {
  const edge = 'weheard-faults-edge';
  const head = `--${edge}\r\nContent-Disposition: form-data; name="file"; filename="export.csv"\r\nContent-Type: text/csv\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), readFileSync(file), Buffer.from(`\r\n--${edge}--\r\n`)]);
  // As the page's form does: it says for which program the file is.
  const [, address] = (await staff.page('/imports')).match(/action="(\/imports\?program=[^"]+)"/);
  const answer = await staff.request('POST', address, { headers: { 'content-type': `multipart/form-data; boundary=${edge}` }, body, timeout: 60_000 });
  if (answer.status !== 303) throw new Error(`the upload was answered ${answer.status}`);
  return answer.headers.location;
}

export const faults = [
  { name: 'import', title: 'weheard import killed, then the same command again, SQLite', run: byCommand },
  { name: 'import-postgres', title: 'weheard import killed, then the same command again, PostgreSQL', run: ({ cluster, ...more }) => byCommand({ ...more, database: () => cluster().create() }) },
  { name: 'upload', title: 'Server killed in the import of an upload, SQLite', run: byUpload },
  { name: 'upload-postgres', title: 'Server killed in the import of an upload, PostgreSQL', run: ({ cluster, ...more }) => byUpload({ ...more, database: () => cluster().create() }) },
];
