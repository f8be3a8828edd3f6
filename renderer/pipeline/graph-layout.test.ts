import { expect, test } from 'vitest';
import { layOutGraph, NODE_WIDTH, splinePath } from './graph-layout';

test('steps stand from left to right, beside each other where nothing connects them, with room for the label', async () => {
  const { nodes, edges } = await layOutGraph({
    nodes: ['load', 'train', 'segment', 'evaluate'],
    edges: [
      { id: 'a', from: 'load', to: 'train', label: 'X_train' },
      { id: 'b', from: 'load', to: 'segment', label: 'df' },
      { id: 'c', from: 'train', to: 'evaluate', label: 'model · 8.1 MB' },
    ],
  });
  const x = (id: string) => nodes[id]?.x ?? Number.NaN;
  const label = edges.c?.label.x ?? Number.NaN;
  expect({
    order: x('load') + NODE_WIDTH < x('train') && x('train') + NODE_WIDTH < x('evaluate'),
    beside: x('train') === x('segment') && nodes.train?.y !== nodes.segment?.y,
    labelBetween: x('train') + NODE_WIDTH < label && label < x('evaluate'),
    drawn: Object.values(edges).every(({ path }) => path.startsWith('M ')),
  }).toEqual({ order: true, beside: true, labelBetween: true, drawn: true });
});

test('three points a curve are a spline, anything else is straight', () => {
  const startPoint = { x: 0, y: 0 };
  const endPoint = { x: 3, y: 3 };
  expect([
    splinePath({
      startPoint,
      endPoint,
      bendPoints: [
        { x: 1, y: 0 },
        { x: 2, y: 3 },
      ],
    }),
    splinePath({ startPoint, endPoint, bendPoints: [] }),
  ]).toEqual(['M 0 0 C 1 0 2 3 3 3', 'M 0 0 L 3 3']);
});
