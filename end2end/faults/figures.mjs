// Counting, and the table that is printed at the end.

export class Tally extends Map {
  add(key) {
    this.set(String(key), (this.get(String(key)) ?? 0) + 1);
  }

  static of(tallies) {
    const all = new Tally();
    for (const tally of tallies) for (const [key, count] of tally) all.set(key, (all.get(key) ?? 0) + count);
    return all;
  }

  toString() {
    return [...this].sort().map(([key, count]) => `${count}× ${key}`).join(', ') || 'none';
  }
}

/** "median 12 ms, p99 80 ms, longest 300 ms". */
export function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
  return sorted.length ? `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms` : 'none measured';
}

const columns = ['fault', 'what was done', 'lost', 'doubled', 'out of order', 'other figures', 'verdict'];

/** Rows of { name, done, lost, doubled, misordered, other, wrong } as a Markdown table. */
export function table(rows) {
  const cells = rows.map((row) => [row.name, row.done, row.lost ?? '–', row.doubled ?? '–', row.misordered ?? '–', row.other ?? '', isRight(row) ? 'holds' : 'FAULT'].map(String));
  return [columns, columns.map(() => '---'), ...cells].map((line) => `| ${line.map((cell) => cell.replaceAll('|', '/').replaceAll('\n', ' ')).join(' | ')} |`).join('\n');
}

/** Whether a row is as it must be. */
export function isRight(row) {
  return !row.lost && !row.doubled && !row.misordered && !row.wrong?.length;
}
