import { expect, it } from 'vitest';
import { problemsOfBody, problemsOfTags } from './mapper-schema';

it('refuses what Microsoft’s own mappers do not have', () => {
  const problems = (properties: unknown, more: Readonly<Record<string, unknown>> = {}) =>
    problemsOfBody('ContainerApp', { location: 'westeurope', ...more, properties }, false);
  const template = (container: unknown) => ({ template: { containers: [container] } });
  expect({
    good: problems(template({ name: 'package', image: 'churn:1', resources: { cpu: 0.5 } })),
    unknown: problems({ templates: {} }),
    inside: problems(template({ imagee: 'churn:1' })),
    readOnly: problems({ provisioningState: 'Succeeded' }),
    type: problems(template({ resources: { cpu: '0.5' } })),
    list: problems({ template: { containers: {} } }),
    missing: problemsOfBody('ContainerApp', { properties: {} }, false),
    patch: problemsOfBody('ContainerApp', { properties: {} }, true),
    required: problemsOfBody('Job', { location: 'x', properties: { configuration: {} } }, false),
  }).toEqual({
    good: [],
    unknown: ['properties.templates is no field of ContainerApp'],
    inside: ['properties.template.containers[0].imagee is no field of Container'],
    readOnly: ['properties.provisioningState is set by Azure only'],
    type: ['properties.template.containers[0].resources.cpu is no Number'],
    list: ['properties.template.containers is no list'],
    missing: ['location is required'],
    patch: [],
    required: [
      'properties.configuration.triggerType is required',
      'properties.configuration.replicaTimeout is required',
    ],
  });
});

it('refuses tags that Azure cannot keep', () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`t${at}`, 'x']));
  expect([
    problemsOfTags({ 'dev.slipway.deployment': 'churn' }),
    problemsOfTags({ 'a/b': 'x', long: 'x'.repeat(257) }),
    problemsOfTags(many),
  ]).toEqual([
    [],
    ['the tag a/b cannot be kept', 'the tag long cannot be kept'],
    ['51 tags, at most 50'],
  ]);
});
