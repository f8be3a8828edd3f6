import { describe, expect, it } from 'vitest';
import { parseAddress } from './jupyter';
import { parsePipConfig, uvEnvironment } from './package-sources';
import { unknownDistribution, withoutSecrets } from './uv';

const NONE = { packageIndex: '', caBundle: '' };

describe('where packages come from', () => {
  it('reads pip’s configuration, with install above global and environment lines left out', () => {
    const text = [
      ":env:.cert='/x.pem'",
      "global.index-url='https://a/simple'",
      "global.extra-index-url='\\nhttps://b\\nhttps://c'",
      "install.index-url='https://d/simple'",
    ].join('\n');
    expect(parsePipConfig(text)).toEqual({
      'index-url': 'https://d/simple',
      'extra-index-url': 'https://b https://c',
    });
  });

  it('tells uv what pip knows, and lets the app’s settings win', () => {
    const env = { PIP_INDEX_URL: 'https://pip/simple', PIP_FIND_LINKS: '/a /b', PATH: '/bin' };
    const tell = (settings: typeof NONE, pip = '') => {
      const { PATH, UV_DEFAULT_INDEX, UV_FIND_LINKS } = uvEnvironment(env, pip, settings);
      return { PATH, UV_DEFAULT_INDEX, UV_FIND_LINKS };
    };
    expect(tell(NONE, "global.index-url='https://conf'")).toEqual({
      PATH: '/bin',
      UV_DEFAULT_INDEX: 'https://pip/simple',
      UV_FIND_LINKS: '/a,/b',
    });
    expect(tell({ packageIndex: 'https://mine', caBundle: '' }).UV_DEFAULT_INDEX).toBe(
      'https://mine',
    );
  });

  it('finds the one distribution that no index has, and hides passwords of indexes', () => {
    const text =
      '  × No solution found when resolving dependencies:\n  ╰─▶ Because nope was not found in the package\n      registry and you require nope, we can conclude…';
    expect(unknownDistribution(text)).toBe('nope');
    expect(unknownDistribution('Because a==1 depends on b==2')).toBeNull();
    expect(withoutSecrets('at https://me:pw@host/simple')).toBe('at https://***@host/simple');
  });
});

describe('the address of a Jupyter server', () => {
  it.each([
    ['http://host:8888/lab/tree/a.ipynb?token=abc', '', 'http://host:8888/', 'abc'],
    ['host:8888', 'given', 'http://host:8888/', 'given'],
    ['https://hub/user/ada/lab', 't', 'https://hub/user/ada/', 't'],
    ['https://hub/user/ada', '', 'https://hub/user/ada/', ''],
  ])('%s', (pasted, token, url, expected) => {
    expect(parseAddress(pasted, token)).toEqual({ url, token: expected });
  });
});
