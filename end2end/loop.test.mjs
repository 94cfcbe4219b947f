// The whole loop as people walk it: from a listening export to a follow-up report in an attendee's hands.
//
// One server, nine steps in order, each as the person who does it: staff, a moderator, a responder, an owner without an account,
// panelists by their personal links. Where the real listening data is at hand it starts from the Dell file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, results } from './kit/browser.mjs';
import { noon } from './kit/clock.mjs';
import { madeUpExport, madeUpRoster } from './kit/listening.mjs';
import { links } from './kit/email.mjs';
import { realData, Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

const quote = 'The hinge broke on day 40 and nobody called me back';
const heardText = 'Nobody calls back after a repair was promised.';
const secondText = 'Repairs take weeks without the laptop.';
const guests = ['rosa@mail.example', 'anton@mail.example', 'mei@mail.example', 'joao@mail.example'];
const names = ['Rosa Lindqvist', 'Anton Berger', 'Mei Tanaka', 'João Pires'];

let sink, server, browser, staff, moderator, responder;
let day, session, items, report;
const panelists = [];

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink });
  browser = await Browser.open();
  const add = async (email, name, role, ...more) => {
    const person = await browser.person(server);
    await person.enter(/https?:\/\/\S+/.exec(server.run('user', 'add', email, '--name', name, '--role', role, ...more))[0]);
    return person;
  };
  staff = await add('ines@panel.example', 'Ines Okafor', 'administrator');
  moderator = await add('tom@panel.example', 'Tom Baker', 'moderator');
  responder = await add('sam@panel.example', 'Sam Reyes', 'responder', '--unit', 'Repair');
});

after(async () => {
  await browser?.close();
  const code = await server?.stop();
  sink?.stop();
  if (server) assert.equal(code, 0, `weheard did not stop cleanly:\n${server.log}`);
});

async function upload(file) {
  await staff.visit('/imports');
  await staff.page.setInputFiles('input[type=file]', file);
  await staff.press('Upload file', staff.page.locator('form:has(input[type=file])'));
}

test('0. Staff write down what the program is for', async () => {
  await staff.visit('/programs');
  await staff.look('00-programs-empty');
  await staff.send('create', {
    name: 'CAP Days 2022', organisation: 'Dell', market: 'US', language: 'en', sponsor: 'Office of the customer',
    purpose: 'Hear what hurts, answer it, and show what became of it.', rules_of_listening: 'We listen. We answer within three weeks. Nobody sells anything.',
    term: 'One day and one reunion', benefits: 'Travel and one night', disclosed_costs: 'Travel, one night, food', lawful_basis: 'Legitimate interest',
    notice: 'Public mentions about our products are read to find people to invite.', source_row_days: '90', mention_months: '24', own_handles: 'Dell\nDellCares\nDellTech',
  });
  await staff.reads('CAP Days 2022');
  await staff.look('00-program');
});

test('1. Staff import what was said in public; nothing is lost, nothing comes twice', async () => {
  let file = realData && join(realData, 'dell-tweets-2022.csv');
  if (!file) {
    file = join(server.dir, 'listening.csv');
    writeFileSync(file, madeUpExport());
  }
  await upload(file);
  await staff.reads(basename(file));
  await staff.look('01-import-columns');
  await staff.press(/^Import \S+ /);
  await staff.soonReads(/Created\s+[1-9]/i, 180);
  await staff.soonReads('Undo import', 180);
  await staff.look('01-import-done');

  await upload(file);
  await staff.reads('The same file was imported');
  await staff.press(/^Import \S+ /);
  await staff.soonReads(/Undo import/, 180);
  const again = JSON.parse(server.run('import', file, '--json'));
  assert.equal(again.created, 0, 'the same file a third time');
  assert.equal(again.rows, again.created + again.updated + again.duplicate + again.excluded + again.rejected);
  if (realData) assert.equal(again.rows, 14_363);

  const roster = join(server.dir, 'roster.csv');
  writeFileSync(roster, madeUpRoster());
  await upload(roster);
  await staff.press(/^Import \S+ /);
  await staff.soonReads(/Undo import/);
  await staff.visit('/customers');
  await staff.reads('Bodil Krogh');
  await staff.look('01-customers');
});

