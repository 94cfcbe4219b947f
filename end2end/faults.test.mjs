// Small versions of what `make faults` does at length: few kills, few people, the same questions afterwards.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { altered } from './faults/altered.mjs';
import { roundTrip } from './faults/backup.mjs';
import { Postgres } from './faults/database.mjs';
import { imports as fullDiskInAnImport, notes as fullDisk } from './faults/disk.mjs';
import { byCommand, byUpload } from './faults/imports.mjs';
import { killed } from './faults/kills.mjs';
import { accepted } from './faults/lastseat.mjs';
import { dropped, killed as killedWhileSending, refused, slow } from './faults/email.mjs';
import { compare } from './faults/notes.mjs';
import { cut, restarted } from './faults/outage.mjs';
import { rolled } from './faults/rolling.mjs';
import { longExport } from './kit/listening.mjs';

const { TEST_POSTGRES_URL: url, WEHEARD_TEST_SQLITE_ONLY: sqliteOnly } = process.env;
if (!url && sqliteOnly !== '1') {
  throw new Error('These run on PostgreSQL too. Start one: export TEST_POSTGRES_URL=$(scripts/postgres start /tmp/weheard-postgres)\nOr, by name, test on SQLite alone: export WEHEARD_TEST_SQLITE_ONLY=1');
}
const postgres = { skip: url ? false : 'SQLite alone was asked for' };
const cluster = url && Postgres.at(url);

/** Half of every delay: the same at each run. */
const random = () => 0.5;

/** A listening export in a fault's folder. */
function exported(dir, rows) {
  const file = join(dir, 'listening.csv');
  writeFileSync(file, longExport(rows));
  return file;
}

function holds(name, options, fault) {
  test(name, options, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'weheard-fault-'));
    chmodSync(dir, 0o755);
    try {
      const { lost = 0, doubled = 0, misordered = 0, wrong = [] } = await fault(dir);
      assert.deepEqual({ lost, doubled, misordered, wrong }, { lost: 0, doubled: 0, misordered: 0, wrong: [] });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}

test('A note that is missing, twice or in the wrong place is noticed', () => {
  const taker = { acknowledged: ['one', 'two', 'three'], wrong: [] };
  const found = (texts) => {
    const { lost, doubled, misordered } = compare([taker], texts);
    return { lost, doubled, misordered };
  };
  assert.deepEqual(found(['one', 'two', 'three']), { lost: 0, doubled: 0, misordered: 0 });
  assert.deepEqual(found(['one', 'three', 'three', 'two']), { lost: 0, doubled: 1, misordered: 1 });
  assert.deepEqual(found(['three']), { lost: 2, doubled: 0, misordered: 0 });
});

holds('Notes survive a server that is killed, on SQLite', {}, (dir) => killed({ dir, random, kills: 4, clients: 2 }));
holds('Notes survive a server that is killed, on PostgreSQL', postgres, (dir) => killed({ dir, random, database: cluster.create(), kills: 4, clients: 2 }));
holds('Notes survive connections to PostgreSQL that are cut', postgres, (dir) => cut({ dir, cluster: () => cluster, cuts: 2, every: 1000 }));
holds('Ten people who want the last seat at once get one seat and nine places to wait, on SQLite', {}, (dir) => accepted({ dir, count: 10 }));
holds('Ten people who want the last seat at once get one seat and nine places to wait, on PostgreSQL', postgres, (dir) => accepted({ dir, count: 10, database: cluster.create() }));
holds('Nobody notices a rolling restart', postgres, (dir) => rolled({ dir, cluster: () => cluster, rounds: 1 }));
holds('Notes survive a full disk', {}, (dir) => fullDisk({ dir }));
holds('A full disk in an import loses nothing', {}, (dir) => fullDiskInAnImport({ dir, file: exported(dir, 6000) }));
holds('A command that imports may be killed, and is given again', {}, (dir) => byCommand({ dir, random, kills: 2, file: exported(dir, 6000) }));
holds('A server that is killed in an import goes on with it', postgres, (dir) => byUpload({ dir, random, kills: 1, file: exported(dir, 6000), database: () => cluster.create() }));
holds('A PostgreSQL that crashes and comes back loses no note', postgres, async (dir) => {
  const own = Postgres.start(join(dir, 'postgres'));
  try {
    return await restarted('immediate', 1)({ dir, cluster: () => own });
  } finally {
    own.stop();
  }
});
holds('A mail server that gives no answer leaves emails in doubt', {}, (dir) => dropped({ dir, count: 4 }));
holds('A slow mail server gets each email once', {}, (dir) => slow({ dir, waits: 2 }));
holds('A mail server that refuses is believed', {}, (dir) => refused({ dir, count: 4 }));
holds('Email is handed over once by a server that is killed', {}, (dir) => killedWhileSending({ dir, random, count: 6, kills: 1 }));
holds('A backup is the same in either database, and forgets no opt-out', postgres, (dir) => roundTrip({ dir, database: () => cluster.create() }));
holds('A row that was altered behind the program’s back is named', {}, (dir) => altered({ dir }));
