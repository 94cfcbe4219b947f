// From SQLite to PostgreSQL and back, with opt-outs and erasures that must survive an old backup.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ask, one } from './database.mjs';
import { Program } from './program.mjs';

/** Rows of a backup in one order, without its first and last line (when it was made, counts): { hash, lines }. The privacy epoch counts restores too. */
function content(file) {
  const rows = gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean).slice(1, -1);
  const lines = rows.filter((line) => !line.startsWith('{"table":"privacy_epoch"')).sort();
  return { hash: createHash('sha256').update(lines.join('\n')).digest('hex'), lines };
}

/** The first lines that differ, for a message. */
function difference(one, other) {
  const there = new Set(other.lines);
  const gone = one.lines.filter((line) => !there.has(line));
  return `${gone.length} of ${one.lines.length} rows differ, the first is ${gone[0]?.slice(0, 300)}`;
}

/** `database` gives an empty PostgreSQL. */
export async function roundTrip({ dir, database }) {
  const first = await Program.in(join(dir, 'first'));
  const wrong = [];
  await first.run('demo');
  const [[handle, network]] = ask(first, "SELECT handle, network FROM author WHERE kind = 'customer' AND id NOT IN (SELECT author_id FROM candidate WHERE author_id IS NOT NULL) ORDER BY mentions DESC LIMIT 1");
  const [[email]] = ask(first, 'SELECT email FROM panelist WHERE withdrawn_at IS NULL ORDER BY id LIMIT 1');
  const old = join(dir, 'old.ndjson.gz');
  await first.run('backup', old);

  const second = await Program.in(join(dir, 'second'), { database: database() });
  const third = await Program.in(join(dir, 'third'));
  // Operators are told to keep the key with their backups.
  for (const app of [second, third]) copyFileSync(join(first.dir, 'secret.key'), join(app.dir, 'secret.key'));
  const files = [old, join(dir, 'two.ndjson.gz'), join(dir, 'three.ndjson.gz')];
  await second.run('restore', files[0]);
  await second.run('backup', files[1]);
  await third.run('restore', files[1]);
  await third.run('backup', files[2]);
  const [a, b, c] = files.map(content);
  if (a.hash !== b.hash) wrong.push(`PostgreSQL has other content: ${difference(a, b)}`);
  if (b.hash !== c.hash) wrong.push(`SQLite has other content: ${difference(b, c)}`);

  await first.run('listening', 'opt-out', handle, '--network', network);
  await first.run('person', 'erase', email, '--yes');
  const after = join(dir, 'after.ndjson.gz');
  await first.run('backup', after);
  for (const app of [second, third]) await app.run('restore', after, '--replace', '--yes');
  await first.run('restore', old, '--replace', '--yes');
  const post = join(dir, 'post.csv');
  writeFileSync(post, `Datetime,Tweet Id,Text,Username\n2022-09-01 10:00:00+00:00,99000001,My laptop died again,${handle}\n`);
  for (const app of [first, second, third]) {
    const back = await app.attempt('person', 'export', email);
    if (back.status !== 3) wrong.push(`whoever was erased is back in ${app.database}`);
    const { excluded, created } = await app.json('import', post);
    if (excluded !== 1 || created !== 0) wrong.push(`an author who opted out is imported again into ${app.database}: ${created} created, ${excluded} excluded`);
    const verified = await app.attempt('audit', 'verify', '--json');
    if (verified.status !== 0) wrong.push(`the audit log of ${app.database} does not verify: ${verified.stderr.slice(0, 400)}`);
  }
  const kept = one(first, `SELECT COUNT(*) FROM author WHERE handle = '${handle}'`);
  if (kept) wrong.push('an author who opted out is back after an old backup was restored');
  const open = [];
  for (const [folder, names] of [[dir, ['old.ndjson.gz', 'after.ndjson.gz']], [first.dir, readdirSync(first.dir).filter((name) => /\.key$|\.db/.test(name))]]) {
    for (const name of names) {
      const mode = statSync(join(folder, name)).mode & 0o777;
      if (mode & 0o077) open.push(`${name} (${mode.toString(8)})`);
    }
  }
  if (open.length) wrong.push(`others may read ${open.join(', ')}`);
  const same = a.hash === b.hash && b.hash === c.hash;
  return {
    done: `${a.lines.length} rows from SQLite to PostgreSQL to SQLite; an old backup restored`,
    lost: Math.max(0, a.lines.length - c.lines.length),
    doubled: Math.max(0, c.lines.length - a.lines.length),
    other: `content ${a.hash.slice(0, 12)}, ${same ? 'the same three times' : `${b.hash.slice(0, 12)}, ${c.hash.slice(0, 12)}`}`,
    wrong,
  };
}

export const faults = [{ name: 'backup', title: 'Backup and restore, SQLite to PostgreSQL to SQLite', run: ({ dir, cluster }) => roundTrip({ dir, database: () => cluster().create() }) }];
