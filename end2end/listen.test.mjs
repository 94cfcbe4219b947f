// Listening beyond the loop: a file whose columns a person says, a mention that is read wrongly, authors that change sides,
// other settings for segments, a tool that pushes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, Person, results } from './kit/browser.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser, staff, administrator;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
  // Every page must do without a script; `look` looks with one.
  staff = await server.signIn(browser, 'staff', { javaScript: false });
  administrator = await server.signIn(browser, 'administrator', { javaScript: false });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

/** An export with names of its own and dates that can be read in two ways: Vera complains in March and praises from May on. */
function export_() {
  const rows = ['Wann;Wer;Was;Nummer'];
  let number = 500;
  const post = (day, month, words) => rows.push(`${day}/${month}/2026;vera_turns;${words} (${number});${number++}`);
  // In words of her own each time: who repeats herself is taken for a bot.
  const complaints = [
    'I hate how the fan of this laptop howls',
    'Terrible support, nobody has called me back this week',
    'The repair was awful and the noise is worse than before',
    'So angry: a horrible hour on the phone, and still no help',
  ];
  const praise = [
    'I love how quiet it is after the second repair',
    'Great service from the technician who came to my home',
    'The new screen is beautiful, thank you for making this right',
    'Happy to say that the battery is excellent again',
    'What a wonderful keyboard, typing on it is a pleasure',
    'My sister likes hers so much that she bought another, brilliant',
    'Best update so far, everything feels fast and good',
    'Thanks for the friendly answer yesterday, that was perfect',
  ];
  complaints.forEach((words, at) => post([2, 5, 9, 11][at], 3, words));
  praise.forEach((words, at) => post(at + 1, 5, words));
  return rows.join('\n') + '\n';
}

test('Mapping: what the columns hold and how dates are read is said by a person, and remembered', async () => {
  const file = join(results, 'eigene-spalten.csv');
  writeFileSync(file, export_());
  await staff.visit('/imports');
  await staff.page.locator('input[type=file]').setInputFiles(file);
  await staff.press(/Upload/);
  await staff.reads('File uploaded. Check the column mapping');
  await staff.look('mapping');
  await talksWithTheForm(staff);
  const selects = staff.page.locator('form:has(input[name="act"][value="map"]) select[name^="column"]');
  const fields = ['at', 'handle', 'text', 'id'];
  for (const [place, field] of fields.entries()) {
    const options = await selects.nth(place).locator('option').evaluateAll((all) => all.map((one) => one.value));
    assert.ok(options.includes(field), `${field} is not among ${options}`);
    await selects.nth(place).selectOption(field);
  }
  await staff.send('map', { day_first: 'yes', network: 'Reddit' });
  await staff.reads('Mapping saved');
  // What stands on the screen is what is imported, or refused: not what was saved before.
  await selects.nth(2).selectOption('');
  await staff.press(/^Import 12 rows/);
  await staff.reads('No column contains the text');
  await selects.nth(2).selectOption('text');
  await staff.press(/^Import 12 rows/);
  await staff.soonReads(/Created\s+12/i);
  await staff.visit('/imports');
  await staff.page.locator('input[type=file]').setInputFiles(file);
  await staff.press(/Upload/);
  assert.equal(await staff.page.locator('form:has(input[name="act"][value="map"]) select[name^="column"]').nth(2).inputValue(), 'text', 'the next file with these columns is read the same way');
});

