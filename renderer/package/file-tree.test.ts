import { expect, test } from 'vitest';
import { buildFileTree, firstFile, foldersOf } from './file-tree';

test('folders come before files, each sorted, and a file knows the folders above it', () => {
  const tree = buildFileTree([
    'README.md',
    'src/churn/steps/train.py',
    'src/churn/a.py',
    'Dockerfile',
  ]);
  expect({ tree, folders: foldersOf('src/churn/steps/train.py') }).toEqual({
    tree: [
      {
        value: 'src',
        label: 'src',
        children: [
          {
            value: 'src/churn',
            label: 'churn',
            children: [
              {
                value: 'src/churn/steps',
                label: 'steps',
                children: [{ value: 'src/churn/steps/train.py', label: 'train.py' }],
              },
              { value: 'src/churn/a.py', label: 'a.py' },
            ],
          },
        ],
      },
      { value: 'Dockerfile', label: 'Dockerfile' },
      { value: 'README.md', label: 'README.md' },
    ],
    folders: ['src', 'src/churn', 'src/churn/steps'],
  });
});

test('the first step is what opens first', () => {
  const file = (path: string, stepId: string | null = null) => ({ path, stepId });
  const steps = [file('README.md'), file('s/evaluate.py', 'evaluate'), file('s/load.py', 'load')];
  expect([
    firstFile(steps, 'load'),
    firstFile([...steps, file('src/churn/pipeline.py')], undefined),
    firstFile(steps, 'gone'),
    firstFile([], 'load'),
  ]).toEqual(['s/load.py', 'src/churn/pipeline.py', 'README.md', null]);
});
