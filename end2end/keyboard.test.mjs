// The loop by keyboard alone: nobody here has a mouse. The first stop of every page is the skip link, every stop shows where it is.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Browser } from './kit/browser.mjs';
import { noon } from './kit/clock.mjs';
import { Keyboard } from './kit/keyboard.mjs';
import { madeUpExport } from './kit/listening.mjs';
import { links } from './kit/email.mjs';
import { Server } from './kit/server.mjs';
import { Sink } from './kit/sink.mjs';

const guest = 'rosa@mail.example';
const said = 'The hinge broke on day 40 and nobody called me back';
const heard = 'Nobody calls back after a repair was promised.';

let sink, server, browser, staff, responder, day, session, item;

before(async () => {
  sink = await Sink.start();
  server = await Server.start({ sink });
  browser = await Browser.open();
  const add = async (email, name, role, ...more) => {
    const keys = new Keyboard(await browser.person(server));
    await keys.enter(/https?:\/\/\S+/.exec(server.run('user', 'add', email, '--name', name, '--role', role, ...more))[0]);
    return keys;
  };
  staff = await add('ines@panel.example', 'Ines Okafor', 'administrator');
  responder = await add('sam@panel.example', 'Sam Reyes', 'responder', '--unit', 'Repair');
});

after(async () => {
  await browser?.close();
  await server?.stop();
  sink?.stop();
});

const link = (keys, name, scope = keys.page) => scope.getByRole('link', { name }).first();
const button = (keys, name, scope = keys.page) => scope.getByRole('button', { name }).first();

test('Program and import', async () => {
  await staff.visit('/programs');
  await staff.send('create', {
    name: 'CAP Days', organisation: 'Tarnwick', language: 'en', sponsor: 'Office of the customer', purpose: 'Hear what hurts, and answer it.',
    rules_of_listening: 'We listen. Nobody sells anything.', term: 'One day', benefits: 'Travel', disclosed_costs: 'Travel',
    lawful_basis: 'Legitimate interest', notice: 'Public mentions are read to find people to invite.',
  });
  await staff.person.reads('CAP Days');
  const file = join(server.dir, 'listening.csv');
  writeFileSync(file, madeUpExport());
  await staff.visit('/imports');
  await staff.choose(file);
  await staff.follow(button(staff, 'Upload file', staff.page.locator('form:has(input[type=file])')));
  await staff.follow(button(staff, /^Import \S+ /));
  await staff.person.soonReads('Undo import');
});

test('Shortlist and invitation', async () => {
  const { zone, date } = noon();
  await staff.visit('/days');
  await staff.send('create', { title: 'CAP Day for ranters', day: date, time_zone: zone, place: 'Building 2', capacity: '2' });
  day = new URL(staff.page.url()).pathname;
  await staff.follow(link(staff, /^Shortlist/, staff.page.locator('.tabs')));
  await staff.to(staff.page.locator('input[name=who]').first());
  await staff.page.keyboard.press('Space');
  await staff.follow(button(staff, 'Add selected to shortlist'));
  await staff.follow(link(staff, /^Invitations/, staff.page.locator('.tabs')));
  await staff.send('draft_all');
  await staff.follow(staff.page.locator('main a[href^="/invitations/"]').first());
  await staff.send('edit', { channel: 'email', email: guest });
  await staff.send('review');
  await staff.send('send');
  const rosa = new Keyboard(await browser.person(server));
  await rosa.enter(links(await sink.email(guest)).find((url) => url.includes('/l/')));
  await rosa.send('accept', { name: 'Rosa Lindqvist', email: guest, quotes: 'named', consent: true });
  await rosa.person.reads('You have a seat');
  await rosa.person.close();
});

test('Check-in and a live note', async () => {
  await staff.visit(`${day}/people`);
  await staff.press(button(staff, 'Check in: Rosa Lindqvist'));
  await button(staff, 'Checked in ✓: Rosa Lindqvist, undo').waitFor();
  await staff.visit(day);
  await staff.send('add_session', { title: 'Repairs', room: 'Lab 1', starts: '11:00', ends: '15:00' });
  await staff.follow(link(staff, 'Repairs', staff.page.locator('main')));
  session = new URL(staff.page.url()).pathname;
  await staff.visit(`${session}/live`);
  await staff.to(staff.page.locator('#line'));
  await staff.page.keyboard.type(`/RL "${said} #repairs`);
  await staff.page.keyboard.press('Enter');
  // Saved: who leaves the page before that finds the note there when they are back.
  await staff.page.locator('[role=log] .n', { hasText: said }).filter({ hasNotText: 'not sent yet' }).first().waitFor();
});

test('Heard item, answer, report', async () => {
  await staff.visit(`${day}/heard`);
  await staff.to(staff.page.locator('label', { hasText: said }).locator('input[name=notes]'));
  await staff.page.keyboard.press('Space');
  await staff.send('draft', { text: heard, topic: 'repairs' }, { button: 'Publish to board' });
  await staff.follow(link(staff, heard));
  item = new URL(staff.page.url()).pathname;
  await staff.follow(link(staff, 'Assign owner'));
  const owner = await staff.page.locator('select[name=owner] option', { hasText: 'Sam Reyes' }).getAttribute('value');
  await staff.send('assign', { owner });

  await responder.visit('/');
  await responder.follow(link(responder, heard));
  const due = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await responder.send('draft', { text: 'Every promised repair gets a call within two days.', due }, { button: 'Submit for review' });
  await responder.person.reads('In review');

  await staff.visit(item);
  await staff.send('publish');
  await staff.person.reads(/published \d/);
  await staff.visit(`${day}/report`);
  await staff.follow(button(staff, 'Finalise report 1'));
  await staff.press(staff.page.locator('summary', { hasText: /^Send report/ }));
  await staff.send('send');
  const email = await sink.email(guest, { subject: /^You said one thing\. Here is what became of it\. \(report 1, CAP Days\)$/ });
  assert.ok(email.text.includes(heard), email.text);
  console.log(`  the loop took ${staff.stops + responder.stops} presses of Tab`);
});

test('Nobody’s browser complained', async () => {
  await staff.person.close();
  await responder.person.close();
});
