import { describe, expect, it } from 'vitest';
import { distributionsOf, toCodePointOffset, topLevelModules, toUtf16Offset } from '.';

describe('offsets', () => {
  it('go there and back over an emoji', () => {
    const text = 'a🚢b';
    expect([0, 1, 3, 4].map((at) => toCodePointOffset(text, at))).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3].map((at) => toUtf16Offset(text, at))).toEqual([0, 1, 3, 4]);
  });
});

describe('imports', () => {
  it('become distributions, each once', () => {
    expect(distributionsOf(['sklearn.tree', 'cv2', 'PIL', 'pandas', 'sklearn', 'my_lib'])).toEqual([
      'my-lib',
      'opencv-python-headless',
      'pandas',
      'pillow',
      'scikit-learn',
    ]);
  });

  it('are asked for by their top-level module; relative ones not at all', () => {
    expect(topLevelModules(['os.path', 'os', '.local'])).toEqual(['os']);
  });
});
