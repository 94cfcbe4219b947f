// One file of CSS from style/main.css and what it imports, without comments and spaces.
//   node style.mjs OUT.css
import { writeFileSync } from 'node:fs';
import { bundle } from 'lightningcss';

const { code, warnings } = bundle({ filename: 'style/main.css', minify: true });
for (const { message, loc } of warnings) console.error(`${loc.filename}:${loc.line}: ${message}`);
if (warnings.length) process.exit(1);
writeFileSync(process.argv[2], code);
