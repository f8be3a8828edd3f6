/** What an engine refuses, in words: those refusals that need a full disk or another's doing, as engines put them. */
import { expect, it } from 'vitest';
import { StudioFailure } from '../../../../shared/base/studio-error';
import { asking } from './failure';

/** As dockerode throws it. */
const answered = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) ${message}`), {
    statusCode,
    json: { message },
  });

async function told(thrown: Error) {
  const failure: unknown = await asking('making it', () => Promise.reject(thrown)).catch(
    (each) => each,
  );
  return failure instanceof StudioFailure ? failure.error : failure;
}

const TAKEN =
  'The engine has something of that name already that Slipway did not make; it failed at making it. Choose another name for the deployment.';
const PORT =
  'Port 8080 is used by something else on the engine’s computer. Choose another, or let a free one be found.';

it.each([
  [
    409,
    'Conflict. The container name "/churn" is already in use by container "4f".',
    'conflict',
    TAKEN,
  ],
  [
    500,
    'creating container storage: the container name "churn" is already in use by 4f',
    'conflict',
    TAKEN,
  ],
  [
    409,
    'rpc error: code = AlreadyExists desc = name conflicts with an existing object: service churn already exists',
    ...(['conflict', TAKEN] as const),
  ],
  [409, 'rpc error: code = AlreadyExists desc = config churn-r1 already exists', 'conflict', TAKEN],
  [500, 'Bind for 127.0.0.1:8080 failed: port is already allocated', 'port-in-use', PORT],
  [
    400,
    "rpc error: code = InvalidArgument desc = port '8080' is already in use by service 'b' (w6) as an ingress port",
    ...(['port-in-use', PORT] as const),
  ],
  [
    404,
    'No such image: churn:4f1c',
    'not-found',
    'The engine has no image for it any more; it failed at making it. Deploy again: the image is made anew.',
  ],
])('%i %s', async (status, message, kind, sentence) => {
  expect(await told(answered(status, message))).toMatchObject({
    ...{ kind, message: sentence, detail: message },
  });
});

it('says that the disk is full, where, and what frees some space', async () => {
  const full = answered(500, 'mkdir /var/lib/docker/overlay2/1: no space left on device');
  expect(await told(full)).toMatchObject({
    kind: 'disk-full',
    message:
      'The disk of the engine’s computer is full; it failed at making it. Free some space there, then deploy again.',
    nextSteps: [{ label: 'Clean up images', command: 'go.build' }],
  });
});

it('says that the engine went away, and how to go on', async () => {
  const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  expect(await told(broken)).toMatchObject({
    kind: 'server-unreachable',
    message:
      'The Docker engine went away while it was making it. Deploy again to go on from there.',
  });
});
