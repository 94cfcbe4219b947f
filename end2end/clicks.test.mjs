// What a task costs in clicks, counted by the browser from a page that is named. The ceilings are in CONTRIBUTING.md.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { countClicks } from './kit/clicks.mjs';
import { links } from './kit/email.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, post, server, reported, browser, staff, responder;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'held' });
  // The same people, weeks later: their email goes elsewhere.
  post = await Sink.start();
  reported = await Server.start({ sink: post, demo: 'reported' });
  browser = await Browser.open();
  staff = await server.signIn(browser, 'staff');
  responder = await server.signIn(browser, 'responder');
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await reported?.stop();
  post?.stop();
  sink?.stop();
});

/** Clicks on what leads to another page, and waits for that page. */
async function follow(person, target) {
  await Promise.all([person.page.waitForEvent('load'), target.click()]);
  await person.awake();
}

const link = (person, name, scope = person.page) => scope.getByRole('link', { name }).first();
const button = (person, name, scope = person.page) => scope.getByRole('button', { name }).first();

test('Fifteen people are on a shortlist after at most four clicks, from the page of the panel day', async () => {
  await staff.visit('/days');
  const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await staff.send('create', { title: 'A second day', day: nextMonth, time_zone: 'Europe/London', place: 'Leeds', kind: 'panel', segment: 'ranter', capacity: '15' });
  await countClicks(staff, 'put 15 people on a shortlist', 4, async () => {
    await follow(staff, link(staff, /^Shortlist/, staff.page.locator('.tabs')));
    await follow(staff, link(staff, /^Select top \d+/));
    await follow(staff, button(staff, 'Add selected to shortlist'));
  });
  const listed = await staff.page.locator('section[aria-labelledby=chosen] li.person').count();
  assert.ok(listed >= 15, `${listed} people are on the shortlist`);
});

test('Two items are merged by choice after at most three clicks, from the board', async () => {
  await staff.visit('/heard');
  const item = staff.page.locator('table a.quote').nth(1);
  const words = await item.innerText();
  let into;
  await countClicks(staff, 'merge two items', 3, async () => {
    await follow(staff, item);
    await follow(staff, link(staff, /^Sources/, staff.page.locator('.tabs')));
    const choice = staff.page.locator('#merge li', { has: staff.page.getByRole('button') }).nth(1);
    into = await choice.locator('a.quote').innerText();
    await follow(staff, choice.getByRole('button'));
  });
  await staff.reads(words);
  await staff.reads(into);
  await staff.visit('/heard');
  await staff.lacks(words);
});

test('An item is answered after at most three clicks, from the start page of who owns it', async () => {
  await responder.visit('/');
  await countClicks(responder, 'answer an item', 3, async () => {
    await follow(responder, responder.page.locator('.heard', { hasText: 'No answer yet', hasNotText: /draft|in review/i }).getByRole('link').first());
    await responder.page.locator('textarea[name=text]').click();
    await responder.page.keyboard.type('Every case gets one named agent, from the first call to the last.');
    // Tab passes the field of who is responsible, which is filled in, and then writes the date.
    await responder.page.keyboard.press('Tab');
    assert.notEqual(await responder.page.locator('input[name=owner]').inputValue(), '');
    await responder.page.keyboard.press('Tab');
    const due = new Date(Date.now() + 30 * 86_400_000);
    const two = (number) => String(number).padStart(2, '0');
    await responder.page.keyboard.type(`${two(due.getUTCMonth() + 1)}${two(due.getUTCDate())}${due.getUTCFullYear()}`);
    await follow(responder, button(responder, 'Submit for review'));
  });
  await responder.reads('In review');
});

test('A report is final and sent after at most three clicks, from its preview', async () => {
  await staff.visit('/days');
  const row = staff.page.locator('tr', { hasText: 'Tell it to our face' });
  await staff.visit((await row.getByRole('link').first().getAttribute('href')) + '/report');
  await countClicks(staff, 'finalise and send a report', 3, async () => {
    await follow(staff, button(staff, /^Finalise report/));
    await staff.page.locator('summary', { hasText: /^Send report/ }).click();
    await follow(staff, button(staff, /^Send report/));
  });
  await staff.soonReads(/Sent\s+[1-9]/i, 30);
});

test('A panelist has answered after at most two clicks, from the page that the email’s link opens', async () => {
  // One copy of the demo’s report did not arrive, and is sent again.
  const sender = await reported.signIn(browser, 'staff');
  await sender.visit('/reports');
  await sender.visit(await sender.page.locator('main a[href^="/reports/"]').first().getAttribute('href'));
  await sender.send('resend');
  await sender.close();
  const email = await post.email('marcus.oyelaran@example.com');
  const panelist = await browser.person(reported);
  await panelist.visit(links(email).find((url) => url.includes('/l/')));
  await countClicks(panelist, 'a panelist’s answer from the email', 2, async () => {
    await follow(panelist, button(panelist, /^Continue/));
    await follow(panelist, panelist.page.locator('.ask button').first());
  });
  await panelist.page.locator('.ask button[aria-pressed=true]').waitFor();
  await panelist.close();
});

test('Nobody’s browser complained', async () => {
  await staff.close();
  await responder.close();
});
