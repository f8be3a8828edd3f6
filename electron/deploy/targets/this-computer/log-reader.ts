/** Reads a deployment's log over its rotated files: the last lines, the lines to come, the lines with a word. */
import { open, readFile, stat } from 'node:fs/promises';
import {
  deploymentPaths,
  LOG_FILES_KEPT,
  LOG_LINE,
  type LogBatch,
  type LogLine,
  type LogSource,
} from '../../../../shared/deploy';

const LOOK_EVERY_MS = 300;
const MOST_FOUND = 500;

/** The last `tail` lines first, then what is added, until the signal. */
export async function* followLog(
  folder: string,
  tail: number,
  signal?: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const path = deploymentPaths(folder).log;
  let place = await placeOf(path);
  const before = await readLines(folder, tail);
  let index = before.length;
  yield { lines: before.map(numbered(0)) };
  let rest = '';
  while (!signal?.aborted) {
    await sleep(LOOK_EVERY_MS, signal);
    const now = await placeOf(path);
    if (!now) continue;
    const isAnother = place !== null && now.inode !== place.inode;
    // What was written between our last look and the rotation stands in the file before.
    const late = isAnother && place ? await readFrom(`${path}.1`, place.size) : '';
    const added = late + (await readFrom(path, isAnother || !place ? 0 : place.size));
    place = {
      inode: now.inode,
      size:
        (isAnother || !place ? 0 : place.size) + Buffer.byteLength(added) - Buffer.byteLength(late),
    };
    const parts = (rest + added).split('\n');
    rest = parts.pop() ?? '';
    const lines = parts.flatMap(parse).map(numbered(index));
    index += lines.length;
    if (lines.length > 0) yield { lines };
  }
}

/** Case is ignored; newest last. */
export async function searchLog(folder: string, text: string): Promise<LogLine[]> {
  const wanted = text.toLowerCase();
  const lines = await readLines(folder, Number.POSITIVE_INFINITY);
  return lines
    .map(numbered(0))
    .filter((line) => line.text.toLowerCase().includes(wanted))
    .slice(-MOST_FOUND);
}

export async function tailLog(folder: string, tail: number): Promise<LogLine[]> {
  return (await readLines(folder, tail)).map(numbered(0));
}

type Unnumbered = Omit<LogLine, 'index'>;

const numbered =
  (from: number) =>
  (line: Unnumbered, at: number): LogLine => ({ index: from + at, ...line });

/** From the newest file back until there are enough. */
async function readLines(folder: string, most: number): Promise<Unnumbered[]> {
  const { log } = deploymentPaths(folder);
  let lines: Unnumbered[] = [];
  for (let age = 0; age < LOG_FILES_KEPT && lines.length < most; age += 1) {
    const text = await readFile(age === 0 ? log : `${log}.${age}`, 'utf8').catch(() => '');
    lines = [...text.split('\n').flatMap(parse), ...lines];
  }
  return most === Number.POSITIVE_INFINITY ? lines : most === 0 ? [] : lines.slice(-most);
}

function parse(line: string): Unnumbered[] {
  const match = LOG_LINE.exec(line);
  if (!match)
    return line === '' ? [] : [{ at: null, source: 'supervisor', stream: 'stdout', text: line }];
  const [, time = '', source = '', stream = '', text = ''] = match;
  return [
    {
      at: Date.parse(time),
      source: source as LogSource,
      stream: stream === 'err' ? 'stderr' : 'stdout',
      text,
    },
  ];
}

async function placeOf(path: string): Promise<{ inode: number; size: number } | null> {
  return stat(path).then(
    ({ ino, size }) => ({ inode: ino, size }),
    () => null,
  );
}

async function readFrom(path: string, offset: number): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    if (size <= offset) return '';
    const buffer = Buffer.alloc(size - offset);
    await file.read(buffer, 0, buffer.length, offset);
    // A letter of several bytes may be half written: lines are, as they are appended whole.
    const end = buffer.lastIndexOf(0x0a) + 1;
    return buffer.subarray(0, end).toString('utf8');
  } finally {
    await file.close();
  }
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish);
  });
}
