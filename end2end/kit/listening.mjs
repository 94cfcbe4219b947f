// A listening export and a customer roster, where no real ones are at hand.

const said = [
  'The hinge of my laptop broke again and support wants me to wait three weeks. Terrible service.',
  'Third replacement charger this year. I am so angry, this is the worst laptop I ever had.',
  'Support hung up on me twice. Awful. Never again.',
  'Still no refund after six weeks of promises, this is a disgrace',
];
const praised = ['Love how quiet the new one is, the battery is wonderful!', 'Repaired at my desk in twenty minutes, great service, thank you!'];

/** CSV with column names of its own: twelve who complain, six who praise, one row that is broken. */
export function madeUpExport() {
  const rows = ['Tweet Id,Created,Username,Text'];
  let id = 1000;
  const post = (who, text, day) => rows.push(`${id++},2022-0${(day % 8) + 1}-${String((day % 27) + 1).padStart(2, '0')} 10:00:00,${who},"${text} (${day})"`);
  for (let who = 1; who <= 12; who++) for (let day = 0; day < 6; day++) post(`hinge_trouble_${who}`, said[(who + day) % said.length], who * 3 + day);
  for (let who = 1; who <= 6; who++) for (let day = 0; day < 5; day++) post(`quiet_fan_${who}`, praised[day % praised.length], who * 4 + day);
  rows.push(`${id++},not a date,broken_row,"This row has no date"`);
  return rows.join('\n') + '\n';
}

/** The same kind of export with so many rows, by one author for every four of them: long enough to be interrupted. */
export function longExport(count) {
  const rows = ['Tweet Id,Created,Username,Text'];
  for (let at = 0; at < count; at++) {
    const day = String((at % 28) + 1).padStart(2, '0');
    rows.push(`${5000 + at},2022-0${(at % 8) + 1}-${day} 10:00:${String(at % 60).padStart(2, '0')},patient_wren_${at % Math.ceil(count / 4)},"${said[at % said.length]} (${at})"`);
  }
  return rows.join('\n') + '\n';
}

/** Customers who own something and may be asked. */
export function madeUpRoster() {
  const names = ['Ana Silva', 'Bodil Krogh', 'Chidi Eze', 'Dana Novak', 'Emre Kaya', 'Freya Lund'];
  const rows = ['Customer Number,Name,Email,Products,Owns Products,Consents to Contact'];
  names.forEach((name, at) => rows.push(`C-${100 + at},${name},${name.toLowerCase().replace(' ', '.')}@mail.example,Laptop 14,yes,yes`));
  return rows.join('\n') + '\n';
}
