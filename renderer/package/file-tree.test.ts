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
  const steps = [
    'README.md',
    'src/churn/pipeline.py',
    'src/churn/steps/__init__.py',
    'src/churn/steps/load.py',
  ];
  expect([firstFile(steps), firstFile(['Dockerfile', 'README.md']), firstFile([])]).toEqual([
    'src/churn/steps/load.py',
    'README.md',
    null,
  ]);
});
