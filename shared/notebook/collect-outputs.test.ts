import { describe, expect, it } from 'vitest';
import type { KernelOutput } from '../connect';
import { collectOutput, joinTerminalText, NO_OUTPUTS } from './collect-outputs';
import type { Output } from './output';

const print = (text: string, name: 'stdout' | 'stderr' = 'stdout'): KernelOutput => ({
  output_type: 'stream',
  name,
  text,
});
const show = (text: string, displayId: string | null = null): KernelOutput => ({
  output_type: 'display_data',
  data: { 'text/plain': text },
  metadata: {},
  displayId,
});
const shown = (text: string): Output => ({
  output_type: 'display_data',
  data: { 'text/plain': text },
  metadata: {},
});
const printed = (text: string, name = 'stdout'): Output => ({ output_type: 'stream', name, text });

function collect(...messages: KernelOutput[]) {
  return messages.reduce(collectOutput, NO_OUTPUTS).outputs;
}

describe('outputs of a running cell', () => {
  it('joins pieces of one stream and keeps two streams apart', () => {
    expect(collect(print('a'), print('b\n'), print('!', 'stderr'), print('c'))).toEqual([
      printed('ab\n'),
      printed('!', 'stderr'),
      printed('c'),
    ]);
  });

  it('clears at once, or with the next output', () => {
    const clear = (wait: boolean): KernelOutput => ({ output_type: 'clear_output', wait });
    expect([
      collect(print('a'), clear(false)),
      collect(print('a'), clear(true)),
      collect(print('a'), clear(true), print('b')),
    ]).toEqual([[], [printed('a')], [printed('b')]]);
  });

  it('updates what is shown under a display id, and nothing else', () => {
    const update: KernelOutput = {
      output_type: 'update_display_data',
      data: { 'text/plain': 'new' },
      metadata: {},
      displayId: 'one',
    };
    expect(collect(show('old', 'one'), show('other', 'two'), show('none'), update)).toEqual([
      shown('new'),
      shown('other'),
      shown('none'),
    ]);
  });
});

describe('text as a terminal shows it', () => {
  it.each([
    [['10%', '\r20%', '\r100%\n'], '100%\n'],
    [['10%\r', '20%\r', '100%'], '100%'],
    [['abcdef\rXY'], 'XYcdef'],
    [['line\r\nnext\r\n'], 'line\nnext\n'],
    [['line\r', '\nnext'], 'line\nnext'],
    [['one\ntwo\rTWO'], 'one\nTWO'],
    [['ab\b\bX'], 'X'],
    [['\b\bX'], 'X'],
  ])('%j', (pieces, text) => {
    expect(pieces.reduce(joinTerminalText, '')).toBe(text);
  });
});