/** With a script, every change in the form shows at once what the first rows become, without another page. */
async function talksWithTheForm(staff) {
  const context = await browser.chromium.newContext({ storageState: await staff.context.storageState(), baseURL: server.url });
  context.setDefaultTimeout(15_000);
  const awake = new Person(context, await context.newPage(), true);
  const { page } = awake;
  await awake.visit(staff.page.url());
  await page.evaluate(() => (window.samePage = true));
  const preview = page.locator('#preview');
  const column = (place) => page.locator(`#form-map select[name="column-${place}"]`);
  await column(2).selectOption('');
  await preview.getByText('Choose the column for').waitFor();
  for (const [place, field] of ['at', 'handle', 'text', 'id'].entries()) await column(place).selectOption(field);
  await page.locator('#form-map [name=day_first]').selectOption('yes');
  await preview.getByText('Monday, 2 March 2026').waitFor();
  await page.locator('#form-map [name=day_first]').selectOption('no');
  await preview.getByText('Tuesday, 3 February 2026').waitFor();
  await preview.getByText('@vera_turns').first().waitFor();
  await preview.getByText('negative').first().waitFor();
  const zone = page.locator('#form-map [name=time_zone]');
  await zone.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Asia/Tokio');
  await preview.getByText('“Asia/Tokio” is not a time zone').waitFor();
  await zone.fill('Asia/Tokyo');
  await preview.getByText('Asia/Tokyo').first().waitFor();
  await column(0).selectOption('text');
  await column(2).selectOption('at');
  await preview.getByText('rejected').first().waitFor();
  await page.locator('details', { has: page.locator('#form-reread') }).locator('summary').click();
  await page.locator('#form-reread [name=header]').fill('2');
  await preview.getByText('guessed again').waitFor();
  assert.equal(await preview.getAttribute('aria-live'), 'polite');
  assert.ok(await page.evaluate(() => window.samePage), 'no page was loaded');
  await awake.look('mapping-live');
  await awake.close();
}

