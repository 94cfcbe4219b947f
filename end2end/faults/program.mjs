// The program as an operator runs it: commands that end, a server that is stopped or killed.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { binary, freePort } from '../kit/server.mjs';

const running = new Set();
// What was started here ends with us, however we end.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Program {
  /** `database` is a URL, or nothing for a SQLite file in `dir`. `limit` is the largest file it may write, in KiB. */
  static async in(dir, { database, port, baseUrl, smtp = '', args = [], limit } = {}) {
    const program = new Program();
    mkdirSync(join(dir, 'site/pkg'), { recursive: true });
    Object.assign(program, { dir, args, limit, port: port ?? (await freePort()) });
    program.file = database ? null : join(dir, 'weheard.db');
    program.database = database ?? `sqlite:${program.file}`;
    program.url = `http://127.0.0.1:${program.port}`;
    const inherited = Object.entries(process.env).filter(([name]) => !/^(WEHEARD_|DATABASE_URL$|PORT$)/.test(name));
    program.env = {
      ...Object.fromEntries(inherited),
      PORT: String(program.port),
      DATABASE_URL: program.database,
      WEHEARD_SECRET_FILE: join(dir, 'secret.key'),
      WEHEARD_BASE_URL: baseUrl ?? program.url,
      WEHEARD_SITE: join(dir, 'site'),
      WEHEARD_SMTP: smtp,
      // Everybody here has the same address, and is believed to come from another.
      WEHEARD_TRUSTED_PROXY: '127.0.0.1',
    };
    program.log = '';
    return program;
  }

  /** A command to its end: { status, signal, stdout, stderr }. */
  attempt(...args) {
    return this.start(...args).ended;
  }

  /** A command that must end well: what it printed. */
  async run(...args) {
    const done = await this.attempt(...args);
    if (done.status !== 0) throw new Error(`weheard ${args.join(' ')} ended with ${done.status ?? done.signal}:\n${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  async json(...args) {
    return JSON.parse(await this.run(...args, '--json'));
  }

  /** A command under way. `ended` gives { status, signal, stdout, stderr }. */
  start(...args) {
    // A program that ignores SIGXFSZ is told "file too large" where a full disk would say "no space left".
    const limited = ['-c', `trap '' XFSZ; ulimit -f ${this.limit}; exec "$@"`, 'limited', binary, ...args];
    const [command, words] = this.limit ? ['bash', limited] : [binary, args];
    const child = spawn(command, words, { cwd: this.dir, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text;
        this.log += text;
      });
    }
    const ended = new Promise((done) => child.on('close', (status, signal) => (running.delete(child), done({ status, signal, ...said }))));
    return { child, ended };
  }

  /** Starts the server and waits until it is ready: how many milliseconds that took. */
  async serve({ seconds = 60 } = {}) {
    const from = performance.now();
    this.server = this.start('serve', ...this.args);
    let over = null;
    this.server.ended.then((end) => (over = end));
    while (performance.now() - from < seconds * 1000) {
      if (over) throw new Error(`weheard serve ended with ${over.status ?? over.signal}:\n${over.stdout}${over.stderr}`);
      const ready = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      if (ready?.ok) return performance.now() - from;
      await pause(50);
    }
    throw new Error(`weheard serve is not ready after ${seconds} s:\n${this.log.slice(-3000)}`);
  }

  /** As the out-of-memory killer or a power cut ends it. */
  async kill() {
    this.server?.child.kill('SIGKILL');
    await this.server?.ended;
    this.server = null;
  }

  /** As an operator ends it: gives its exit status. */
  async stop() {
    if (!this.server) return 0;
    this.server.child.kill('SIGTERM');
    const impatience = setTimeout(() => this.server?.child.kill('SIGKILL'), 40_000);
    const { status } = await this.server.ended;
    clearTimeout(impatience);
    this.server = null;
    return status;
  }
}

export const pause = (ms) => new Promise((next) => setTimeout(next, ms));

/** Asks until it is so; fails with these words when it is not in time. */
export async function until(words, seconds, ask) {
  for (const end = performance.now() + seconds * 1000; ; ) {
    const found = await ask();
    if (found) return found;
    if (performance.now() > end) throw new Error(`${words}: not within ${seconds} s`);
    await pause(100);
  }
}
