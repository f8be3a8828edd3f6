/** The README of a package, and what its steps have to hand on. */
import type { Pipeline } from '../pipeline';
import type { PackageInput } from './generate';

/** By step: the outputs a later step reads. Without them the run has failed. */
export function requiredOutputs(pipeline: Pipeline): ReadonlyMap<string, ReadonlySet<string>> {
  const required = new Map<string, Set<string>>();
  for (const { from, artifacts } of pipeline.edges) {
    const names = required.get(from) ?? new Set<string>();
    for (const { name } of artifacts) names.add(name);
    required.set(from, names);
  }
  return required;
}

export function readme(input: PackageInput): string {
  const { name, notebookName, pipeline, serve, python } = input;
  const first = pipeline.parameters.find((each) => each.type !== 'secret');
  const option = first
    ? ` --${first.name.replaceAll('_', '-')} ${shellWord(first.defaultSource)}`
    : '';
  return `# ${name}

Made from \`${notebookName}\` by Slipway. Plain Python ${python}: nothing of Slipway is needed to run it.

## Set up

\`\`\`
python3 -m venv .venv
.venv/bin/pip install --require-hashes -r requirements.lock
export PYTHONPATH=src
\`\`\`

## Run

\`\`\`
.venv/bin/python -m ${name} run${option}
\`\`\`

Everything a run makes lies in \`run/\`: a folder for each step with its outputs, \`workspace/\` with the files the code
reads and writes. \`--from STEP\` and \`--only STEP\` go on from an earlier run, \`--seed N\` gives the random streams a
start, \`--json\` tells progress for programs.

## Steps

${pipeline.steps.map((step) => `- **${step.id}**: ${step.name}. ${arrows(step.inputs, step.outputs)}`).join('\n')}
${parameterTable(input)}${serve ? serviceText(name, serve.name, serve.stepId) : ''}
## Tests

\`\`\`
.venv/bin/pip install pytest
.venv/bin/python -m pytest tests
\`\`\`

\`tests/test_parity.py\` compares each output with what the notebook gave when Slipway last proved the package; the
values lie in \`tests/golden/\`. Numbers count as equal within 1e-9 of their size (1e-12 near zero).
`;
}

const arrows = (inputs: readonly string[], outputs: readonly string[]) =>
  `Takes ${inputs.map(code).join(', ') || 'nothing'}, gives ${outputs.map(code).join(', ') || 'nothing'}.`;

const code = (text: string) => `\`${text}\``;

function shellWord(source: string): string {
  return /^[\w.+-]+$/.test(source)
    ? source
    : `'${source.replace(/^(["'])(.*)\1$/, '$2').replaceAll("'", '')}'`;
}

function parameterTable({ pipeline }: PackageInput): string {
  if (pipeline.parameters.length === 0) return '';
  const rows = pipeline.parameters.map((each) => {
    const value =
      each.type === 'secret' ? `from \`${each.name.toUpperCase()}\`` : code(each.defaultSource);
    return `| \`--${each.name.replaceAll('_', '-')}\` | ${each.type} | ${value} | ${each.doc.replaceAll('|', '\\|')} |`;
  });
  return `\n## Parameters\n\n| option | type | default | what it is |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function serviceText(name: string, artifact: string, step: string): string {
  return `
## Service

\`POST /predict\` answers with the predictions of \`${artifact}\`, as step \`${step}\` left it. \`GET /schema\` shows what a row
looks like. The model lies in \`model/\`; \`MODEL_PATH\` names another folder.

\`\`\`
.venv/bin/python -m ${name} export-model
.venv/bin/python -m ${name} serve --port 8000
curl -X POST localhost:8000/predict -H 'content-type: application/json' -d '{"rows": [[…]]}'
\`\`\`
`;
}
