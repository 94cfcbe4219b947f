// Development: builds, serves, and reloads the browser when a file changes.
//   PORT=3000 node scripts/dev.mjs
// A small proxy stands before the server: it holds requests while the server is rebuilt, and adds the script that
// reloads the page. The page's own security policy stays as it is; the script borrows its nonce.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, watch } from 'node:fs';
import http from 'node:http';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const port = Number(process.env.PORT ?? 3000);
const inner = port + 1;
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const binary = join(target, 'debug/weheard');
const database = process.env.DATABASE_URL ?? 'sqlite:var/weheard-dev.db';
const env = { ...process.env, PORT: String(inner), DATABASE_URL: database, WEHEARD_BASE_URL: `http://127.0.0.1:${port}` };

let server = null;
let ready = Promise.resolve();
const browsers = new Set();

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env, ...options }).status === 0;
}

function build({ rust, style }) {
  if (rust && !(run('cargo', ['build', '-p', 'server']) && run('scripts/build-web', ['ci']))) return false;
  return rust || !style || run('scripts/build-style', ['target/site-ci/pkg/weheard.css']);
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

async function rebuild(what) {
  if (!build(what)) return;
  if (what.rust) await restart();
  for (const browser of browsers) browser.write('data: reload\n\n');
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

if (!run('scripts/setup', [])) process.exit(1);
if (!build({ rust: true })) process.exit(1);
if (database.startsWith('sqlite:var/') && !existsSync(join(root, database.slice('sqlite:'.length)))) {
  mkdirSync(join(root, 'var'), { recursive: true });
  run(binary, ['demo', '--stage', process.env.STAGE ?? 'reported']);
}
await restart();
console.log(`▸ Development server on http://127.0.0.1:${port}; it follows what you save`);

let changed = {};
let timer = null;
for (const folder of ['app', 'server', 'src', 'migrations', 'style']) {
  if (!existsSync(join(root, folder))) continue;
  watch(join(root, folder), { recursive: true }, (_, file) => {
    if (!/\.(rs|toml|sql|css)$/.test(file ?? '')) return;
    changed[folder === 'style' ? 'style' : 'rust'] = true;
    clearTimeout(timer);
    // One build for all files that an editor saves together.
    timer = setTimeout(() => {
      const what = changed;
      changed = {};
      ready = ready.then(() => rebuild(what));
    }, 150);
  });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (server?.kill('SIGTERM'), process.exit(0)));
