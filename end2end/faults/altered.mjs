// A row is altered behind the program's back, in each table that the audit log vouches for.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from './program.mjs';

/** What is done, and the words by which `audit verify` must name it. */
export const alterations = [
  { what: 'a line reworded', sql: "UPDATE audit_log SET action = 'praised' WHERE seq = (SELECT MAX(seq) - 5 FROM audit_log)", names: /entr/i },
  { what: 'the day of a line', sql: 'UPDATE audit_log SET panel_day_id = NULL WHERE seq = (SELECT MAX(seq) FROM audit_log WHERE panel_day_id IS NOT NULL)', names: /entr/i },
  { what: 'the session of a line', sql: 'UPDATE audit_log SET session_id = NULL WHERE seq = (SELECT MAX(seq) FROM audit_log WHERE session_id IS NOT NULL)', names: /entr/i },
  { what: 'a line deleted in the middle', sql: 'DELETE FROM audit_log_payload WHERE seq = 20; DELETE FROM audit_log WHERE seq = 20', names: /entr/i },
  { what: 'the newest 100 lines deleted', sql: 'DELETE FROM audit_log_payload WHERE seq > (SELECT MAX(seq) - 100 FROM audit_log); DELETE FROM audit_log WHERE seq > (SELECT MAX(seq) - 100 FROM audit_log)', names: /entr/i },
  { what: 'every line deleted', sql: 'DELETE FROM audit_log_payload; DELETE FROM audit_log', names: /entr|empty/i },
  { what: 'a payload altered', sql: "UPDATE audit_log_payload SET payload = '{}' WHERE seq = (SELECT MAX(seq) FROM audit_log_payload WHERE payload <> '{}')", names: /details of entry/i },
  { what: 'a payload deleted as if erased', sql: 'DELETE FROM audit_log_payload WHERE seq = (SELECT MAX(seq) FROM audit_log_payload)', names: /details of entry/i },
  { what: 'a note reworded', sql: "UPDATE note SET text = 'All is well.' WHERE id = (SELECT id FROM note LIMIT 1)", names: /note/i },
  { what: 'a note deleted', sql: 'DELETE FROM heard_note WHERE note_id = (SELECT id FROM note LIMIT 1); DELETE FROM note WHERE id = (SELECT id FROM note LIMIT 1)', names: /note/i },
  { what: 'a published promise reworded', sql: "UPDATE response_version SET text = 'We promise nothing.' WHERE id = (SELECT id FROM response_version WHERE published_at IS NOT NULL LIMIT 1)", names: /response/i },
  { what: 'the due date of a promise', sql: "UPDATE response_version SET due = '2035-01-01' WHERE id = (SELECT id FROM response_version WHERE published_at IS NOT NULL AND due IS NOT NULL LIMIT 1)", names: /response/i },
  { what: 'the evidence of a delivery', sql: "UPDATE delivery SET evidence = 'Trust us.'", names: /deliver/i },
  { what: 'a final report', sql: "UPDATE report SET document = replace(document, 'a', 'e')", names: /report/i },
  { what: 'a panelist’s answer', sql: "UPDATE answer SET answer = CASE answer WHEN 'helped' THEN 'still_broken' ELSE 'helped' END WHERE id = (SELECT id FROM answer LIMIT 1)", names: /answer/i },
];

/** Each alteration on a copy of the demo of its own: { done, wrong }. */
export async function altered({ dir, only = alterations }) {
  const whole = await Program.in(join(dir, 'whole'));
  await whole.run('demo');
  const wrong = [];
  const before = await whole.attempt('audit', 'verify');
  if (before.status !== 0) wrong.push(`the audit log of an untouched demo does not verify: ${before.stderr}`);
  let named = 0;
  for (const [at, { what, sql, names }] of only.entries()) {
    const folder = join(dir, `altered-${at}`);
    mkdirSync(folder);
    const app = await Program.in(folder);
    copyFileSync(whole.file, app.file);
    copyFileSync(join(whole.dir, 'secret.key'), join(folder, 'secret.key'));
    const done = spawnSync('sqlite3', ['-batch', app.file, `${sql}; SELECT total_changes();`], { encoding: 'utf8' });
    if (done.status !== 0) {
      wrong.push(`${what}: could not be tried: ${done.stderr}`);
      continue;
    }
    if (Number(done.stdout.trim()) === 0) {
      wrong.push(`${what}: nothing was there to alter`);
      continue;
    }
    const verified = await app.attempt('audit', 'verify');
    const said = verified.stdout + verified.stderr;
    if (verified.status === 0) wrong.push(`${what}: not named`);
    else if (!names.test(said)) wrong.push(`${what}: named in other words: ${said.slice(0, 200)}`);
    else named++;
  }
  return { done: `${only.length} alterations`, other: `${named} named`, wrong };
}

export const faults = [{ name: 'altered', title: 'A row altered behind the program’s back', run: altered }];
