// Development: builds, serves, and reloads the browser when a file changes.
//   PORT=3000 node scripts/dev.mjs
// A small proxy stands before the server: it holds requests while the server is rebuilt, and adds the script that
// reloads the page. The page's own security policy stays as it is; the script borrows its nonce.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, watch } from 'node:fs';
import http from 'node:http';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const port = Number(process.env.PORT ?? 3000);
const inner = port + 1;
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = join(target, 'debug/weheard');
const wasm = join(root, 'target/site-ci/pkg/weheard_bg.wasm');
const style = 'target/site-ci/pkg/weheard.css';
const database = process.env.DATABASE_URL ?? 'sqlite:var/weheard-dev.db';
const env = { ...process.env, PORT: String(inner), DATABASE_URL: database, WEHEARD_GRACE_SECONDS: '0', WEHEARD_BASE_URL: `http://127.0.0.1:${port}` };

let server = null;
let ready = Promise.resolve();
const browsers = new Set();

/** Resolves to whether it ended well. */
function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
  return new Promise((done) => child.once('error', () => done(false)).once('exit', (code) => done(code === 0)));
}

let browserBuild = null;

/** Builds the browser's half, unless the next change comes first. Resolves to whether it is another than before. */
async function buildBrowserHalf() {
  const written = () => createHash('sha256').update(readFileSync(wasm)).digest('hex');
  const before = existsSync(wasm) && written();
  // In a process group of its own, so that cargo ends with the script.
  const child = spawn('scripts/build-web', ['ci'], { cwd: root, stdio: 'inherit', env, detached: true });
  browserBuild = child;
  const code = await new Promise((done) => child.once('exit', done));
  if (browserBuild === child) browserBuild = null;
  return code === 0 && written() !== before;
}

function stopBrowserBuild() {
  if (browserBuild) process.kill(-browserBuild.pid, 'SIGTERM');
}

async function restart() {
  if (server) {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  }
  server = spawn(binary, ['serve', '--site', 'target/site-ci'], { cwd: root, stdio: 'inherit', env });
  for (let wait = 0; wait < 200; wait++) {
    if ((await fetch(`http://127.0.0.1:${inner}/readyz`).catch(() => null))?.ok) return;
    await new Promise((next) => setTimeout(next, 100));
  }
}

function reload() {
  for (const browser of browsers) browser.write('data: reload\n\n');
}

/** A page is on the screen as soon as the server is; the browser's half follows, and only islands wait for it. */
async function rebuild(what) {
  if (what.rust) stopBrowserBuild();
  if (what.style && !(await run('scripts/build-style', [style])) && !what.rust) return;
  if (what.rust) {
    if (!(await run('cargo', ['build', '-p', 'server']))) return;
    await restart();
    buildBrowserHalf().then((changed) => changed && reload());
  }
  reload();
}

function withReload(page, policy) {
  const nonce = /'nonce-([^']+)'/.exec(policy ?? '')?.[1] ?? '';
  const script = `<script nonce="${nonce}">new EventSource('/__dev').onmessage=()=>location.reload()</script>`;
  return page.includes('</body>') ? page.replace('</body>', script + '</body>') : page + script;
}

http
  .createServer(async (request, response) => {
    if (request.url === '/__dev') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      browsers.add(response);
      request.on('close', () => browsers.delete(response));
      return;
    }
    await ready;
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const onward = http.request({ port: inner, host: '127.0.0.1', path: request.url, method: request.method, headers }, (answer) => {
      if (!/^text\/html/.test(answer.headers['content-type'] ?? '')) {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        return;
      }
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const page = Buffer.from(withReload(Buffer.concat(parts).toString('utf8'), answer.headers['content-security-policy']));
        const { 'transfer-encoding': _, ...rest } = answer.headers;
        response.writeHead(answer.statusCode, { ...rest, 'content-length': page.length });
        response.end(page);
      });
    });
    onward.on('error', () => {
      response.writeHead(503, { 'content-type': 'text/plain' });
      response.end('The server is not running: look at the terminal for what does not compile.\n');
    });
    request.pipe(onward);
  })
  .listen(port, '127.0.0.1');

if (!(await run('scripts/setup', []))) process.exit(1);
if (!(await run('cargo', ['build', '-p', 'server'])) || !(await run('scripts/build-web', ['ci']))) process.exit(1);
if (database.startsWith('sqlite:var/') && !existsSync(join(root, database.slice('sqlite:'.length)))) {
  mkdirSync(join(root, 'var'), { recursive: true });
  await run(binary, ['demo', '--stage', process.env.STAGE ?? 'reported']);
}
await restart();
console.log(`▸ Development server on http://127.0.0.1:${port}; it follows what you save`);

let changed = {};
let timer = null;
const watched = new Set();

/** Watches folders, not files: an editor that saves by renaming puts another file in the place of the one before. */
function follow(folder, kind) {
  if (!existsSync(folder) || watched.has(folder)) return;
  watched.add(folder);
  watch(folder, (_, file) => {
    followBelow(folder, kind);
    if (!/\.(rs|toml|sql|css)$/.test(file ?? '')) return;
    changed[kind] = true;
    clearTimeout(timer);
    // One build for all files that an editor saves together.
    timer = setTimeout(() => {
      const what = changed;
      changed = {};
      ready = ready.then(() => rebuild(what));
    }, 150);
  }).on('error', () => watched.delete(folder));
  followBelow(folder, kind);
}

function followBelow(folder, kind) {
  if (!existsSync(folder)) return watched.delete(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) follow(join(folder, entry.name), kind);
}

for (const folder of ['app', 'server', 'src', 'migrations', 'style']) follow(join(root, folder), folder === 'style' ? 'style' : 'rust');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (stopBrowserBuild(), server?.kill('SIGTERM'), process.exit(0)));
