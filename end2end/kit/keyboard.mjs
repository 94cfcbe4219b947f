// A person without a mouse: Tab, Enter, Space, arrows and typing. Every stop on the way must be in sight and have a ring around it.
import assert from 'node:assert/strict';

export class Keyboard {
  /** How often the focus moved, for the record. */
  stops = 0;

  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  /** Types an address, and goes past the header by the skip link, which is the first stop of every page. */
  async visit(path) {
    await this.person.visit(path);
    await this.#skip();
  }

  /** Opens a personal link and goes in. */
  async enter(link) {
    await this.visit(link);
    await this.follow(this.page.getByRole('button', { name: /^Continue/ }));
  }

  async #skip() {
    // A page that asks for something puts the cursor there itself.
    if (await this.page.evaluate(() => document.activeElement !== document.body)) return;
    await this.page.keyboard.press('Tab');
    const first = await this.page.evaluate(() => document.activeElement.className);
    assert.equal(first, 'skip', `the first stop of ${this.page.url()} is no skip link`);
    await this.#check(this.page.locator('.skip'));
    await this.page.keyboard.press('Enter');
    assert.equal(await this.page.evaluate(() => document.activeElement.id), 'main', 'the skip link leads to the content');
  }

  /** Moves the focus to `target` with Tab alone. */
  async to(target) {
    await target.first().waitFor();
    for (let ends = 0; ends < 3; ) {
      const { there, end } = await this.#check(target.first());
      if (there) return;
      if (end) ends++;
      await this.page.keyboard.press('Tab');
      this.stops++;
    }
    throw new Error(`No keyboard reaches ${target} on ${this.page.url()}`);
  }

  /** Looks at the stop: a ring, in sight, not covered. */
  async #check(target) {
    const handle = await target.elementHandle();
    const found = await this.page.evaluate(stop, handle);
    assert.equal(found.wrong, undefined, `${this.page.url()}: ${found.wrong}`);
    return found;
  }

  /** Presses Enter on what has a name, and stays on the page. */
  async press(target) {
    await this.to(target);
    await this.page.keyboard.press('Enter');
  }

  /** Presses Enter on what leads to another page, and waits for it. */
  async follow(target) {
    await this.to(target);
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
    await this.person.awake();
    await this.#skip();
  }

  async #unfold(inner) {
    for (const folds = inner.locator('xpath=ancestor::details[not(@open)]'); (await folds.count()) > 0; ) await this.press(folds.first().locator('> summary'));
  }

  async #fill(form, name, value) {
    const field = form.locator(`[name="${name}"]:not([type=hidden])`).first();
    await field.waitFor({ state: 'attached' });
    await this.#unfold(field);
    const [tag, type] = await field.evaluate((node) => [node.tagName, node.type]);
    const keys = this.page.keyboard;
    await this.to(field);
    if (tag === 'SELECT') {
      const at = await field.evaluate((node, value) => [...node.options].findIndex((option) => option.value === value), value);
      assert.ok(at >= 0, `${name} has no choice ${value}`);
      await keys.press('Home');
      for (let step = 0; step < at; step++) await keys.press('ArrowDown');
      assert.equal(await field.inputValue(), value);
    } else if (type === 'checkbox') {
      if ((await field.isChecked()) !== value) await keys.press('Space');
    } else if (type === 'date') {
      const [year, month, day] = value.split('-');
      await keys.type(month + day + year);
      assert.equal(await field.inputValue(), value);
    } else if (type === 'time') {
      const [hour, minute] = value.split(':').map(Number);
      await keys.type(`${String(hour % 12 || 12).padStart(2, '0')}${String(minute).padStart(2, '0')}${hour < 12 ? 'AM' : 'PM'}`);
      assert.equal(await field.inputValue(), value);
    } else {
      await keys.press('ControlOrMeta+a');
      await keys.type(value);
    }
  }

  /** Fills the form of an act and sends it. */
  async send(act, fields = {}, { button } = {}) {
    const form = this.page.locator(`form:has(input[name="act"][value="${act}"])`).first();
    await form.waitFor({ state: 'attached' });
    await this.#unfold(form);
    for (const [name, value] of Object.entries(fields)) await this.#fill(form, name, value);
    const id = await form.getAttribute('id');
    const submit = button ? this.page.getByRole('button', { name: button }) : form.locator('button[type=submit]').or(this.page.locator(`button[form="${id}"]`));
    await this.follow(submit.first());
  }

  /** Chooses a file in the browser's own dialog. */
  async choose(file) {
    await this.to(this.page.locator('input[type=file]'));
    const [dialog] = await Promise.all([this.page.waitForEvent('filechooser'), this.page.keyboard.press('Space')]);
    await dialog.setFiles(file);
  }
}

/** In the page: whether the focus is on the target, and what is wrong with where it is. */
function stop(target) {
  const node = document.activeElement;
  if (!node || node === document.body) return { there: false, end: true };
  const found = { there: node === target, end: false };
  // The content, where the skip link leads: no control, so no ring.
  if (node.id === 'main') return found;
  const called = `<${node.localName}> “${(node.getAttribute('aria-label') ?? node.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 60) || node.name}”`;
  const style = getComputedStyle(node);
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return { ...found, wrong: `the focus is not to be seen on ${called}` };
  const seen = [...node.getClientRects()].some((box) => {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return top && (node.contains(top) || top.contains(node) || top.closest('label')?.control === node);
  });
  if (!seen) return { ...found, wrong: `the focus is out of sight or covered on ${called}` };
  return found;
}