test('2. Authors are assessed with reasons in words, and a person can overrule', async () => {
  await staff.visit('/authors');
  await staff.look('02-authors');
  await staff.page.locator('main a[href^="/authors/"]').first().click();
  await staff.page.waitForLoadState();
  await staff.look('02-author');
  await staff.send('overrule', { segment: 'ranter', reason: 'Wrote to us three times; we read all of it.' });
  await staff.reads('we read all of it');
});

test('3. From a ranked list to seats: shortlist, invitations by email and by hand, a waitlist that moves up', async () => {
  const { zone, date } = noon();
  await staff.visit('/days');
  await staff.send('create', { title: 'CAP Day for ranters', day: date, time_zone: zone, place: 'Round Rock, building 2', kind: 'panel', segment: 'ranter', capacity: '2' });
  day = new URL(staff.page.url()).pathname;
  await staff.visit(`${day}/shortlist`);
  for (let at = 0; at < 4; at++) await staff.page.locator('input[name=who]').nth(at).check();
  await staff.send('add', { remark: 'Say clearly what went wrong, and still own one.' });
  await staff.page.locator('.people details.more > summary').first().click();
  await staff.reads('Say clearly what went wrong');
  await staff.look('03-shortlist');

  await staff.visit(`${day}/invitations`);
  await staff.send('draft_all');
  const invitations = await staff.page.$$eval('a[href^="/invitations/"]', (found) => [...new Set(found.map((link) => new URL(link.href).pathname))]);
  assert.equal(invitations.length, 4);
  for (const [at, invitation] of invitations.entries()) {
    await staff.visit(invitation);
    // The last one goes by hand: a message to copy, with the personal link in it.
    await staff.send('edit', at < 3 ? { channel: 'email', email: guests[at] } : { channel: 'hand' });
    await staff.send('review');
    await staff.send('send');
    if (at === 0) await staff.look('03-invitation');
  }
  const copied = await staff.page.locator('main').innerText();
  const byHand = [...(copied + (await staff.page.$$eval('textarea', (all) => all.map((one) => one.value).join(' ')))).matchAll(/https?:\/\/\S+\/l\/[\w-]+/g)].at(-1)?.[0];
  assert.ok(byHand, `no link to copy on ${staff.page.url()}:\n${copied}`);
  await staff.visit(`${day}/invitations`);
  await staff.look('03-invitations');

  for (let at = 0; at < 4; at++) {
    const guest = await browser.person(server, { javaScript: false });
    const link = at < 3 ? links(await sink.email(guests[at])).find((url) => url.includes('/l/')) : byHand;
    await guest.enter(link);
    if (at === 0) await guest.look('03-invited');
    if (at === 3) await guest.send('decline', { reason: 'I am away that week.' });
    else await guest.send('accept', { name: names[at], email: guests[at], consent: true, quotes: at === 0 ? 'named' : 'anonymous' });
    if (at < 2) await guest.reads('You have a seat');
    if (at === 2) await guest.reads('You’re on the waitlist');
    if (at === 0) await guest.look('03-seated');
    panelists.push(guest);
  }
  await staff.visit(`${day}/people`);
  const row = () => staff.page.locator('tr', { hasText: names[2] }).innerText();
  assert.doesNotMatch(await row(), /Check in/, 'there are two seats');
  await staff.look('03-people-waiting');
  const second = staff.page.locator('form:has(input[name=act][value=withdraw])').filter({ has: staff.page.getByRole('button', { name: `Withdraw ${names[1]}`, includeHidden: true }) });
  await staff.send('withdraw', { reason: 'Called this morning: ill.' }, { key: await second.locator('input[name=key]').getAttribute('value') });
  await staff.visit(`${day}/people`);
  assert.match(await row(), /Check in/);
  const moved = await sink.email(guests[2], { subject: /^A seat is free for you/ });
  assert.ok(links(moved).some((url) => url.includes('/l/')), moved.text);
});

