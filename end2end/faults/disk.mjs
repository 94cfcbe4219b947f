// The disk is full: while notes are taken, and in an import.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tally } from './figures.mjs';
import { panelDay, signedIn } from './setup.mjs';
import { compared, exportIn, outcome, undisturbed } from './imports.mjs';
import { NoteTaker, account, allTake } from './notes.mjs';
import { Program, pause, until } from './program.mjs';

/** A folder that can be filled: a small tmpfs where we may mount one, else a limit on the size of files. */
class Disk {
  static in(dir, megabytes) {
    const disk = new Disk();
    disk.path = join(dir, 'disk');
    mkdirSync(disk.path, { recursive: true });
    disk.mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk.path]).status === 0;
    disk.kind = disk.mounted ? `tmpfs of ${megabytes} MB` : 'limit on the size of files';
    return disk;
  }

  /** Leaves room for so many KiB. A limit on files holds for programs that start later. */
  fill(program, kib) {
    if (this.mounted) {
      const { bavail, bsize } = statfsSync(this.path);
      writeFileSync(join(this.path, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - kib * 1024)));
    } else {
      program.limit = Math.ceil(statSync(program.file).size / 1024) + kib;
    }
  }

  free(program) {
    program.limit = undefined;
    if (this.mounted) rmSync(join(this.path, 'ballast'), { force: true });
  }

  end() {
    if (this.mounted) spawnSync('umount', ['-l', this.path]);
  }
}

export async function notes({ dir }) {
  const disk = Disk.in(dir, 48);
  try {
    const app = await Program.in(disk.path);
    await app.serve();
    const staff = await signedIn(app, 'Ines');
    const { session } = await panelDay(staff);
    const takers = [];
    for (let at = 1; at <= 3; at++) takers.push(new NoteTaker(`client ${at} note`, await signedIn(app, `Tom${at}`), session));
    const restart = async () => {
      if (disk.mounted) return;
      await app.stop();
      await app.serve();
    };
    disk.fill(app, 256);
    await restart();
    const stop = new AbortController();
    const work = allTake(takers, stop.signal);
    const refused = () => [...Tally.of(takers.map((taker) => taker.answers))].filter(([status]) => status !== '200').length > 0;
    const acknowledged = () => takers.reduce((sum, taker) => sum + taker.acknowledged.length, 0);
    await until('the disk is full', 120, refused);
    await pause(2000);
    const full = acknowledged();
    const page = await staff.request('GET', session);
    disk.free(app);
    await restart();
    await until('notes are taken again', 30, () => acknowledged() > full + 20);
    stop.abort();
    await work;
    const { acknowledged: all, ...found } = await account(takers, staff, session);
    const answers = Tally.of(takers.map((taker) => taker.answers));
    if (page.status !== 200) found.wrong.push(`the notes could not be read while the disk was full: ${page.status}`);
    if (answers.has('500')) found.wrong.push('the server answered 500');
    if (answers.has('500')) found.wrong.push(...app.log.split('\n').filter((line) => /ERROR/.test(line) && !/answered/.test(line)).slice(0, 2));
    await app.stop();
    return { done: `${disk.kind}, ${full} notes until it was full, ${all - full} after space was freed`, other: `answers: ${answers}`, ...found };
  } finally {
    disk.end();
  }
}

export async function imports({ dir, file = exportIn(dir) }) {
  const { right } = await undisturbed(dir, file);
  const disk = Disk.in(dir, 160);
  try {
    const app = await Program.in(disk.path);
    await app.run('migrate');
    disk.fill(app, 4096);
    const full = await app.attempt('import', file, '--organisation', 'Dell');
    disk.free(app);
    const last = await app.json('import', file, '--organisation', 'Dell');
    const row = compared(right, outcome(app));
    if (full.status !== 5) row.wrong.push(`with a full disk the import ended with ${full.status ?? full.signal}: ${full.stderr}`);
    return { done: `${disk.kind}, full in the middle, then the same command again; ${last.duplicate} of ${last.rows} rows were there`, ...row };
  } finally {
    disk.end();
  }
}

export const faults = [
  { name: 'disk-notes', title: 'Disk full while notes are taken', run: notes },
  { name: 'disk-import', title: 'Disk full in an import', run: ({ dir }) => imports({ dir }) },
];
