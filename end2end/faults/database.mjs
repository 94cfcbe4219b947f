// The databases themselves: questions past the program, and a PostgreSQL that can be restarted.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { root } from '../kit/server.mjs';

function command(name, args, input) {
  const done = spawnSync(name, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${name} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** Asks the database behind a program: rows as arrays of text. */
export function ask(program, sql) {
  // Nothing is in a text of ours that could be taken for this separator.
  const separator = '\u001f';
  const text = program.file
    ? command('sqlite3', ['-batch', '-noheader', '-separator', separator, program.file], `.timeout 20000\n${sql};\n`)
    : command('psql', ['-X', '-q', '-At', '-F', separator, '-v', 'ON_ERROR_STOP=1', program.database], `${sql};\n`);
  return text.split('\n').filter(Boolean).map((line) => line.split(separator));
}

export const one = (program, sql) => Number(ask(program, sql)[0][0]);

/** An id as both databases can write it. */
export const idText = (program, column) => (program.file ? `lower(hex(${column}))` : `replace(${column}::text, '-', '')`);

export const dashed = (id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export class Postgres {
  #databases = 0;

  /** A cluster that keeps what it acknowledged, as one in earnest does. */
  static start(dir) {
    const cluster = new Postgres();
    cluster.dir = dir;
    cluster.url = command(join(root, 'scripts/postgres'), ['start', dir, 'durable']).trim().split('\n').at(-1);
    return cluster;
  }

  /** A cluster that somebody else started, which is not restarted. */
  static at(url) {
    const cluster = new Postgres();
    cluster.url = url;
    return cluster;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** The URL of a new, empty database. */
  create() {
    const name = `faults_${process.pid}_${++this.#databases}`;
    command('psql', ['-X', '-q', this.url, '-c', `CREATE DATABASE ${name}`]);
    return this.url.replace(/\/[^/]*$/, `/${name}`);
  }

  /** `mode` is fast (open transactions are rolled back) or immediate (as a crash). The rest goes on meanwhile. */
  restart(mode) {
    return promisify(execFile)(join(root, 'scripts/postgres'), ['restart', this.dir, mode]);
  }

  stop() {
    command(join(root, 'scripts/postgres'), ['stop', this.dir]);
  }
}
