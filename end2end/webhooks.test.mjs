// Webhooks: staff connect a chat room, send it a test, and it is told what happens; without a script.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

let sink, server, browser, staff, room, url;
const told = [];
let arrived = () => {};

/** The first thing that the room is told which matches; waits for it. */
async function hears(words) {
  for (const until = Date.now() + 20_000; ; ) {
    const found = told.find((text) => words.test(text));
    if (found) return found;
    if (Date.now() > until) throw new Error(`The room was not told ${words}, but:\n${told.join('\n')}`);
    await new Promise((wake) => {
      const timer = setTimeout(wake, 1000);
      arrived = () => (clearTimeout(timer), wake());
    });
  }
}

before(async () => {
  room = http.createServer(async (request, answer) => {
    let body = '';
    for await (const part of request) body += part;
    told.push(JSON.parse(body).text);
    answer.end('ok');
    arrived();
  });
  room.listen(0, '127.0.0.1');
  await once(room, 'listening');
  url = `http://127.0.0.1:${room.address().port}/hooks/room`;
  process.env.WEHEARD_WEBHOOK_NETWORKS = '127.0.0.0/8,::1';
  sink = await Sink.start();
  server = await Server.start({ sink, demo: 'recruiting' });
  browser = await Browser.open();
  staff = await server.signIn(browser, 'staff', { javaScript: false });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
  room?.close();
});

test('A chat room is connected and tried', async () => {
  await staff.visit('/inbound');
  await Promise.all([staff.page.waitForEvent('load'), staff.page.getByRole('link', { name: 'Webhooks' }).click()]);
  await staff.reads('No webhooks yet');
  await staff.look('webhooks-empty');
  await Promise.all([staff.page.waitForEvent('load'), staff.page.getByRole('link', { name: 'Add webhook' }).click()]);
  await staff.send('add', { name: 'Support channel', url: 'nowhere' });
  await staff.reads('Enter a full web address that starts with https');
  await staff.send('add', { name: 'Support channel', url });
  await staff.reads('Webhook added.');
  await staff.send('test');
  await hears(/This is a test message\./);
  await staff.visit('/webhooks');
  await staff.soonReads('delivered');
});

test('What happens in triage reaches the room, with a way to it and without names', async () => {
  await staff.visit('/listen/triage?tab=taken');
  await staff.page.locator('table a.quote').first().click();
  const unit = await staff.page.locator('select[name="unit"] option').nth(1).getAttribute('value');
  await staff.send('route', { unit, note: 'Please ring back.' });
  const line = await hears(/routed to/);
  assert.match(line, new RegExp(`A case was routed to ${unit}\\. ${server.url}/listen/triage/`));
  assert.doesNotMatch(line, /ring back/);
  await staff.visit('/webhooks');
  await staff.soonReads(/routed to[\s\S]*delivered/);
  await staff.look('webhooks');
});

test('A paused room hears nothing until it goes on', async () => {
  await staff.send('pause');
  await staff.reads('Webhook paused.');
  assert.equal(await staff.page.getByRole('button', { name: 'Send test' }).count(), 0);
  await staff.send('resume');
  await staff.reads('Webhook resumed.');
  await staff.send('remove');
  await staff.reads('No webhooks yet');
});

test('Nobody leaves with a complaint', async () => {
  await staff.close();
});
