// Somebody with cookies who opens pages and sends forms. Each request has a connection of its own.
import http from 'node:http';

export class Client {
  #cookies = new Map();

  /** `from` is the address that the server is told, as by a proxy in front of it. */
  constructor(url, { from = '198.51.100.1' } = {}) {
    this.url = url;
    this.from = from;
  }

  /** { status, headers, text, ms }; rejects when there is no answer. */
  request(method, path, { headers = {}, body, timeout = 30_000 } = {}) {
    const from = performance.now();
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((answered, failed) => {
      const options = { method, agent: false, timeout, headers: { ...headers, 'x-forwarded-for': this.from, ...(cookie && { cookie }) } };
      if (body !== undefined) options.headers['content-length'] = Buffer.byteLength(body);
      const request = http.request(new URL(path, this.url), options, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', failed);
        response.on('aborted', () => failed(new Error(`${method} ${path}: the answer broke off`)));
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
          answered({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString('utf8'), ms: performance.now() - from });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
      request.on('error', failed);
      request.end(body);
    });
  }

  /** The cookies as a browser would send them. */
  get cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(line) {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (/max-age=0/i.test(line) || value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  async page(path) {
    const answer = await this.request('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${words(answer.text)}`);
    return answer.text;
  }

  /** A form's fields, sent as they are; a field may have several values. */
  post(path, fields) {
    const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.request('POST', path, { headers, body: new URLSearchParams(pairs).toString() });
  }

  /** Sends a form of a page, with what the page itself put into it (revisions, keys); gives the address that follows. */
  async send(path, act, fields = {}) {
    return this.sent(path, act, { ...(await this.fields(path, act)), ...fields });
  }

  /** What a page's form for `act` already holds. */
  async fields(path, act) {
    const found = form(await this.page(path), act);
    if (!found) throw new Error(`${path} has no form “${act}”`);
    return found;
  }

  /** Sends fields without looking at the page first; gives the address that follows. */
  async sent(path, act, fields = {}) {
    const answer = await this.post(path, { ...fields, act });
    if (answer.status !== 303) throw new Error(`POST ${path} ${act} answered ${answer.status}: ${words(answer.text)}`);
    return answer.headers.location;
  }

  /** Follows a personal link and continues. */
  enter(link) {
    const { pathname } = new URL(link, this.url);
    return this.sent(pathname, 'continue');
  }
}

/** The hidden fields and the choices of the first form of `page` that does `act`, as a browser would send them; or nothing. */
function form(page, act) {
  for (const [whole] of page.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    const fields = {};
    for (const [input] of whole.matchAll(/<input\b[^>]*>/g)) {
      if (attribute(input, 'type') !== 'hidden') continue;
      const name = attribute(input, 'name');
      fields[name] = name in fields ? [fields[name], attribute(input, 'value')].flat() : attribute(input, 'value');
    }
    for (const [select] of whole.matchAll(/<select\b[\s\S]*?<\/select>/g)) {
      const options = [...select.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
      const chosen = options.find((option) => /\sselected\b/.test(option)) ?? options[0];
      if (chosen) fields[attribute(select, 'name')] = attribute(chosen, 'value');
    }
    if (fields.act === act) return fields;
  }
  return null;
}

function attribute(tag, name) {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return found.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What a page says, for a message. */
export function words(html) {
  return html.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 600);
}
