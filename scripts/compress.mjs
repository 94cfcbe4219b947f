// Writes .br and .gz beside what browsers fetch as text or wasm, so that the server never compresses them again.
//   node compress.mjs SITE_DIR
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const worth = /\.(js|wasm|css|svg|html|txt)$/;
const newer = (a, b) => statSync(a, { throwIfNoEntry: false })?.mtimeMs >= statSync(b).mtimeMs;

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const file = join(process.argv[2], name);
  if (!worth.test(file) || newer(file + '.br', file)) continue;
  const bytes = readFileSync(file);
  writeFileSync(file + '.gz', gzipSync(bytes, { level: 9 }));
  writeFileSync(file + '.br', brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
}