test('Original rows: each is shown with its outcome until its author opts out', async () => {
  const file = join(results, 'zeilen.csv');
  const creaks = '2026-05-01 10:00:00,88010000,ola_rows,"The lid ""creaks"" again, and nobody answers"';
  const rows = ['Date,Mention Id,Author Handle,Text', creaks, 'soon,88020000,ola_rows,When will the spare part arrive at last', creaks, '2026-05-02 10:00:00,88030000,per_rows,I love the new lid and told @ola_rows so', '2026-05-03 10:00:00,88040000,per_rows,Two days later the lid is still a pleasure to open'];
  writeFileSync(file, rows.join('\n') + '\n');
  await staff.visit('/imports');
  await staff.page.locator('input[type=file]').setInputFiles(file);
  await staff.press(/Upload/);
  await staff.page.locator('#form-map [name=network]').fill('Reddit');
  await staff.press(/^Import \S+ /);
  await staff.soonReads(/Created\s+3/i);
  await staff.page.getByRole('link', { name: 'Original rows' }).click();
  await staff.reads(creaks);
  const list = staff.page.url().replace(server.url, '');
  await staff.look('import-rows');
  await staff.visit(`${list}?outcome=rejected`);
  await staff.page.getByRole('link', { name: '3', exact: true }).click();
  await staff.reads('soon,88020000,ola_rows,When will');
  await staff.look('import-row');
  await staff.visit(`${list}/4`);
  await staff.page.getByRole('link', { name: 'Repeats line 2' }).click();
  await staff.page.getByRole('link', { name: 'Mention from this row' }).click();
  await staff.page.getByRole('link', { name: 'Original row 2 of zeilen.csv' }).click();
  await staff.reads('The lid "creaks" again, and nobody answers');
  await staff.visit(`${list}?from=999`);
  await staff.reads('No matching rows');

  await administrator.visit('/authors?q=ola_rows');
  await administrator.page.getByRole('link', { name: '@ola_rows' }).first().click();
  await administrator.page.getByRole('link', { name: 'Opt author out' }).click();
  await administrator.reads('All of them will be erased, with everything attached to them');
  await administrator.send('opt_out', { confirm: 'somebody_else' });
  await administrator.reads('Type ola_rows to confirm');
  await administrator.look('opt-outs');
  await administrator.send('opt_out', { confirm: 'ola_rows' });
  await administrator.reads('Everything about this author is being erased');
  await administrator.reads('1 opt-out so far');
  for (let tries = 0; tries < 60; tries += 1) {
    await administrator.visit('/opt-outs');
    if (!(await administrator.page.locator('body').innerText()).includes('in progress')) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await administrator.visit(list);
  const left = await administrator.page.locator('body').innerText();
  assert.ok(!left.includes('ola_rows') && left.includes(rows.at(-1)), 'rows of and about it are gone, others stay');
  await administrator.visit('/opt-outs');
  await administrator.send('remove', { ids: '88040000\n99990000' });
  await administrator.reads('1 mention deleted for 2 IDs');
  await administrator.visit(`${list}/6`);
  await administrator.reads('This row is not stored');
  assert.deepEqual(administrator.complaints, []);
});

test('Segment changes: a ranter in March is a raver since May', async () => {
  await staff.visit('/listen/segment-changes?from=ranter&to=raver');
  await staff.reads('@vera_turns');
  await staff.look('segment-changes');
  await staff.page.getByRole('link', { name: '@vera_turns' }).click();
  await staff.reads('Ranter from March to April 2026, raver since May 2026');
});

test('Excluded authors: the rule gives its reason, and a person includes an author for good', async () => {
  await staff.visit('/listen/excluded');
  for (const kind of ['Own accounts', 'Employees', 'Partners', 'Media', 'Advertisers', 'Bots']) await staff.reads(kind);
  await staff.reads('12 of 12 mentions have a link, and 12 contain advertising words.');
  await staff.reads('of 12 mentions repeat an earlier one in nearly the same words.');
  await staff.look('excluded');
  await staff.page.getByRole('link', { name: 'Advertisers' }).click();
  await staff.reads('@laptopdeals_uk');
  const setCustomer = async () => {
    await staff.page.getByLabel('More for @laptopdeals_uk').click();
    await staff.page.getByRole('button', { name: 'Customer', exact: true }).click();
    await staff.reads('@laptopdeals_uk: kind set to customer');
  };
  await setCustomer();
  await staff.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await staff.reads('The author has its earlier kind again');
  await setCustomer();
  await staff.page.getByRole('link', { name: 'Included again' }).click();
  await staff.page.getByRole('link', { name: '@laptopdeals_uk' }).click();
  await staff.reads('Included by a person');
});

test('Identity links: two authors are one person once a link was proposed and confirmed', async () => {
  const file = join(results, 'zwei-stimmen.csv');
  const rows = ['Date,Mention Id,Text,Author Handle,Author Name,Source,Country,Sentiment'];
  for (const [at, network] of ['Twitter', 'Reddit'].entries()) {
    for (const day of [1, 2, 3, 4]) rows.push(`2026-05-0${day} 10:0${at}:00,${at}77${day},"The hinge of my laptop broke again on day ${day}, awful",mira_twice,Mira Falk,${network},Sweden,negative`);
  }
  writeFileSync(file, rows.join('\n') + '\n');
  await staff.visit('/imports');
  await staff.page.locator('input[type=file]').setInputFiles(file);
  await staff.press(/Upload/);
  await staff.press(/^Import \S+ /);
  await staff.soonReads(/Created\s+8/i);
  await staff.visit('/authors?q=mira_twice');
  await staff.soonReads(/@mira_twice[\s\S]*@mira_twice/);
  await staff.page.getByRole('link', { name: '@mira_twice' }).first().click();
  await staff.page.getByRole('link', { name: 'Identity links' }).click();
  await staff.reads('Same handle on another network.');
  await staff.send('propose', { reason: ' ' });
  await staff.reads('Enter the reason');
  await staff.send('propose', { reason: 'Both show the same case number' });
  await staff.reads('Link proposed');
  await staff.look('link-proposed');
  await staff.visit('/');
  await staff.visit(await staff.page.locator('a[aria-label*="identity link"]').getAttribute('href'));
  await staff.reads('Both show the same case number');
  await staff.send('confirm');
  await staff.reads('Link confirmed');
  const links = staff.page.url();
  await staff.page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: '@mira_twice' }).click();
  await staff.reads(/Total\s+8\s+8\s+0/);
  await staff.look('author-linked');
  await staff.visit('/days');
  const days = await staff.page.locator('a[href^="/days/"]').evaluateAll((all) => all.map((one) => new URL(one.href).pathname).filter((path) => /^\/days\/[0-9a-f-]{36}$/.test(path)));
  for (const day of new Set(days)) {
    await staff.visit(`${day}/shortlist?q=mira_twice`);
    if ((await staff.page.locator('body').innerText()).includes('Same person as')) break;
  }
  await staff.reads('Same person as');
  await staff.look('shortlist-linked');
  await staff.visit(links.replace(server.url, ''));
  await staff.send('unlink', { reason: 'It was her brother' });
  await staff.reads('Link removed');
  await staff.reads('No linked authors');
});

