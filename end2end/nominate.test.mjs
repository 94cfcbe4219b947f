// Nominations: a colleague on a phone says “I heard this”, staff accept and answer, and the colleague's email says so; without a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { links } from './kit/email.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

const address = 'imogen.hart@tarnwick.example';
let sink, server, browser, staff, colleague, heard;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
  staff = await server.signIn(browser, 'staff', { javaScript: false });
  colleague = await browser.person(server, { javaScript: false });
  await colleague.page.setViewportSize({ width: 390, height: 844 });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

test('A company address gets a link, another is told why not', async () => {
  await colleague.visit('/nominate');
  await colleague.look('nominate-ask');
  await colleague.send('ask', { email: 'imogen@mail.example' });
  await colleague.reads('Email addresses at mail.example can’t be used here');
  await colleague.send('ask', { email: address });
  await colleague.reads('We have emailed you a link.');
  const email = await sink.email(address, { subject: /Your link to nominate/ });
  await colleague.enter(links(email).find((link) => link.includes('/l/')));
  await colleague.reads('What you nominated');
});

test('A mention and a person are nominated from a phone', async () => {
  await staff.visit('/mentions?reading=negative');
  const post = await staff.page.locator('a[href^="https://social.example.com/"]').first().getAttribute('href');
  heard = post;
  await colleague.send('post', { why: 'It came up in two shops.' });
  await colleague.reads('Enter the link to the post, or its text.');
  await colleague.send('post', { link: heard, why: 'It came up in two shops.' });
  await colleague.reads('We will email you the result.');
  await colleague.send('person', { who: 'Ruth from the repair café', place: 'elsewhere', why: 'She mends what we do not.', reach: 'Sundays at the café' });
  await colleague.reads('Ruth from the repair café');
  await colleague.look('nominate-mine');
});

test('Staff decide, and the colleague is told of each outcome', async () => {
  await staff.visit('/');
  await staff.visit(await staff.page.locator('a[aria-label*="to decide"]').getAttribute('href'));
  await staff.reads(address);
  await staff.look('nominations');
  const card = staff.page.locator('article', { hasText: 'Ruth from the repair café' });
  const person = await card.locator('input[name="key"]').first().inputValue();
  await staff.send('decline', { reason: 'We ask her at the next fair.' }, { key: person });
  await staff.reads('The nominators get an email with the reason.');
  const declined = await sink.email(address, { subject: /was declined/ });
  assert.match(declined.text, /We\s+ask\s+her\s+at\s+the\s+next\s+fair\./);

  const own = staff.page.locator('article', { hasText: 'It came up in two shops.' });
  const key = await own.locator('input[name="key"]').first().inputValue();
  await staff.send('accept', {}, { key });
  await staff.reads('Nomination accepted.');
  await sink.email(address, { subject: /was accepted/ });
  await staff.visit('/listen/nominations?state=accepted');
  await staff.page.locator('article', { hasText: 'It came up in two shops.' }).getByRole('link', { name: 'Case', exact: true }).click();
  await staff.send('take');
  await staff.send('answer', { link: 'https://social.example/TarnwickHelp/status/8' });
  await staff.reads('Closed with answer.');
  const answered = await sink.email(address, { subject: /has an answer/ });
  assert.ok(links(answered).includes('https://social.example/TarnwickHelp/status/8'));

  await colleague.enter(links(answered).find((link) => link.includes('/l/')));
  await colleague.reads('It has a public answer.');
  await colleague.reads('We ask her at the next fair.');
  await colleague.look('nominate-answered');
});

test('Nobody leaves with a complaint', async () => {
  await colleague.close();
  await staff.close();
});
