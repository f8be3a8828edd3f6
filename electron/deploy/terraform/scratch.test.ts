import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cpSync } from 'node:fs';
import { type AwsStand, SIGNED_IN, startAwsStand, whyNoAwsStand } from '../targets/aws-fargate/testing/stand';
import { standImages } from '../targets/aws-fargate/testing/stand-images';
import { packageOf, SETTINGS, TryOut } from '../targets/aws-fargate/testing/try-out';
import { ESTIMATE, PRICED } from '../testing/target-kit';
import { TerraformFolder, whyNoProvider } from './testing/terraform';
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });
describe('x', () => {
  let stand: AwsStand;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(SIGNED_IN)) vi.stubEnv(name, value);
    stand = await startAwsStand();
  });
  afterAll(async () => { vi.unstubAllEnvs(); await stand.stop(); });
  it('go', async () => {
    console.log(whyNoAwsStand(), whyNoProvider('aws', '5.100'));
    const one = await TryOut.begin(stand, standImages(new Map([['first', { exitCode: null, log: ['up'] }]])));
    const mode = (process.env.TMODE ?? 'service') as 'service';
    const request = { settings: { ...SETTINGS, mode, ...(mode === 'service' ? {} : { schedule: { cron: '0 2 * * 1-5', timeZone: 'Europe/Berlin' } }), options: { exposure: 'load balancer' } }, package: packageOf('first'), estimate: ESTIMATE, priced: PRICED };
    const made = await one.target.exportFiles(request);
    console.log(made.files['main.tf']);
    console.log(made.leftOut);
    const folder = new TerraformFolder({ AWS_ENDPOINT_URL: stand.endpoint.url });
    await folder.write(made.files);
    const go = async (...args: string[]) => { const t = Date.now(); const { code, text } = args[0] === 'init' ? await folder.init('aws', '5.100') : await folder.run(...args); console.log(`--- ${args.join(' ')}: ${code} after ${Date.now() - t} ms\n${text.slice(-6000)}`); };
    await go('fmt', '-check', '-diff'); await go('init'); await go('validate');
    const before = stand.proxy.calls.length;
    await go('apply', '-auto-approve');
    console.log([...new Set(stand.proxy.calls.slice(before))].join(' '), stand.proxy.strange);
    await go('plan', '-detailed-exitcode');
    console.log((await one.plan('first', { mode, ...(mode === 'service' ? {} : { schedule: { cron: '0 2 * * 1-5', timeZone: 'Europe/Berlin' } }), options: { exposure: 'load balancer' } })).changes);
    await go('destroy', '-auto-approve');
    console.log(await one.end());
  });
});
