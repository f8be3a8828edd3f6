/** Commands of the kernel and expected errors, through a real kernel: the package does what the notebook does. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestStudio, testStudio } from './test-environment';
import { serviceFor, sourceOf } from './test-source';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const COMMANDS = [
  '# Write',
  '%%writefile scaling.py\nFACTOR = 3\n\ndef scaled(x):\n    return x * FACTOR',
  '%env SCALE_MORE=2',
  '# Read',
  '%cd raw\nimport pandas as pd\nrows = pd.read_csv("a.csv")',
  '%cd ..\nfrom scaling import scaled\nimport os\nvalues = scaled(rows["a"]) * int(os.environ["SCALE_MORE"])',
  '# Fail on purpose',
  '#raises\nbefore = int(values.sum())\nvalues.loc["no such place"]\nafter = 1',
  '# Use',
  'if "after" not in globals():\n    after = before + 1',
];

const RUN = {
  'mine/pyproject.toml': '[project]\nname = "mine"\nversion = "1"\n',
  'mine/scripts/prepare.py':
    'import wording\nfrom pathlib import Path\n\ndef worded(number):\n    return f"{wording.WORD} {number}"\n\nrows = [int(each) for each in Path("numbers.txt").read_text().split()]\n',
  'mine/scripts/wording.py': 'WORD = "number"\n',
  'mine/runs/numbers.txt': '1 2 3',
};

it('a script of another folder is run: its names, its modules, its data', async () => {
  const home = join(studio.home, 'projects');
  for (const [path, text] of Object.entries(RUN)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const texts = ['# Prepare', '%run ../scripts/prepare.py', '# Use', 'said = worded(sum(rows))'];
  const source = sourceOf(join(home, 'mine'), 'runs', texts);
  const service = await serviceFor(studio, source);
  const result = await service.run().result;
  if (!result.ok) throw new Error(result.error.message);
  const { files = [] } = service.state.value.generated ?? {};
  const step = await service.readFile('src/runs/steps/prepare.py');
  const helpers = await service.readFile('src/runs/helpers.py');
  const lines = [step, helpers].map((read) =>
    read.ok ? [...new Set(read.value.origins.flatMap((each) => each?.line ?? []))] : read.error,
  );
  expect({
    shown: result.value.comparisons.map(({ name, verdict }) => `${name} ${verdict}`),
    data: files.flatMap(({ path }) => (path.startsWith('data/') ? [path] : [])),
    lines,
    problems: source.pipeline.problems.map(({ message }) => message),
  }).toEqual({
    shown: ['rows identical', 'said identical'],
    data: ['data/runs/numbers.txt', 'data/scripts/wording.py'],
    // Each line of the script is shown at the line that runs it.
    lines: [[1], [1]],
    problems: [
      'Cell 2: what ../scripts/prepare.py holds stands in the step, as if it were written here.',
    ],
  });
}, 300_000);

it('commands of the kernel, a file written, an error that is expected', async () => {
  const home = join(studio.home, 'notebooks');
  const source = sourceOf(home, 'commands', COMMANDS);
  const raw = join(home, 'commands', 'raw');
  await mkdir(raw, { recursive: true });
  await writeFile(join(raw, 'a.csv'), 'a,b\n1,x\n2,y\n');
  const service = await serviceFor(studio, source);
  const made = await service.generate().result;
  if (!made.ok) throw new Error(made.error.message);
  const data = await readFile(join(made.value.folder, 'data', 'raw', 'a.csv'), 'utf8');
  const result = await service.run().result;
  if (!result.ok) throw new Error(result.error.message);
  const shown = result.value.comparisons.map(({ name, verdict }) => `${name} ${verdict}`);
  expect({ data, shown, problems: source.pipeline.problems.map((each) => each.message) }).toEqual({
    data: 'a,b\n1,x\n2,y\n',
    shown: ['rows identical', 'values identical', 'before identical', 'after identical'],
    problems: [
      'Cell 2: “%%writefile scaling.py” stands in the step as plain Python that does the same.',
      'Cell 3: “%env SCALE_MORE=2” stands in the step as plain Python that does the same.',
      'Cell 5: “%cd raw” stands in the step as plain Python that does the same.',
      'Cell 6: “%cd ..” stands in the step as plain Python that does the same.',
      'Cell 8 is tagged raises-exception: its error is shown and the step goes on, as the notebook does. What it binds may not be there afterwards.',
    ],
  });
}, 300_000);
