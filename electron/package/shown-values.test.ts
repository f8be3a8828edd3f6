/** What the last line of a cell shows in a package, in real Python. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../base/process';
import { RESOURCES } from './test-environment';

test('a value that cannot be shown says so, and the step goes on as the notebook does', async () => {
  const code = `
import sys
sys.path.insert(0, sys.argv[1])
import notebook
class Shown:
    def __repr__(self):
        return eval("not_here")
notebook.show([1, "a"])
notebook.show(None)
notebook.show(Shown())
notebook.display("text", Shown(), 2)
`;
  const folder = join(RESOURCES, 'templates', 'package');
  const ran = await runProcess('python3', ['-B', '-c', code, folder], { env: process.env });
  const said = "<Shown that cannot be shown: NameError: name 'not_here' is not defined>";
  expect({ code: ran.code, lines: ran.stdout.trimEnd().split('\n') }).toEqual({
    code: 0,
    lines: ["[1, 'a']", said, 'text', said, '2'],
  });
});
