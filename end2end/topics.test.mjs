// Editing what is listened for: a topic is tried, changed, read for again, retired; a phrase that rises becomes one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser, staff, admin, topic;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
  // Every page must do without a script; the last test looks with one.
  staff = await server.signIn(browser, 'staff', { javaScript: false });
  admin = await server.signIn(browser, 'administrator');
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

/** The number that a tile of the page shows. */
const tile = async (label) => {
  const text = await staff.page.locator('.tile', { has: staff.page.getByText(label, { exact: true }) }).locator('b').innerText();
  return Number(text.replaceAll(',', ''));
};

test('A bad pattern is refused with its reason, and nothing typed is lost', async () => {
  await staff.visit('/listen/topics');
  await staff.send('create', { name: 'Trackpad', phrases: 'trackpad', pattern: '(touch' });
  await staff.reads('The regular expression is invalid: unclosed group.');
  assert.equal(await staff.page.locator('#new [name=phrases]').inputValue(), 'trackpad');
});

test('A topic is tested on recent mentions before it is saved', async () => {
  await staff.visit('/listen/topics');
  await staff.send('create', { name: 'Coil whine', phrases: 'coil whine\nhearing aid' }, { button: /Test on/ });
  await staff.reads('Test result (not saved)');
  await staff.reads(/9 of all \d+ mentions match/);
  assert.equal(await staff.page.locator('#trial mark').first().innerText(), 'coil whine');
  assert.equal(await staff.page.locator('#new [name=name]').inputValue(), 'Coil whine', 'what was typed stays');
  assert.equal(await staff.page.getByRole('link', { name: 'Coil whine', exact: true }).count(), 0, 'nothing was saved');
});

test('A new topic reaches old mentions in the background', async () => {
  await staff.send('create');
  topic = new URL(staff.page.url()).pathname;
  assert.match(topic, /^\/listen\/topics\/[0-9a-f-]{36}$/);
  await staff.soonReads('Show all 9 mentions');
  assert.equal(await tile('Mentions'), 9);
  await staff.visit('/listen/topics');
  await staff.soonReads('Coil whine');
});

test('A changed topic loses what no longer fits, and its mentions say so', async () => {
  await staff.visit(topic);
  await staff.send('update', { phrases: 'coil whine', excludes: 'hearing aid', unit: 'Product quality' });
  await staff.soonReads('Show all 3 mentions');
  await staff.page.getByRole('link', { name: 'Show all 3 mentions' }).click();
  await staff.reads('3 mentions');
  const chips = await staff.page.locator('tbody tr .chip', { hasText: 'Coil whine' }).count();
  assert.equal(chips, 3);
  await staff.page.locator('tbody tr a[href^="/mentions/"]').first().click();
  await staff.reads('Topics');
});

test('Two people who change one topic do not overwrite each other', async () => {
  await admin.visit(topic);
  await staff.visit(topic);
  await staff.send('update', { unit: 'Customer support' });
  await admin.send('update', { unit: 'Nobody' });
  await admin.reads('Someone else has changed this topic');
});

test('A rising phrase becomes a topic from the menu of its row', async () => {
  await staff.visit('/listen/topics');
  await staff.page.getByRole('link', { name: 'Software update' }).first().click();
  await staff.send('delete');
  await staff.reads('Rising phrases');
  await staff.page.getByRole('link', { name: 'update 4.2', exact: true }).click();
  await staff.reads('10 mentions');
  await staff.visit('/listen/topics');
  await staff.send('adopt', {}, { key: 'update 4.2' });
  assert.equal(await staff.page.locator('h1').innerText(), 'Update 4.2');
  await staff.soonReads('Show all 10 mentions');
  await staff.visit('/listen/long-tail');
  for (const words of ['Mentions without a topic', 'Growing small topics', 'Topics raised repeatedly by a few authors', 'Phrases repeated by a few authors']) await staff.reads(words);
});

test('A retired topic keeps its mentions; a deleted one is gone', async () => {
  await staff.visit(topic);
  await staff.send('retire');
  await staff.reads('This topic is retired');
  assert.equal(await tile('Mentions'), 3);
  await staff.send('delete');
  assert.equal(new URL(staff.page.url()).pathname, '/listen/topics');
  assert.equal((await staff.page.goto(topic)).status(), 404);
});

test('The pages are accessible, fit a phone, and a viewer sees them without forms', async () => {
  const viewer = await server.signIn(browser, 'viewer');
  await viewer.visit('/listen/topics');
  assert.equal(await viewer.page.locator('form[method=post]:has(input[name=act])').count(), 0);
  await viewer.look('topics-viewer');
  for (const [path, name] of [
    ['/listen/topics?try=yes&name=Fan&phrases=fan', 'topics'],
    ['/listen/long-tail', 'topics-long-tail'],
    ['/mentions?topic=none', 'topics-none'],
  ]) {
    await admin.visit(path);
    await admin.look(name);
  }
  await admin.visit('/listen/topics');
  await admin.page.getByRole('link', { name: 'Hearing aids' }).first().click();
  await admin.look('topics-one');
  assert.deepEqual([...viewer.complaints, ...admin.complaints, ...staff.complaints], []);
  await viewer.close();
  await admin.close();
});
