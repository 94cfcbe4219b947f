// A `weheard` of its own for one journey: fresh database, free port, email into the sink.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const binary = process.env.WEHEARD_BIN ?? join(target, 'debug/weheard');
export const site = process.env.WEHEARD_SITE ?? join(root, 'target/site-ci');

/** The folder of real listening data, or nothing where it is not at hand. */
export const realData = [process.env.WEHEARD_DATA ?? join(root, '../shared/data')].map((dir) => join(dir, 'listening')).find(existsSync);

export class Server {
  /** Starts with an empty database, or with the demo of a stage. */
  static async start({ sink, demo = null } = {}) {
    const server = new Server();
    server.dir = mkdtempSync(join(tmpdir(), 'weheard-journey-'));
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    server.env = {
      ...process.env,
      PORT: String(server.port),
      DATABASE_URL: `sqlite:${join(server.dir, 'weheard.db')}`,
      WEHEARD_SMTP: sink?.url ?? '',
      WEHEARD_BASE_URL: server.url,
      WEHEARD_GRACE_SECONDS: '0',
    };
    if (demo) server.run('demo', '--stage', demo);
    await server.#serve();
    return server;
  }

  /** One command of the program on this journey's database; returns what it printed. */
  run(...args) {
    const done = spawnSync(binary, args, { cwd: this.dir, env: this.env, encoding: 'utf8' });
    if (done.error) throw done.error;
    if (done.status !== 0) throw new Error(`weheard ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  async #serve() {
    this.log = '';
    this.process = spawn(binary, ['serve', '--site', site], { cwd: this.dir, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    this.ended = new Promise((done) => this.process.on('exit', (code) => done(code)));
    for (let wait = 0; wait < 300; wait++) {
      if (this.process.exitCode !== null) break;
      const ready = await fetch(this.url + '/readyz').catch(() => null);
      if (ready?.ok) return;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw new Error(`weheard serve is not ready:\n${this.log}`);
  }

  /** The sign-in link that the demo prints for a role. */
  link(role) {
    const line = this.log.split('\n').find((line) => line.toLowerCase().includes(role) && /\/l\/\S+/.test(line));
    if (!line) throw new Error(`No sign-in link for a ${role} was printed:\n${this.log}`);
    return /https?:\/\/\S+/.exec(line)[0];
  }

  /** Somebody who came in by the printed link of their role. */
  async signIn(browser, role, options) {
    const person = await browser.person(this, options);
    await person.enter(this.link(role));
    return person;
  }

  /** Ends it as an operator would, and says how it ended. */
  async stop() {
    this.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.process.kill('SIGKILL'), 15_000);
    const code = await this.ended;
    clearTimeout(impatience);
    rmSync(this.dir, { recursive: true, force: true });
    return code;
  }
}

export function freePort() {
  return new Promise((found) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
