import { expect, it } from 'vitest';
import { ProtoSchema } from './proto-schema';

const schema = new ProtoSchema('@google-cloud/run', 'google.cloud.run.v2');
const route = (method: string) => {
  const found = schema.routes.find((each) => each.method === method);
  if (!found) throw new Error(method);
  return found;
};
const PARENT = { parent: 'projects/p/locations/l', serviceId: 'churn' };

it('refuses what Google’s own schema does not have', () => {
  const problems = (body: unknown) =>
    schema.problemsOfRequest(route('CreateService'), PARENT, body);
  const container = { image: 'churn:1' };
  expect({
    good: problems({ template: { containers: [container], timeout: '30s' } }),
    unknown: problems({ template: { container } }),
    missing: problems({ labels: {} }),
    inside: problems({ template: { containers: [{}] } }),
    output: problems({ template: {}, uri: 'https://me' }),
    enum: problems({ template: {}, ingress: 'EVERYONE' }),
    oneof: problems({
      template: {
        containers: [{ ...container, env: [{ name: 'A', value: 'b', valueSource: {} }] }],
      },
    }),
    type: problems({ template: { timeout: 30, sessionAffinity: 'maybe' } }),
  }).toEqual({
    good: [],
    unknown: ['service.template.container is no field of google.cloud.run.v2.RevisionTemplate'],
    missing: ['service.template is required'],
    inside: ['service.template.containers[0].image is required'],
    output: ['service.uri is set by the server only'],
    enum: [expect.stringMatching(/^service.ingress is none of INGRESS_TRAFFIC_UNSPECIFIED, /)],
    oneof: ['service.template.containers[0].env[0].value and valueSource exclude one another'],
    type: [
      'service.template.timeout is no google.protobuf.Duration',
      'service.template.sessionAffinity is no bool: "maybe"',
    ],
  });
});

it('finds the route and the fields in its path', () => {
  const { pattern, variables, verb, body } = route('UpdateService');
  const hit = pattern.exec('/v2/projects/p/locations/l/services/churn');
  expect({ verb, body, variables, values: hit?.slice(1) }).toEqual({
    verb: 'PATCH',
    body: 'service',
    variables: ['service.name'],
    values: ['projects/p/locations/l/services/churn'],
  });
  expect(
    schema.problemsOfMask(route('UpdateService'), 'traffic,invoker_iam_disabled,trafic'),
  ).toEqual(['update_mask names trafic, which is no field']);
});
