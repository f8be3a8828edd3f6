/** The files of a package that come from templates, and those that describe it. */
import { pythonString } from './cell-magics';
import type { PackageFile, PackageInput } from './generate';
import { readme } from './package-texts';
import { fillTemplate } from './templates';

/** There where something is served: a run's steps do not know them. */
export const SERVICE_MODULES = ['predict', 'service', 'aws_lambda'];

export function templateFiles(input: PackageInput): PackageFile[] {
  const source = `src/${input.name}`;
  const { templates, serve, name } = input;
  const values = {
    name,
    title: name.replaceAll('_', ' '),
    seed: String(input.seed),
    step: serve ? pythonString(serve.stepId) : 'None',
    artifact: serve ? pythonString(serve.name) : 'None',
    function: serve?.functionName ? pythonString(serve.functionName) : 'None',
    base_image: `python:${input.python}-slim`,
    command: serve
      ? `EXPOSE 8000\nCMD ["python3", "-m", "${name}", "serve", "--host", "0.0.0.0", "--port", "8000"]`
      : `CMD ["python3", "-m", "${name}", "run", "--fresh", "--run-folder", "/app/run"]`,
    copies: [
      'COPY src ./src',
      ...(input.dataFiles.length > 0 ? ['COPY data ./data'] : []),
      ...(serve ? ['COPY model ./model'] : []),
    ].join('\n'),
    model_commands: serve ? (templates['fragments/model-commands.py'] ?? '') : '',
    model_functions: serve ? (templates['fragments/model-functions.py'] ?? '') : '',
  };
  const always = [
    ...['artifacts', 'by_value', 'helper_state', 'process_keepers', 'process_state', 'patches'],
    ...['notebook', 'figures', 'typed', 'place', '__main__'],
    ...['runner', 'traces', 'contents', 'lock', 'processes', 'server', 'step', 'watch'],
    ...['reports', 'sweep', 'sweep_values'],
  ];
  const modules = serve ? [...always, ...SERVICE_MODULES] : always;
  const tests = [
    'conftest',
    'comparison',
    'test_parity',
    'test_pipeline',
    ...(serve ? ['test_predict'] : []),
  ];
  return [
    ...modules.map((each) =>
      filled(`${source}/${each}.py`, templates[`package/${each}.py`], values),
    ),
    ...tests.map((each) => filled(`tests/${each}.py`, templates[`tests/${each}.py`], values)),
    filled('Dockerfile', templates.Dockerfile, values),
    filled('.dockerignore', templates.dockerignore, values),
    plain('requirements.lock', input.lock),
    plain('pyproject.toml', pyproject(input)),
    plain('README.md', readme(input)),
    plain(
      '.slipway-package.json',
      `${JSON.stringify({ madeBy: 'slipway', format: 1, notebook: input.notebookName, name }, null, 2)}\n`,
    ),
  ];
}

const filled = (
  path: string,
  template: string | undefined,
  values: Record<string, string>,
): PackageFile => plain(path, fillTemplate(template, values));

export function plain(path: string, text: string): PackageFile {
  const lines = text.endsWith('\n') ? text.split('\n').length - 1 : text.split('\n').length;
  return { path, text, origins: Array.from({ length: lines }, () => null) };
}

function pyproject({ name, notebookName, python, requirements, serve }: PackageInput): string {
  const needed = [...requirements].sort().map((each) => `  ${JSON.stringify(each)},`);
  const extra = serve ? '\nservice = ["fastapi", "uvicorn"]' : '';
  return `[project]
name = "${name.replaceAll('_', '-')}"
version = "0.1.0"
description = ${JSON.stringify(`Made from ${notebookName} by Slipway`)}
requires-python = ">=${python}"
# Exact versions of everything, with hashes, are in requirements.lock.
dependencies = [
${needed.join('\n')}
]

[project.optional-dependencies]
test = ["pytest"]${extra}

[build-system]
requires = ["setuptools>=68"]
build-backend = "setuptools.build_meta"

[tool.setuptools.packages.find]
where = ["src"]
`;
}
