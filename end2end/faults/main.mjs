// `make faults`: breaks things on purpose, one after the other, and prints what was lost. See scripts/faults.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Postgres } from './database.mjs';
import { isRight, table } from './figures.mjs';
import { binary } from '../kit/server.mjs';
import { faults as altered } from './altered.mjs';
import { faults as backup } from './backup.mjs';
import { faults as disk } from './disk.mjs';
import { faults as imports } from './imports.mjs';
import { faults as kills } from './kills.mjs';
import { faults as lastSeat } from './lastseat.mjs';
import { faults as email } from './email.mjs';
import { faults as outage } from './outage.mjs';
import { faults as rolling } from './rolling.mjs';

const all = [...kills, ...imports, ...email, ...disk, ...outage, ...rolling, ...lastSeat, ...backup, ...altered];

/** Numbers that come again with the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function main(names) {
  const unknown = names.filter((name) => !all.some((fault) => fault.name === name));
  if (unknown.length) {
    console.error(`There is no fault “${unknown.join('”, “')}”. There are:\n${all.map((fault) => `  ${fault.name.padEnd(18)}${fault.title}`).join('\n')}`);
    return 2;
  }
  const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);
  const work = mkdtempSync(join(tmpdir(), 'weheard-faults-'));
  let cluster = null;
  const end = () => {
    cluster?.stop();
    rmSync(work, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (end(), process.exit(130)));
  console.log(`Trying ${binary}. The same random delays come again with FAULTS_SEED=${seed}.\n`);
  const rows = [];
  try {
    // PostgreSQL runs as somebody else, who must get to its folder.
    chmodSync(work, 0o755);
    for (const fault of all.filter((fault) => names.length === 0 || names.includes(fault.name))) {
      const dir = join(work, fault.name);
      mkdirSync(dir);
      const from = performance.now();
      let row;
      try {
        row = await fault.run({ dir, random: generator(seed), cluster: () => (cluster ??= Postgres.start(join(work, 'postgres'))) });
      } catch (error) {
        row = { done: 'did not run to its end', wrong: [error.stack ?? String(error)] };
      }
      row.name = fault.name;
      rows.push(row);
      const seconds = Math.round((performance.now() - from) / 1000);
      console.log(`${isRight(row) ? '✓' : '✗'} ${fault.title} (${seconds} s): ${row.done}`);
      for (const wrong of row.wrong ?? []) console.log(`    ${wrong}`);
      if (!process.env.FAULTS_KEEP) rmSync(dir, { recursive: true, force: true });
    }
  } finally {
    end();
  }
  const wrong = rows.filter((row) => !isRight(row)).length;
  console.log(`\n${table(rows)}\n\n${rows.length - wrong} hold, ${wrong} do not`);
  return wrong ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