test('4. A timetable: sessions with room and moderator, overlaps shown, an agenda to take home', async () => {
  const clock = (hours) => `${String(12 + hours).padStart(2, '0')}:00`;
  const plan = { room: 'Lab 1', starts: clock(-1), ends: clock(3) };
  await staff.visit(day);
  await staff.send('add_session', { ...plan, title: 'Repairs', moderator: { label: 'Tom Baker' }, company: 'Sam Reyes, Repair' });
  await staff.reads('Repairs');
  await staff.visit(day);
  await staff.lacks(' overlap');
  await staff.send('add_session', { ...plan, title: 'Orders', starts: clock(2), ends: clock(4) });
  await staff.reads(/Lab 1: “(Repairs” and “Orders|Orders” and “Repairs)” overlap/);
  await staff.look('04-timetable');
  session = await staff.page.locator('main a[href^="/sessions/"]', { hasText: 'Repairs' }).first().getAttribute('href');
  const agenda = await staff.context.request.get(`${day}/agenda.ics`);
  assert.match(await agenda.text(), /BEGIN:VEVENT[\s\S]*SUMMARY:.*Repairs/);
});

test('5. The moderator types, everybody sees it within a second, and a lost connection loses nothing', async () => {
  await moderator.visit(`${session}/live`);
  await staff.visit(`${session}/live`);
  const type = async (line) => {
    await moderator.page.fill('#line', line);
    await moderator.page.press('#line', 'Enter');
  };
  const shows = (person, words, seconds = 5) => person.page.locator('[role=log]').getByText(words).first().waitFor({ timeout: seconds * 1000 });
  await type(`/RL "${quote} #repairs`);
  await shows(moderator, quote);
  await shows(staff, quote, 1);
  await type('/MT I was three weeks without my laptop #repairs');
  await shows(staff, 'three weeks without my laptop');
  await moderator.look('05-live');

  await moderator.context.setOffline(true);
  await type('/RL ! Lend a laptop while one is repaired #repairs');
  await type('/MT ? Who decides about a loan');
  await shows(moderator, 'Lend a laptop');
  await moderator.context.setOffline(false);
  await shows(staff, 'Lend a laptop', 30);
  await shows(staff, 'Who decides about a loan', 30);
  // What Chromium logs about a connection that we cut ourselves is no complaint.
  moderator.complaints = moderator.complaints.filter((line) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch/.test(line));
  await staff.visit(session);
  assert.equal(await staff.page.getByText('Lend a laptop while one is repaired').locator('visible=true').count(), 1, 'the note arrived once');
  await staff.look('05-notes');
});

test('6. Notes become heard items; owners answer, with and without an account; staff publish', async () => {
  await staff.visit(`${day}/heard`);
  const tick = (words) => staff.page.locator('label', { hasText: words }).locator('input[name=notes]').check();
  await tick(quote);
  await staff.send('draft', { text: heardText, topic: 'repairs' });
  await staff.visit(`${day}/heard`);
  await tick('three weeks without my laptop');
  await tick('Lend a laptop');
  await staff.send('draft', { text: secondText, topic: 'repairs' });
  await staff.visit(`${day}/heard`);
  await staff.look('06-notes-to-items');
  items = [];
  for (const text of [heardText, secondText]) {
    await staff.visit(`${day}/heard`);
    items.push(await staff.page.getByRole('link', { name: text }).first().getAttribute('href'));
    await staff.visit(items.at(-1));
    await staff.send('open');
  }

  await staff.visit(`${items[0]}?tab=owner`);
  await staff.send('assign', { owner: { index: 0 }, name: 'Lena Fischer', unit: 'Service partners', email: 'lena@partner.example', message: 'Three people said so.' });
  await staff.look('06-item-asked');
  const owner = await browser.person(server);
  await owner.enter(links(await sink.email('lena@partner.example')).find((url) => url.includes('/l/')));
  await owner.reads(heardText);
  const due = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await owner.send('draft', { kind: 'commit', text: 'Every promised repair gets a call within two days, by name.', owner: 'Lena Fischer', due });
  await owner.look('06-owner');
  await owner.send('submit');
  await owner.page.goto('/heard');
  assert.equal(new URL(owner.page.url()).pathname, '/sign-in', 'an owner’s link opens one item only');
  await owner.close();

  await staff.visit(`${items[1]}?tab=owner`);
  await staff.send('assign', { owner: { label: 'Sam Reyes, Repair' }, message: 'Yours, I think.' });
  await responder.visit('/heard');
  await responder.look('06-responder');
  await responder.visit(items[1]);
  await responder.send('draft', { kind: 'commit', text: 'A loan laptop for every repair over five days.', owner: 'Sam Reyes', due });
  await responder.send('submit');

  for (const item of items) {
    await staff.visit(item);
    await staff.lacks(/published \d/);
    await staff.send('publish');
    await staff.reads(/published \d/);
  }
  await staff.look('06-item-published');
  await staff.visit('/heard');
  await staff.reads(secondText);
  await staff.reads('0 reopened');
  await staff.look('06-board');
});

