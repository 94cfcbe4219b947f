// The browser of the journeys: people with their own windows, pictures of every step, no page with an axe violation or wider than its window.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

export const results = join(root, 'end2end/results');
const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

export class Browser {
  static async open() {
    const found = spawnSync(join(root, 'scripts/chromium'), { encoding: 'utf8' });
    if (found.status !== 0) throw new Error('Chromium is missing: run scripts/setup-tests');
    const browser = new Browser();
    browser.chromium = await chromium.launch({
      executablePath: found.stdout.trim(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    mkdirSync(results, { recursive: true });
    return browser;
  }

  close() {
    return this.chromium.close();
  }

  /** Somebody with a window and cookies of their own. */
  async person(server, { javaScript = true } = {}) {
    const context = await this.chromium.newContext({ baseURL: server.url, viewport: wide, javaScriptEnabled: javaScript, acceptDownloads: true });
    context.setDefaultTimeout(15_000);
    return new Person(context, await context.newPage(), javaScript);
  }
}

export class Person {
  /** What the browser complained about: script errors, refused resources, answers of 500. */
  complaints = [];

  constructor(context, page, javaScript) {
    Object.assign(this, { context, page, javaScript });
    this.watch(page);
  }

  watch(page) {
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    // What was refused on purpose (a wrong form, a foreign link) is logged by Chromium too; the journeys assert those themselves.
    page.on('console', (line) => {
      if (line.type() === 'error' && !/status of 4\d\d/.test(line.text())) this.complaints.push(`${page.url()}: ${line.text()}`);
    });
    page.on('response', (answer) => {
      if (answer.status() >= 500) this.complaints.push(`${answer.url()} answered ${answer.status()}`);
    });
  }

  /** Opens a page and waits for its islands. */
  async visit(path) {
    const answer = await this.page.goto(path);
    if (answer.status() !== 200) throw new Error(`${path} answered ${answer.status()}`);
    await this.awake();
    return answer;
  }

  /** Opens a personal link and goes in. */
  async enter(link) {
    await this.visit(link);
    await this.press(/^Continue/);
  }

  /** Waits until every island on the page answers. */
  async awake(page = this.page) {
    if (this.javaScript) await page.waitForFunction(() => !document.querySelector('leptos-island') || document.querySelector('[data-hydrated]'));
  }

  /** Opens everything that something is folded into, from the outside in. */
  async unfold(inner) {
    for (const folds = inner.locator('xpath=ancestor::details[not(@open)]'); (await folds.count()) > 0; ) await folds.first().locator('> summary').click();
  }

  /** Fills the form of an act and sends it. `button` is the one to press where a form has several. */
  async send(act, fields = {}, { key, button } = {}) {
    const own = key ? `:has(input[name="key"][value="${key}"])` : '';
    const form = this.page.locator(`form:has(input[name="act"][value="${act}"])${own}`).first();
    await form.waitFor({ state: 'attached' });
    await this.unfold(form);
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name="${name}"]:not([type=hidden])`).first();
      await field.waitFor({ state: 'attached' });
      await this.unfold(field);
      const [tag, type] = await field.evaluate((node) => [node.tagName, node.type]);
      if (tag === 'SELECT') await field.selectOption(value);
      else if (type === 'checkbox' || type === 'radio') await field.setChecked(value);
      else await field.fill(value);
    }
    const submit = button ? form.getByRole('button', { name: button }) : form.locator('button[type=submit]');
    await Promise.all([this.page.waitForEvent('load'), submit.first().click()]);
    await this.awake();
  }

  /** Fails, with what the page says instead, unless the page shows these words. */
  async reads(words) {
    // A link that was followed a moment ago: the page has begun, and not arrived.
    await this.page.waitForLoadState();
    const text = await this.page.locator('body').innerText();
    const found = typeof words === 'string' ? text.includes(words) : words.test(text);
    if (!found) throw new Error(`${this.page.url()} does not say ${words}. It says:\n${text.slice(0, 3000)}`);
  }

  /** Fails if the page shows these words: what is read after an act was not there before it. */
  async lacks(words) {
    await this.page.waitForLoadState();
    const text = await this.page.locator('body').innerText();
    const found = typeof words === 'string' ? text.includes(words) : words.test(text);
    if (found) throw new Error(`${this.page.url()} already says ${words}. It says:\n${text.slice(0, 3000)}`);
  }

  /** The same as `reads`, for a page that follows something at work: asks again until it says so. */
  async soonReads(words, seconds = 60) {
    for (const until = Date.now() + seconds * 1000; ; ) {
      const text = await this.page.locator('body').innerText();
      if (typeof words === 'string' ? text.includes(words) : words.test(text)) return;
      if (Date.now() > until) return this.reads(words);
      await new Promise((next) => setTimeout(next, 300));
      await this.page.reload();
    }
  }

  /** Presses a button that sends a form, and waits for the page that comes back. */
  async press(name, scope = this.page) {
    await Promise.all([this.page.waitForEvent('load'), scope.getByRole('button', { name, exact: typeof name === 'string' }).first().click()]);
    await this.awake();
  }

  /** Pictures of the page as it stands, wide and narrow; no axe violation in light or dark; nothing wider than its window. */
  async look(name, page = this.page) {
    if (!this.javaScript) return this.#lookWithScripts(name);
    for (const [size, scheme] of [[wide, 'light'], [narrow, 'dark']]) {
      await page.setViewportSize(size);
      await page.screenshot({ path: join(results, `${name}-${size.width}.png`), fullPage: true });
      await page.emulateMedia({ colorScheme: scheme });
      await this.examine(name, `${size.width} px, ${scheme}`, page);
      await page.emulateMedia({ colorScheme: null });
    }
    await this.touches(name, page);
    await this.fits(name, page);
  }

  /**
   * Keeps a complaint where the page must be moved sideways to be read: on the smallest phone (320 px, which is also 640 px at a zoom of 200 %), on
   * ours, on a laptop of 1280 px at 200 %, and on a tablet. A table that is wider may move inside a region with a name, which a keyboard reaches.
   * On a desk nothing is cut off.
   */
  async fits(name, page = this.page) {
    for (const width of [320, narrow.width, 640, 768, 1024, wide.width]) {
      await page.setViewportSize({ width, height: 800 });
      const found = await page.evaluate(sideways);
      if (found.length) this.complaints.push(`${page.url()} (${name}) at ${width} px:\n    ${found.join('\n    ')}`);
    }
    await page.setViewportSize(wide);
  }

  /** Keeps a complaint where a finger is offered less than 44 px, by the parts that many pages share. */
  async touches(name, page = this.page) {
    await page.setViewportSize(narrow);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    const found = await page.evaluate(tooSmall);
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    await session.detach();
    await page.setViewportSize(wide);
    if (found.length) this.complaints.push(`${page.url()} (${name}): less than 44 px for a finger:\n    ${found.join('\n    ')}`);
  }

  /** Keeps a complaint where more than one button looks like the page's main one. */
  async leads(name, page = this.page) {
    const mains = await page.evaluate(() => {
      const loud = getComputedStyle(document.querySelector('.skip')).backgroundColor;
      const buttons = [...document.querySelectorAll(':is(a, button).btn-1, details.confirm.main > summary')];
      return buttons.filter((node) => node.checkVisibility() && getComputedStyle(node).backgroundColor === loud).map((node) => node.textContent.trim());
    });
    if (mains.length > 1) this.complaints.push(`${page.url()} (${name}) has ${mains.length} main buttons: ${mains.join(' | ')}`);
  }

  /** Axe is a script itself: it looks at the same page in a window that runs scripts. */
  async #lookWithScripts(name) {
    const context = await this.context.browser().newContext({ storageState: await this.context.storageState(), viewport: wide });
    const twin = new Person(context, await context.newPage(), true);
    await twin.page.goto(this.page.url());
    await twin.look(name);
    await twin.close();
  }

  async examine(name, where, page) {
    // Lighthouse asks for targets of 24 px too; axe does when told to.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ rules: { 'target-size': { enabled: true } } }).analyze();
    if (violations.length === 0) return;
    const list = violations.map((rule) => {
      const nodes = rule.nodes.slice(0, 3).map((node) => `      ${node.target.join(' ')}: ${node.html.slice(0, 160)}\n        ${node.failureSummary.replaceAll('\n', '\n        ')}`);
      return `  ${rule.id} (${rule.impact}): ${rule.help}, ${rule.nodes.length}×\n${nodes.join('\n')}`;
    });
    // Kept until the person leaves: a journey goes on and finds what else is wrong.
    this.complaints.push(`${page.url()} (${name}, ${where}) has axe violations:\n${list.join('\n')}`);
  }

  async close() {
    await this.context.close();
    if (this.complaints.length) throw new Error(`The browser complained:\n  ${this.complaints.join('\n  ')}`);
  }
}

/** In the page: buttons, folds, crumbs and links of rows that are lower than a finger needs. The circle of a `?` is small, what reacts around it is not. */
function tooSmall() {
  if (!matchMedia('(pointer: coarse)').matches) return ['this window has no coarse pointer'];
  const shared = 'button, .btn, details.more > summary, details.confirm > summary, .menu > summary, .crumbs a, td[data-label] > a, .sub a, .sections a, .tabs a, .pager a';
  const low = (node) => node.checkVisibility() && node.getBoundingClientRect().height < 43.5;
  const found = [...document.querySelectorAll(shared)].filter((node) => low(node) && !node.closest('p, .btn-link') && !node.matches('.btn-link'));
  const around = [...document.querySelectorAll('.help > summary')].filter((node) => parseFloat(getComputedStyle(node, '::before').height) < 43.5 && node.checkVisibility());
  return [...found, ...around].slice(0, 5).map((node) => `${node.localName}.${node.className} ${node.textContent.trim().slice(0, 40)}: ${Math.round(node.getBoundingClientRect().height)} px`);
}

/** In the page: what is wider than the window, and regions that move sideways and no keyboard reaches. */
function sideways() {
  const called = (node) => `<${node.localName}${[...node.classList].map((name) => '.' + name).join('')}> ${node.textContent.trim().replace(/\s+/g, ' ').slice(0, 60)}`;
  const shown = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const moves = (node) => /auto|scroll/.test(getComputedStyle(node).overflowX);
  const found = [];
  const over = document.scrollingElement.scrollWidth - innerWidth;
  if (over > 0) {
    const inside = (node) => node !== document.body && node !== document.documentElement && (moves(node) || (node.parentElement && inside(node.parentElement)));
    const wide = [...document.body.querySelectorAll('*')].filter((node) => shown(node) && node.getBoundingClientRect().right > innerWidth + 0.5 && !inside(node));
    const deepest = wide.filter((node) => !wide.some((other) => other !== node && node.contains(other)));
    found.push(`${over} px wider than its window: ${deepest.slice(0, 3).map(called).join(' | ')}`);
  }
  for (const table of document.querySelectorAll('table')) {
    const around = table.parentElement;
    const cut = table.getBoundingClientRect().right - around.getBoundingClientRect().right;
    if (cut > 1 && shown(table) && /clip|hidden/.test(getComputedStyle(around).overflowX)) found.push(`${Math.round(cut)} px of a table are cut off: ${called(table)}`);
  }
  for (const node of document.body.querySelectorAll('*')) {
    if (!moves(node) || node.scrollWidth <= node.clientWidth + 1 || !shown(node) || node.matches('input, textarea, select')) continue;
    const named = node.hasAttribute('aria-label') || node.hasAttribute('aria-labelledby');
    // The links of a row of tabs bring themselves into sight when they get the focus; the columns of a table do not.
    const reached = node.tabIndex >= 0 || (node.localName === 'nav' && node.querySelector('a[href]'));
    if (!named || !reached) found.push(`moves sideways, and ${named ? 'no keyboard reaches it' : 'has no name'}: ${called(node)}`);
  }
  return found;
}
