// Any file goes in: a survey with a header of three rows, a list within JSON, a roster. Each is mapped on its page, without leaving it, and
// what a review file, a chat and a survey hold shows up on /listen as what it is.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, results } from './kit/browser.mjs';
import { root, Server } from './kit/server.mjs';

const shelf = join(root, 'app/tests/corpus');
let server, browser, staff;

before(async () => {
  server = await Server.start({ demo: 'recruiting' });
  browser = await Browser.open();
  staff = await server.signIn(browser, 'staff');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function upload(file) {
  await staff.visit('/imports');
  await staff.page.locator('input[type=file]').setInputFiles(file);
  await staff.press(/Upload/);
  await staff.reads('File uploaded. Check the column mapping');
  return staff.page.url();
}

/** A file of the shelf under a name that says nothing about it. */
function fromShelf(name, as) {
  copyFileSync(join(shelf, name), join(results, as));
  return join(results, as);
}

const preview = () => staff.page.locator('#preview');
const column = (place) => staff.page.locator(`#form-map select[name="column-${place}"]`);

test('A survey with three header rows: another row is tried on the page, and the right one is read', async () => {
  const page = await upload(fromShelf('survey-three-headers.csv', 'answers.csv'));
  await staff.reads('Confidence');
  await staff.look('import-survey');
  await staff.page.locator('details', { has: staff.page.locator('#form-reread') }).locator('summary').click();
  const header = staff.page.locator('#form-reread [name=header]');
  await header.fill('0');
  await preview().getByText('guessed again').waitFor();
  await header.fill('1');
  await preview().getByText('survey', { exact: false }).first().waitFor();
  assert.equal(staff.page.url(), page, 'the page stays');
  await staff.press(/^Import /);
  await staff.soonReads(/Created\s+2/i);
});

test('A list within JSON: another list is chosen, and the file is read again', async () => {
  const file = join(results, 'two-lists.json');
  const log = [1, 2, 3].map((at) => ({ step: at, note: `exported part ${at}` }));
  const posts = ['The lid creaks again and nobody answers', 'The new screen is a pleasure to look at'];
  const rows = posts.map((text, at) => ({ at: `2026-05-0${at + 1}T10:00:00Z`, who: { username: `kim_json_${at}` }, body: text }));
  writeFileSync(file, JSON.stringify({ log, data: { entries: rows } }));
  await upload(file);
  await staff.page.locator('details', { has: staff.page.locator('#form-reread') }).locator('summary').click();
  await staff.page.locator('#form-reread [name=sheet]').selectOption('data.entries');
  await preview().getByText('kim_json_0').first().waitFor();
  await staff.send('reread', { sheet: 'data.entries' });
  await staff.reads('File read again');
  await staff.press(/^Import 2 rows/);
  await staff.reads('Nothing in this file says which network it is from');
  await staff.page.locator('#form-map [name=network]').fill('forum.example.org');
  await preview().getByText('forum.example.org').first().waitFor();
  await staff.look('import-json');
  await staff.press(/^Import /);
  await staff.soonReads(/Created\s+2/i);
});

test('A roster is recognised as people, and consent to marketing is no consent to be invited', async () => {
  await upload(fromShelf('crm.csv', 'contacts.csv'));
  await staff.reads('Marketing Opt-In');
  await staff.reads('Consent to advertising is not consent to be invited');
  await preview().getByText('Dana Novak').waitFor();
  await preview().getByText('marketing only').first().waitFor();
  await staff.look('import-roster');
  // One address cannot be held by two columns.
  const before = await column(5).inputValue();
  await column(5).selectOption('email');
  await preview().getByText('are both set to “Email address”').waitFor();
  await column(5).selectOption(before);
  await preview().getByText('Dana Novak').waitFor();
  // A box that is not ticked says nothing.
  await preview().getByText('marketing only').first().waitFor();
  await staff.press(/^Import /);
  await staff.soonReads(/Created\s+2/i);
  await staff.visit('/customers?q=Dana');
  await staff.reads('Novak s.r.o.');
  await staff.reads('no consent');
  await staff.look('customers-roster');
});

test('Reviews, a chat and a survey are on /listen as what they are', async () => {
  for (const [name, as, created] of [['reviews-without-author.csv', 'reviews.csv', 2], ['chat-lines.txt', 'talk.txt', 2]]) {
    await upload(fromShelf(name, as));
    await staff.press(/^Import /);
    await staff.soonReads(new RegExp(`Created\\s+${created}`, 'i'));
  }
  for (const [network, mentions] of [['googleplay', 2], ['whatsapp', 2], ['survey', 2]]) {
    await staff.visit(`/mentions?network=${network}`);
    await staff.reads(new RegExp(`${mentions} mentions`));
  }
  // The files are older than the days that are shown without asking.
  await staff.visit('/listen?since=2020-01-01&until=2026-12-31');
  for (const network of ['Google Play', 'WhatsApp', 'Survey']) await staff.reads(network);
  await staff.look('listen-networks');
  assert.deepEqual(staff.complaints, []);
});
