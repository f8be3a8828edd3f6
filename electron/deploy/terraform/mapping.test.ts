import { expect, it } from 'vitest';
import type { Json, Resource } from '../../../shared/deploy';
import { known, mapResources, type Rules } from './mapping';

const resource = (kind: string, name: string, spec: Json): Resource => ({
  kind,
  name,
  what: `A ${kind} ${name}`,
  detail: '',
  spec,
  price: { kind: 'free' },
});

const RULES: Rules = {
  door: ({ spec }, all) => {
    const { port } = spec as { port: number };
    const house = all.find(({ kind }) => kind === 'house')?.spec as { rooms: { size: number }[] };
    const sizes = house.rooms.map(({ size }) => size);
    return { blocks: [{ type: 'door', attributes: { port, sizes } }] };
  },
  house: ({ spec }) => {
    known((spec as { owner: Json }).owner);
    return { blocks: [] };
  },
  image: () => ({ leftOut: 'nobody builds it' }),
};

it('says each field that no rule took up, each thing that was left out, and each kind it does not know', () => {
  const resources = [
    resource('door', 'a', { port: 80, colour: 'red', locks: [{ kind: 'bolt' }] }),
    resource('house', 'b', { rooms: [{ size: 3, view: 'sea' }], owner: { name: 'Ada', age: 36 } }),
    resource('image', 'c', { reference: 'x' }),
    resource('dragon', 'd', { heads: 3 }),
  ];
  expect(mapResources(resources, RULES)).toEqual({
    blocks: [{ type: 'door', attributes: { port: 80, sizes: [3] } }],
    leftOut: [
      'A door a: its colour has no place in Terraform.',
      'A door a: its locks.0.kind has no place in Terraform.',
      'A house b: its rooms.0.view has no place in Terraform.',
      'A image c: nobody builds it.',
      'A dragon d: Terraform is not told of its kind.',
    ],
  });
});
