// Two servers on one PostgreSQL behind a proxy, restarted one after the other while people work.
import { Client } from './client.mjs';
import { Tally, spread } from './figures.mjs';
import { panelDay, signedIn } from './setup.mjs';
import { Follower, NoteTaker, account, allTake } from './notes.mjs';
import { Program, pause, until } from './program.mjs';
import { Balancer } from './proxies.mjs';
import { freePort } from '../kit/server.mjs';

/** Opens pages one after the other; whatever is no 200 has failed. */
async function read(client, paths, stop, answers, times) {
  for (let at = 0; !stop.aborted; at++) {
    const answer = await client.request('GET', paths[at % paths.length]).catch((error) => ({ status: error.code ?? error.message }));
    answers.add(answer.status);
    if (answer.ms) times.push(answer.ms);
    await pause(30);
  }
}

/** Restarts either server `rounds` times. */
export async function rolled({ dir, cluster, rounds = 2 }) {
  const database = cluster().create();
  const ports = [await freePort(), await freePort()];
  const servers = [];
  for (const port of ports) {
    servers.push(await Program.in(dir, { database, port }));
    await servers.at(-1).serve();
  }
  const balancer = await Balancer.before(ports);
  const staff = await signedIn(servers[0], 'Ines', 'staff', { url: balancer.url });
  const { session, day } = await panelDay(staff);
  const takers = [];
  for (let at = 1; at <= 3; at++) takers.push(new NoteTaker(`client ${at} note`, await signedIn(servers[0], `Tom${at}`, 'staff', { url: balancer.url }), session));
  const follower = new Follower(await signedIn(servers[0], 'Vera', 'viewer', { url: balancer.url }), session);

  const [notes, stories] = [new AbortController(), new AbortController()];
  const following = follower.run(stories.signal);
  const reads = new Tally();
  const times = [];
  await pause(500);
  const load = [allTake(takers, notes.signal, { every: 40 }), read(staff, [session, day, '/heard'], notes.signal, reads, times), read(new Client(balancer.url), ['/sign-in'], notes.signal, reads, times)];
  const statuses = [];
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      await pause(1000);
      statuses.push(await server.stop());
      await server.serve();
      await until('the proxy knows the restarted server', 10, () => balancer.knows(server.port));
    }
  }
  await pause(1000);
  notes.abort();
  await Promise.all(load);
  const { acknowledged, ...found } = await account(takers, staff, session);
  const told = () => new Set(follower.seen).size;
  await until('the follower has been told everything', 10, () => told() >= acknowledged).catch(() => {});
  stories.abort();
  await following;

  const failed = [...Tally.of([reads, ...takers.map((taker) => taker.answers)])].filter(([status]) => status !== '200');
  const all = takers.flatMap((taker) => taker.acknowledged);
  const missed = all.filter((text) => !follower.seen.includes(text)).length;
  const twice = follower.seen.length - told();
  if (failed.length) found.wrong.push(`requests failed: ${new Tally(failed)}`);
  if (missed) found.wrong.push(`the follower was not told of ${missed} notes`);
  if (twice) found.wrong.push(`the follower was told of ${twice} notes twice`);
  if (statuses.some((status) => status !== 0)) found.wrong.push(`servers ended with ${statuses}`);
  await Promise.all(servers.map((server) => server.stop()));
  balancer.stop();
  const requests = [...reads.values()].reduce((sum, count) => sum + count, 0);
  return {
    done: `${2 * rounds} restarts, ${requests} pages, ${acknowledged} notes`,
    other: `pages: ${reads}, ${spread(times)}; notes: ${Tally.of(takers.map((taker) => taker.answers))}, ${spread(takers.flatMap((taker) => taker.waits))}; follower came back ${follower.reconnected} times`,
    ...found,
  };
}

export const faults = [{ name: 'rolling', title: 'Rolling restart of two servers on one PostgreSQL', run: rolled }];