test('Segment rules: a preview shows which authors would change segment', async () => {
  const segments = async () => (await staff.page.locator('nav[aria-label="Segments"]').innerText()).match(/Ravers\s*(\d+)/)[1];
  await staff.visit('/authors');
  const before = Number(await segments());
  await staff.visit('/listen/segments');
  await staff.page.locator('summary', { hasText: 'Change settings' }).click();
  await staff.page.locator('[name=mentions_needed]').fill('2');
  await Promise.all([staff.page.waitForEvent('load'), staff.page.getByRole('button', { name: 'Preview changes' }).click()]);
  await staff.reads('Minimum mentions: enter a whole number from 3 to 1000');
  await staff.page.locator('[name=mentions_needed]').fill('6');
  await Promise.all([staff.page.waitForEvent('load'), staff.page.getByRole('button', { name: 'Preview changes' }).click()]);
  await staff.reads(/authors? would change segment/);
  await staff.look('segments');
  const row = staff.page.locator('tr', { hasText: 'raver → neither' }).locator('td').last();
  const leaving = Number(await row.innerText());
  assert.ok(leaving > 0);
  await administrator.visit(staff.page.url().replace(server.url, ''));
  await staff.send('set');
  await staff.reads('All authors are being reassessed');
  await administrator.send('set');
  await administrator.reads('Someone else has changed these settings');
  for (const until = Date.now() + 60_000; ; ) {
    await staff.visit('/authors');
    if (Number(await segments()) === before - leaving) break;
    if (Date.now() > until) assert.equal(Number(await segments()), before - leaving);
    await new Promise((next) => setTimeout(next, 300));
  }
});

test('A correction of the sentiment applies until it is removed', async () => {
  await staff.visit('/mentions?reading=positive');
  await staff.page.locator('tbody tr a[href^="/mentions/"]').first().click();
  await staff.send('correct', { sentiment: 'negative', reason: 'It is irony' });
  await staff.reads('Correction saved');
  await staff.reads('It is irony');
  await staff.look('correction');
  await staff.send('uncorrect');
  await staff.reads('Correction removed');
});

test('Inbound integrations: a tool pushes mentions, and each delivery is accepted once', async () => {
  await staff.visit('/inbound');
  await staff.send('open', { name: 'Listener' });
  await staff.reads('Integration added');
  await staff.look('inbound');
  const codes = await staff.page.locator('code').allTextContents();
  const address = codes.find((code) => code.includes('/inbound/mentions'));
  const secret = codes.find((code) => code.startsWith('whsec_')).slice('whsec_'.length);
  const push = async (id, body, at = Math.floor(Date.now() / 1000)) => {
    const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${at}.${body}`).digest('base64');
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
    return (await fetch(server.url + new URL(address).pathname + new URL(address).search, { method: 'POST', headers, body })).status;
  };
  const post = JSON.stringify([{ id: '9001', date: '2026-05-20T10:00:00Z', author: 'pushed_voice', text: 'The trackpad of my laptop stopped working after a week' }]);
  assert.equal(await push('one', post), 202);
  assert.equal(await push('one', post), 200);
  assert.equal(await push('two', post, Math.floor(Date.now() / 1000) - 600), 401);
  await staff.visit('/inbound');
  await staff.reads('1 delivery received');
  await staff.reads('1 delivery rejected');
  await staff.visit('/authors?q=pushed_voice');
  await staff.soonReads('@pushed_voice');
  assert.deepEqual(staff.complaints, []);
});

test('Repeated mentions have a page', async () => {
  await staff.visit('/listen/repeated-mentions?days=365');
  await staff.look('repeated-mentions');
  await staff.reads('Mentions with nearly the same words');
  assert.deepEqual(staff.complaints, []);
});
