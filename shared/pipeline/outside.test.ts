/** What cells take from outside the notebook, and what their imports stand for. */
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';

function factsOf(source: string) {
  const [facts] = analyseCells([{ id: CellId('c'), type: 'code', source, tags: [] }]);
  if (!facts) throw new Error('no cell');
  return facts;
}

test('the network: requests, addresses in readers, fetched datasets', () => {
  const source = [
    'import requests, pandas as pd',
    'from urllib.request import urlopen',
    'from sklearn.datasets import fetch_openml, load_iris',
    'requests.get("https://example.org/a")',
    'urlopen(where)',
    'pd.read_csv("https://example.org/b.csv")',
    'pd.read_csv("local.csv")',
    'fetch_openml("mnist"), load_iris()',
  ].join('\n');
  expect(factsOf(source).network).toEqual([
    { line: 4, how: 'requests.get', address: 'https://example.org/a' },
    { line: 5, how: 'urllib.request.urlopen', address: null },
    { line: 6, how: 'pandas.read_csv', address: 'https://example.org/b.csv' },
    { line: 8, how: 'sklearn.datasets.fetch_openml', address: null },
  ]);
});

test('the clock, also through a function of the notebook', () => {
  const source = [
    'import time',
    'from datetime import datetime, date',
    'def stamp():',
    '    return datetime.now()',
    'stamp()',
    'date.today(), time.time(), time.sleep(1)',
  ].join('\n');
  expect(factsOf(source).clock).toEqual([
    { line: 5, how: 'datetime.datetime.now' },
    { line: 6, how: 'datetime.date.today' },
    { line: 6, how: 'time.time' },
  ]);
});

test('what looks like a secret; a placeholder does not', () => {
  const source = [
    `api_key = "q8s7d6f5g4h3"`,
    `password = "YOUR_PASSWORD_1"`,
    `client = Client(token="t0k3n-8812-aa")`,
    `os.environ["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI7"`,
    `use("AKIAABCDEFGHIJKLMNOP")`,
    `# old_token = "t0k3n-8812-aa"`,
    `tokens = tokenizer("hello1234")`,
  ].join('\n');
  expect(factsOf(source).secrets).toEqual([
    { name: 'api_key', line: 1 },
    { name: 'token', line: 3 },
    { name: 'AWS_SECRET_ACCESS_KEY', line: 4 },
    { name: null, line: 5 },
  ]);
});

test('what each import binds and stands for', () => {
  const source = 'import a.b, c.d as e\nfrom .x import (y as z, w)\nfrom m import *';
  expect(
    factsOf(source).imports.map(({ module, names, paths, isStar }) => ({
      module,
      names,
      paths,
      isStar,
    })),
  ).toEqual([
    { module: 'a', names: ['a'], paths: ['a'], isStar: false },
    { module: 'c', names: ['e'], paths: ['c.d'], isStar: false },
    { module: '', names: ['z', 'w'], paths: ['.x.y', '.x.w'], isStar: false },
    { module: 'm', names: [], paths: [], isStar: true },
  ]);
});
