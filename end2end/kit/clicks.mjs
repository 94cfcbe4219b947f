// Counts what a hand does, as the browser sees it: presses of a mouse or a finger, keys that activate what has the focus, choices in a menu.
// Typing, and moving from field to field with Tab, cost no click.

/**
 * Walks a task from the page that is open, prints how many clicks it took, and fails past the ceiling.
 * Returns what the clicks were on.
 */
export async function countClicks(person, task, most, walk) {
  const clicks = await listen(person.context);
  clicks.length = 0;
  await walk();
  const made = [...clicks];
  console.log(`  ${task}: ${made.length} of at most ${most} clicks (${made.join(', ')})`);
  if (made.length === 0) throw new Error(`${task}: nothing was clicked, so nothing was counted`);
  if (made.length > most) throw new Error(`${task} took ${made.length} clicks, and ${most} is the ceiling: ${made.join(', ')}`);
  return made;
}

const listening = new WeakMap();

/** One list for each window: once it is being filled, every later page of the window fills it too. */
async function listen(context) {
  if (!listening.has(context)) {
    const clicks = [];
    await context.exposeBinding('weheardClicked', (_, what) => clicks.push(what));
    await context.addInitScript(watch);
    for (const page of context.pages()) await page.evaluate(watch);
    listening.set(context, clicks);
  }
  return listening.get(context);
}

/** In the page. */
function watch() {
  const named = (node) => (node.closest('a, button, summary, label, input, select, textarea') ?? node).textContent?.trim().replace(/\s+/g, ' ').replace(/(?<=[a-z])\d+$/, '').slice(0, 40);
  const report = (node) => window.weheardClicked(`“${named(node) || node.getAttribute('aria-label') || node.name || node.localName}”`);
  addEventListener('pointerdown', (event) => event.isTrusted && report(event.target), true);
  addEventListener(
    'keydown',
    (event) => {
      const on = event.target;
      const opens = on.matches('a[href], button, summary');
      const ticks = on.matches('input[type=checkbox], input[type=radio]');
      const sends = on.matches('input') && on.form;
      if (event.isTrusted && !event.repeat && ((event.key === 'Enter' && (opens || sends)) || (event.key === ' ' && (opens || ticks)))) report(on);
    },
    true,
  );
  // A choice in a native menu is made outside of the page.
  addEventListener('change', (event) => event.target.matches('select') && report(event.target), true);
}
