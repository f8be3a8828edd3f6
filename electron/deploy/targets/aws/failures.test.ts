import { expect, it } from 'vitest';
import { toStudioError } from '../../../../shared/base/studio-error';
import { SET_CLOCK } from '../clock';
import { explain } from './failures';

const DOING = { profile: '', region: 'eu-central-1', action: 'ecs:ListTasks' };

function told(code: string, message: string) {
  const refused = Object.assign(new Error(message), { name: code });
  const error = toStudioError(explain(refused, DOING));
  return [error.kind, error.message.split(' by more')[0], error.nextSteps];
}

it('tells a clock that is wrong from a sign-in that has expired, and which way it is wrong', () => {
  const clock = (how: string) => [
    'unauthorized',
    `This computer’s clock ${how} AWS’s`,
    [SET_CLOCK],
  ];
  expect([
    told(
      'InvalidSignatureException',
      'Signature expired: 20261121T115000Z is now earlier than 20261121T115500Z (20261121T120000Z - 5 min.)',
    ),
    told(
      'SignatureDoesNotMatch',
      'Signature not yet current: 20261121T121000Z is still later than 20261121T120500Z (20261121T120000Z + 5 min.)',
    ),
    told('RequestTimeTooSkewed', 'The difference between the two times is too large.'),
    told('ExpiredTokenException', 'The security token included in the request is expired'),
  ]).toEqual([
    clock('is behind'),
    clock('is ahead of'),
    clock('differs from'),
    [
      'unauthorized',
      'The sign-in to AWS with the default profile has expired. Sign in again, then go on.',
      [{ label: 'Sign in again', shell: 'aws sso login' }],
    ],
  ]);
});