test('7. The report freezes and reaches those who came, each copy beginning with what they raised', async () => {
  await staff.visit(`${day}/people`);
  for (const name of [names[0], names[2]]) {
    // Without a reload: the page keeps its place, and the button says how to undo it.
    await staff.page.evaluate(() => (window.stays = true));
    await staff.page.getByRole('button', { name: `Check in: ${name}` }).click();
    await staff.page.getByRole('button', { name: `Checked in ✓: ${name}, undo` }).waitFor();
    assert.ok(await staff.page.evaluate(() => window.stays), 'check-in does not load the page again');
  }
  await staff.visit(`${day}/report`);
  await staff.look('07-report-before');
  await staff.press('Finalise report 1');
  report = new URL(staff.page.url()).pathname;
  await staff.look('07-report');
  await staff.send('send');
  const email = await sink.email(guests[0], { subject: /^You said two things\. Here is what became of them\. \(report 1, CAP Days 2022\)$/ });
  assert.ok(email.text.includes(heardText), email.text);
  panelists[0].email = email;
  await staff.visit(report);
  await staff.soonReads(/Sent\s+2\b/i, 20);
  await staff.send('share');
  const shared = await staff.page.locator('a[href^="/share/"]').first().getAttribute('href');
  const stranger = await browser.person(server, { javaScript: false });
  await stranger.visit(shared);
  await stranger.reads(heardText);
  await stranger.reads(names[0]);
  await stranger.lacks(names[2]);
  await stranger.look('07-shared');
  await stranger.close();
});

test('8. A panelist reads the report without password or script, takes the PDF home, and says that it is too late', async () => {
  const rosa = await browser.person(server, { javaScript: false });
  await rosa.enter(links(panelists[0].email).find((url) => url.includes('/l/')));
  await rosa.visit('/portal');
  assert.equal(await rosa.page.locator('script[type=module], script[src]').count(), 0, 'a panelist’s page ships no script');
  await rosa.look('08-portal');
  await rosa.visit('/portal/you');
  await rosa.look('08-you');
  await rosa.visit('/portal');
  await rosa.page.locator('a[href^="/portal/reports/"]').first().click();
  await rosa.page.waitForLoadState();
  await rosa.reads(heardText);
  await rosa.look('08-report');

  const pdf = await rosa.context.request.get(new URL(rosa.page.url()).pathname + '/pdf');
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  const file = join(results, 'report.pdf');
  writeFileSync(file, await pdf.body());
  const read = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  assert.equal(read.status, 0, read.stderr);
  const text = read.stdout.replace(/\s+/g, ' ');
  for (const words of [heardText, quote, 'Every promised repair gets a call within two days', 'Rosa Lindqvist']) assert.ok(text.includes(words), `the PDF does not say “${words}”:\n${text}`);

  await rosa.send('answer', {}, { button: /not enough, or too late/i });
  await rosa.reads(/the due date has not passed/i);
  await rosa.visit('/portal');
  await rosa.close();
  await staff.visit(items[0]);
  await staff.reads(/1 panelist who raised this answered “Not enough, or too late”/i);
  await staff.visit('/');
  await staff.reads(/answer disputed by panelists/i);
});

test('9. The trail leads from any item back to the mentions and on to the reports', async () => {
  await staff.visit(items[0]);
  await staff.page.getByRole('link', { name: 'Evidence trail' }).click();
  await staff.page.waitForLoadState();
  await staff.reads(heardText);
  await staff.reads(names[0]);
  await staff.page.getByRole('link', { name: 'Report 1', exact: true }).waitFor();
  await staff.look('09-trail');
});

test('Nobody’s browser complained on the way, and no page had an axe violation', async () => {
  for (const person of [staff, moderator, responder, ...panelists]) await person.close();
});
