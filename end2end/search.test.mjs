// Searching the demo's mentions: words, phrases, what must not occur, authors, filters; and the numbers of the listening page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

const posts = (person) => person.page.locator('table.list tbody tr').allInnerTexts();

/** Types into the search and sends it, as a person would. */
async function search(person, words) {
  await person.page.getByRole('searchbox', { name: 'Search', exact: true }).fill(words);
  await Promise.all([person.page.waitForURL((url) => url.searchParams.get('q') === words), person.page.getByRole('button', { name: 'Apply' }).click()]);
}

for (const [role, javaScript] of [['viewer', true], ['staff', false]]) {
  test(`mentions are found and marked ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const person = await server.signIn(browser, role, { javaScript });
    await person.visit('/mentions');

    await search(person, 'hinge');
    let found = await posts(person);
    assert.ok(found.length > 2 && found.every((text) => /hinge/i.test(text)), found.join('\n'));
    const marks = await person.page.locator('mark').allInnerTexts();
    assert.ok(marks.length >= found.length && marks.every((mark) => mark.toLowerCase() === 'hinge'), marks.join(' '));
    await person.look('search-word');

    await search(person, '"care plan" -disgusting');
    found = await posts(person);
    assert.ok(found.length > 0 && found.every((text) => /care plan/i.test(text) && !/disgusting/i.test(text)), found.join('\n'));

    await search(person, 'warrant* @bronwenh');
    found = await posts(person);
    assert.ok(found.every((text) => /warrant/i.test(text) && /@bronwenh/.test(text)), found.join('\n'));

    await search(person, 'ruckruf');
    assert.match((await posts(person)).join(), /Rückruf/);

    await person.visit('/mentions?q=tarnwick&language=de');
    found = await posts(person);
    assert.ok(found.length > 1 && found.every((text) => /German/.test(text)), found.join('\n'));

    await search(person, 'ab*');
    assert.match(await person.page.locator('main').innerText(), /at least 3 letters/);
    assert.equal(await person.page.getByRole('searchbox', { name: 'Search', exact: true }).inputValue(), 'ab*');
    await search(person, 'zeppelin');
    assert.match(await person.page.locator('main').innerText(), /No matching mentions/);
    await person.look('search-nothing');
    await person.close();
  });
}

test('every number of the listening page is the number of mentions behind it', async () => {
  const person = await server.signIn(browser, 'administrator');
  await person.visit('/listen?days=90');
  await person.look('listen');
  const links = [];
  for (const [kind, words] of [['', /by customers only/], ['&kind=all', /by all authors/], ['&kind=advertiser', /one kind only: advertisers/]]) {
    await person.visit(`/listen?days=90${kind}`);
    assert.match(await person.page.locator('main').innerText(), words);
    links.push(...(await person.page.$$eval('main a[href^="/mentions?"]', (all) =>
      all.filter((link) => /^[\d,]+$/.test(link.innerText.trim())).map((link) => [link.getAttribute('href'), Number(link.innerText.replaceAll(',', ''))]),
    )));
  }
  assert.ok(links.length > 40, `only ${links.length} numbers lead to mentions`);
  for (const [href, number] of links) {
    await person.visit(href);
    const words = number === 0 ? '0' : await person.page.getByRole('navigation', { name: 'Pages' }).innerText();
    const told = Number((/of ([\d,]+) mentions?/.exec(words) ?? /^([\d,]+)/.exec(words))[1].replaceAll(',', ''));
    assert.equal(told, number, href);
  }
  await person.visit('/listen?since=2001-01-01&until=2001-02-01');
  assert.match(await person.page.locator('main').innerText(), /No mentions in this period/);
  await person.visit('/listen?since=2022-01-02&until=2022-01-01');
  assert.match(await person.page.locator('main').innerText(), /Swap the two/);
  await person.close();
});
