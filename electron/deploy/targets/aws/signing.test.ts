/** Our signatures beside those of botocore, which AWS itself makes. */
import { expect, it } from 'vitest';
import { must } from '../../../engine/testing/stand';
import { signedHeaders } from './signing';
import { PYTHON, whyNoAwsStand } from './testing/stand';

const REQUESTS = [
  {
    method: 'GET',
    path: '/2015-03-31/functions/?Marker=a%2Fb%3D%3D&MaxItems=50',
    body: '',
    session: null,
  },
  {
    method: 'POST',
    path: '/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Aslipway-churn',
    body: '{"Tags":{"dev.slipway.deployment":"churn, ä"}}',
    session: 'a/session+token==',
  },
];

const BOTOCORE = `
import datetime, json, sys
from botocore import auth, awsrequest, credentials
MOMENT = datetime.datetime(2026, 11, 21, 18, 30, 5)
auth.get_current_datetime = lambda *_, **__: MOMENT
class Fixed(datetime.datetime):
    @classmethod
    def utcnow(cls): return MOMENT
auth.datetime = type("module", (), {"datetime": Fixed, "timezone": datetime.timezone})
for each in json.loads(sys.argv[1]):
    request = awsrequest.AWSRequest(each["method"], "https://lambda.eu-central-1.amazonaws.com" + each["path"], data=each["body"].encode(), headers={"Content-Type": "application/json"})
    auth.SigV4Auth(credentials.Credentials("AKIDEXAMPLE", "secret/key", each["session"]), "lambda", "eu-central-1").add_auth(request)
    print(request.headers["Authorization"])
`;

it.skipIf(whyNoAwsStand() !== null)('signs as botocore does', () => {
  const told = must(PYTHON, ['-c', BOTOCORE, JSON.stringify(REQUESTS)]);
  const ours = REQUESTS.map(({ method, path, body, session }) => {
    const url = new URL(`https://lambda.eu-central-1.amazonaws.com${path}`);
    const headers = { 'Content-Type': 'application/json' };
    const credentials = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret/key',
      sessionToken: session ?? undefined,
    };
    const now = new Date('2026-11-21T18:30:05Z');
    const signer = { region: 'eu-central-1', service: 'lambda', credentials, now };
    return signedHeaders({ method, url, headers, body }, signer).authorization;
  });
  expect(ours).toEqual(told.trim().split('\n'));
});
