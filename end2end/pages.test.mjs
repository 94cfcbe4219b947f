// Every page of the demo that a link leads to: it answers, for whoever sees the link; it is accessible; it fits every window. The style sheet
// stays small.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { Browser } from './kit/browser.mjs';
import { Server, site } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'reported' });
  browser = await Browser.open();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

const download = /(\.(csv|ics|pdf|json)|\/pdf)(\?|$)/;
const kind = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\/\d+(?=\/|$)/g, '/:n').replace(/\?.*/, '');

/** Follows links from a page, one address of each kind; `arrive` sees each page opened. */
async function walk(person, from, arrive) {
  const queue = [from];
  const seen = new Set([kind(from)]);
  for (let path; (path = queue.shift()); ) {
    const answer = await person.page.goto(path);
    assert.equal(answer.status(), 200, `${path}, shown as a link, answered ${answer.status()}`);
    await person.awake();
    const found = await person.page.$$eval('a[href]', (links) => links.map((link) => link.href));
    await arrive(path, kind(path));
    for (const href of found) {
      const next = new URL(href, server.url);
      if (next.origin !== server.url || /^\/(__dev|pkg|fonts)/.test(next.pathname)) continue;
      const address = next.pathname + next.search;
      if (seen.has(kind(address))) continue;
      seen.add(kind(address));
      if (download.test(address)) {
        const file = await person.context.request.get(address);
        assert.equal(file.status(), 200, `${address}, a download on ${path}, answered ${file.status()}`);
      } else queue.push(address);
    }
  }
  return seen;
}

test('an administrator can open every page that is linked; each is accessible, fits every window and has one main button', async () => {
  const person = await server.signIn(browser, 'administrator');
  const seen = await walk(person, '/', async (_, kind) => {
    await person.look('page' + kind.replaceAll('/', '-').replaceAll(':', ''));
    // The page of components shows all kinds of buttons.
    if (kind !== '/design') await person.leads(kind);
  });
  assert.ok(seen.size > 10, `only these pages are linked: ${[...seen].join(' ')}`);
  await person.close();
});

for (const role of ['staff', 'moderator', 'responder', 'viewer']) {
  test(`a ${role} is shown no link that leads nowhere, and no page that must be moved sideways`, async () => {
    const person = await server.signIn(browser, role);
    const seen = await walk(person, '/', async (_, kind) => person.fits(kind));
    assert.ok(seen.size > 2, `only these pages are linked: ${[...seen].join(' ')}`);
    await person.close();
  });
}

test('who switches the program stays in it, from page to page', async () => {
  // The printed link of staff works once, and others came in by it.
  const person = await browser.person(server);
  await person.enter(/https?:\/\/\S+/.exec(server.run('user', 'add', 'switcher@panel.example', '--name', 'Sol Switcher', '--role', 'staff'))[0]);
  await person.visit('/authors');
  const first = await person.page.locator('.sub > span').innerText();
  await person.visit('/programs?new=1');
  await person.send('create', { name: 'Customer panel Ireland', organisation: 'Dell', language: 'en' });
  await person.visit('/authors');
  await person.reads('No authors yet');

  await person.page.locator('.sub summary').click();
  const follow = async (link) => {
    await Promise.all([person.page.waitForEvent('load'), link.click()]);
    return person.page.url();
  };
  const named = (place, name) => person.page.locator(place).getByRole('link', { name, exact: true }).first();
  await follow(named('.sub', first));
  const walk = [['.tabs', /^Ranters/], ['.sub nav', 'Mentions'], ['.page-head', 'Repeated mentions'], ['.crumbs', 'Mentions'], ['.sub nav', 'Topics'], ['.tabs', 'Long tail'], ['.sub nav', 'Imports'], ['.sub nav', 'Authors']];
  for (const [place, name] of walk) {
    const url = await follow(person.page.locator(place).getByRole('link', { name, exact: typeof name === 'string' }).first());
    assert.equal(await person.page.locator('.sub summary').innerText(), first, `${name} led to ${url}`);
  }
  await follow(person.page.locator('table.list a[href^="/authors/"]').first());
  await person.reads(first);
  await follow(named('.crumbs', 'Authors'));
  assert.equal(await person.page.locator('.sub summary').innerText(), first);

  // Lists of all programs say which program each line is of, and show one of them.
  await person.visit('/heard');
  await person.page.locator('select[name="program"]').selectOption({ label: 'Customer panel Ireland' });
  await person.press('Apply');
  await person.reads(/No items/);
  await person.close();
});

test('the style sheet, as a browser receives it, has at most 14 KB', () => {
  // The release sends it in brotli, made by scripts/compress.mjs with the same quality.
  const sent = brotliCompressSync(readFileSync(join(site, 'pkg/weheard.css'))).length;
  assert.ok(sent <= 14 * 1024, `${sent} bytes in brotli`);
});
