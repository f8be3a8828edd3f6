/** A service from its plan to its removal, with real processes. */
import { access, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '../base/process-identity';
import { ended, OperateService } from '.';
import { testDeployments, until, unwrap } from './test-deployments';

let studio: Awaited<ReturnType<typeof testDeployments>>;
afterEach(() => studio.dispose());

const rows = { rows: [{ x: 3 }] };

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe('a service on this computer', () => {
  it('is planned only after its price was shown, then deployed, changed, rolled back and removed', async () => {
    studio = await testDeployments();
    const refused = await studio.deploys.plan();
    expect(refused).toMatchObject({ ok: false, error: { kind: 'estimate-needed' } });

    const plan = await studio.plan('service');
    expect(plan.changes.map(({ id, kind, price }) => [id, kind, price.kind])).toEqual([
      ['folder', 'create', 'free'],
      ['package', 'create', 'free'],
      ['environment', 'keep', 'free'],
      ['port', 'create', 'free'],
      ['process', 'create', 'priced'],
    ]);
    const result = unwrap(await studio.apply(plan));
    const id = result.deploymentId;
    expect(studio.deploys.state.value.progress).toEqual({
      folder: 'done',
      package: 'done',
      environment: 'done',
      port: 'done',
      process: 'done',
    });

    const form = unwrap(await studio.operate.serviceForm(id));
    expect(form.example).toEqual({ rows: [{ x: 2 }] });
    expect(unwrap(await studio.operate.predict(id, rows))).toMatchObject({
      status: 200,
      body: { predictions: [6] },
    });
    const alive = await studio.until(
      id,
      (each) =>
        each.traffic.requests === 1 && each.cost.toDate !== null && each.cost.toDate.likely > 0,
    );
    expect({
      status: alive.status,
      health: alive.health.status,
      revision: alive.revision,
      url: alive.url,
    }).toEqual({
      status: 'running',
      health: 'ok',
      revision: 1,
      url: result.url,
    });

    await studio.change('factor = 10');
    const second = await studio.plan('service');
    expect(second.changes.map(({ id: change, kind }) => [change, kind])).toEqual([
      ['folder', 'keep'],
      ['package', 'create'],
      ['environment', 'keep'],
      ['port', 'keep'],
      ['process', 'change'],
    ]);
    unwrap(await studio.apply(second));
    const afterChange = unwrap(await studio.operate.predict(id, rows)).body;
    unwrap(await ended(studio.operate.rollback(id)));
    const afterRollback = unwrap(await studio.operate.predict(id, rows)).body;
    expect({ afterChange, afterRollback }).toEqual({
      afterChange: { predictions: [30] },
      afterRollback: { predictions: [6] },
    });

    const { record } = await studio.target.observe(id);
    const { state, folder } = await studio.supervised(id);
    unwrap(await ended(studio.operate.remove(id)));
    const port = await listenOn(record.port ?? 0);
    port.close();
    expect({
      supervisor: await isAlive(state?.supervisor ?? null),
      child: await isAlive(state?.child ?? null),
      folder: await access(folder).then(
        () => 'there',
        () => 'gone',
      ),
      list: studio.operate.state.value.deployments,
    }).toEqual({ supervisor: false, child: false, folder: 'gone', list: [] });
  });

  it('comes back after a crash, outlives the app, stops and starts', async () => {
    studio = await testDeployments();
    const { deploymentId: id } = await studio.deploy('service');
    const before = (await studio.supervised(id)).state;
    process.kill(before?.child?.pid ?? 0, 'SIGKILL');
    const again = await studio.until(
      id,
      (each) => each.restarts === 1 && each.status === 'running',
    );
    expect(again.health.status).toBe('ok');

    // Another session of the app: nothing but the folder tells it.
    const later = new OperateService({ tasks: studio.tasks, targets: [studio.target] });
    await later.refresh();
    expect(later.state.value.deployments.map((each) => [each.id, each.status])).toEqual([
      [id, 'running'],
    ]);

    unwrap(await ended(later.command(id, 'stop')));
    const stopped = (await later.find(id)).status;
    const unanswered = await later.predict(id, rows);
    unwrap(await ended(later.command(id, 'start')));
    const started = (await later.find(id)).status;
    unwrap(await ended(later.command(id, 'restart')));
    expect({
      stopped,
      unanswered: unanswered.ok || unanswered.error.kind,
      started,
      restarted: (await later.find(id)).status,
    }).toEqual({
      stopped: 'stopped',
      unanswered: 'server-unreachable',
      started: 'running',
      restarted: 'running',
    });
  });

  it('is lost when its supervisor is killed, and Start ends the orphan and brings it back', async () => {
    studio = await testDeployments();
    const { deploymentId: id } = await studio.deploy('service');
    const before = (await studio.supervised(id)).state;
    process.kill(before?.supervisor?.pid ?? 0, 'SIGKILL');
    const lost = await studio.until(id, (each) => each.status === 'lost');
    unwrap(await ended(studio.operate.command(id, 'start')));
    const predicted = unwrap(await studio.operate.predict(id, rows));
    expect({
      lost: lost.status,
      orphan: await isAlive(before?.child ?? null),
      predicted: predicted.status,
    }).toEqual({
      lost: 'lost',
      orphan: false,
      predicted: 200,
    });
  });

  it('puts the old revision back when the new one does not start', async () => {
    studio = await testDeployments();
    const { deploymentId: id } = await studio.deploy('service');
    await studio.change('raise RuntimeError("no model here")');
    const failed = await studio.apply(await studio.plan('service'));
    const predicted = await until(
      () => studio.operate.predict(id, rows),
      (each) => each.ok,
    );
    expect({
      message: failed.ok ? '' : failed.error.message,
      hasLog: !failed.ok && failed.error.detail?.includes('no model here'),
      predicted: unwrap(predicted).body,
    }).toEqual({
      message: 'Revision 2 did not become ready: It did not stay up in 3 starts. Read its log.',
      hasLog: true,
      predicted: { predictions: [6] },
    });
  });

  it('follows and searches its log', async () => {
    studio = await testDeployments();
    const { deploymentId: id } = await studio.deploy('service');
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { lines } of studio.operate.followLogs(id, 500, stop.signal)) {
        seen.push(...lines.map((line) => line.text));
        if (seen.includes('predicting')) stop.abort();
      }
    })();
    await studio.operate.predict(id, rows);
    await following;
    const found = unwrap(await studio.operate.searchLogs(id, 'PREDICTING'));
    expect({
      isSeen: seen.includes('predicting'),
      found: found.map(({ source, text }) => [source, text]),
    }).toEqual({
      isSeen: true,
      found: [['service', 'predicting']],
    });
  });

  it('says when a chosen port is taken and finds another when it may', async () => {
    studio = await testDeployments();
    await studio.deploys.setSettings({ port: 8000 });
    const server = await listenOn(8000).catch(() => null);
    const refused = await studio.plan('service').catch((thrown: unknown) => thrown);
    await studio.deploys.setSettings({ port: null });
    const plan = await studio.plan('service');
    server?.close();
    expect({
      refused: String(refused),
      isAnother: plan.settings.port !== 8000 && plan.settings.port !== null,
    }).toEqual({
      refused:
        'StudioFailure: Port 8000 is used by another program. Choose another, or let a free one be found.',
      isAnother: true,
    });
  });

  it('leaves a process alone that only has its number', async () => {
    studio = await testDeployments();
    const { deploymentId: id } = await studio.deploy('service');
    const { state, folder } = await studio.supervised(id);
    unwrap(await ended(studio.operate.command(id, 'stop')));
    const self = { pid: process.pid, startedAt: 'long ago' };
    await writeFile(
      `${folder}/state.json`,
      JSON.stringify({ ...state, supervisor: self, child: self }),
    );
    unwrap(await ended(studio.operate.remove(id)));
    expect(process.pid).toBe(self.pid);
  });
});
