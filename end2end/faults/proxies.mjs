// What is between: a wire that is cut now and then, and a proxy that asks each server whether it is ready.
import http from 'node:http';
import net from 'node:net';

/** Passes TCP on to a port of this machine, until it is cut. */
export class Wire {
  #open = new Set();
  cuts = 0;

  static async to(port) {
    const wire = new Wire();
    wire.server = net.createServer((near) => {
      const far = net.connect(port, '127.0.0.1');
      const both = [near, far];
      wire.#open.add(both);
      const end = () => (wire.#open.delete(both), both.forEach((socket) => socket.destroy()));
      for (const socket of both) socket.on('error', end).on('close', end);
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise((ready) => wire.server.listen(0, '127.0.0.1', ready));
    wire.port = wire.server.address().port;
    return wire;
  }

  /** Every connection ends at once, in the middle of whatever it carries. */
  cut() {
    this.cuts++;
    for (const [near, far] of this.#open) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  stop() {
    this.server.close();
    this.cut();
  }
}

/** A proxy as operators have it: asks /readyz, sends requests to servers that are ready in turn, tries none twice. */
export class Balancer {
  #turn = 0;
  #ready = [];

  static async before(ports, { every = 250 } = {}) {
    const balancer = new Balancer();
    balancer.server = http.createServer((request, response) => balancer.#pass(request, response));
    await new Promise((ready) => balancer.server.listen(0, '127.0.0.1', ready));
    balancer.port = balancer.server.address().port;
    balancer.url = `http://127.0.0.1:${balancer.port}`;
    const look = async () => {
      const asked = ports.map((port) => fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.ok, () => false));
      const answers = await Promise.all(asked);
      balancer.#ready = ports.filter((_, at) => answers[at]);
    };
    await look();
    balancer.timer = setInterval(look, every);
    return balancer;
  }

  knows(port) {
    return this.#ready.includes(port);
  }

  #pass(request, response) {
    const refuse = (why) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(why);
    };
    const port = this.#ready[this.#turn++ % this.#ready.length];
    if (!port) return refuse('no server is ready');
    const { method, url: path, headers } = request;
    const onward = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
    });
    onward.on('error', (error) => refuse(error.code));
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  stop() {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
  }
}
