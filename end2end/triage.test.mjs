// Triage: a mention that nobody has looked at is taken, routed to a unit, answered there, and counted; without a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser, staff, responder;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
  staff = await server.signIn(browser, 'staff', { javaScript: false });
  responder = await server.signIn(browser, 'responder', { javaScript: false });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

test('A late mention stands on the start page, and its number leads to it', async () => {
  await staff.visit('/');
  await staff.page.getByRole('link', { name: /overdue case/ }).click();
  await staff.reads(/late by/);
  await staff.look('triage-late');
});

test('A mention goes from the list to a unit and to its answer', async () => {
  await staff.visit('/listen/triage');
  await staff.reads('Suggested mentions');
  await staff.look('triage');
  const key = await staff.page.locator('form:has(input[name="act"][value="take"]) input[name="key"]').first().inputValue();
  await staff.send('take', {}, { key });
  await staff.reads('Mention assigned to you.');
  const address = new URL(staff.page.url()).pathname;
  assert.equal(address, `/listen/triage/${key}`);
  await responder.visit('/listen/triage');
  const [, unit] = (await responder.page.locator('nav.tabs a').first().innerText()).match(/^With (.+?)\s*\d*$/);
  await staff.send('route', { unit, note: 'Please ring back today.' });
  await staff.reads('Mention routed.');
  await staff.look('triage-case');

  await responder.visit(address);
  await responder.reads('Please ring back today.');
  await responder.send('take');
  await responder.send('answer', { link: 'nowhere' });
  await responder.reads('Enter a full web address');
  await responder.send('answer', { link: 'https://social.example/TarnwickHelp/status/7' });
  await responder.reads('Closed with answer.');
  await responder.look('triage-answered');

  await staff.visit('/listen/triage');
  const tile = staff.page.getByRole('link', { name: /Answered in time/ });
  const [, answers] = (await tile.innerText()).match(/of (\d+) answers?/);
  await tile.click();
  assert.equal(await staff.page.locator('table tbody tr').count(), Number(answers), 'the number and the list behind it');
});

test('Nobody leaves with a complaint', async () => {
  await responder.close();
  await staff.close();
});
