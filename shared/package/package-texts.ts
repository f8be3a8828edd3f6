/** The README of a package, and what its steps have to hand on. */
import { installCommand, isPython, type Pipeline } from '../pipeline';
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

/** A notebook that runs as a whole needs its kernel. */
function kernelText({ pipeline: { whole }, notebookName }: PackageInput): string {
  if (!whole) return '';
  const start = `\nThe notebook runs as one step. \`workspace/\` holds what it wrote and \`${notebookName.replace(/\.ipynb$/, '')}.executed.ipynb\`.\n`;
  if (isPython(whole.language)) return start;
  const install = installCommand(whole.language);
  return `${start}Its cells are written in ${whole.language}: the Jupyter kernel \`${whole.kernel}\` has to be installed where it runs, in an image too.
${install ? `\n\`\`\`\n${install}\n\`\`\`\n` : ''}`;
}

/** Several notebooks: in their order, with the reason for it. */
function notebooksText({ pipeline, notebookName }: PackageInput): string {
  const { steps } = pipeline;
  if (!steps.some(({ notebook }) => notebook)) return '';
  const first = steps.findIndex(({ notebook }) => !notebook);
  const rows = steps.flatMap(({ id, notebook, reason }, at) => {
    if (!notebook) return at === first ? [`- \`${notebookName}\`: divided into steps.`] : [];
    const where = at < first ? 'before' : 'after';
    const install = isPython(notebook.language) ? null : installCommand(notebook.language);
    const kernel = isPython(notebook.language)
      ? ''
      : ` Its Jupyter kernel \`${notebook.kernel}\` has to be installed where it runs, in an image too${install ? `: \`${install}\`` : ''}.`;
    return [`- \`${notebook.path}\`, step **${id}**, ${where} it. ${reason}${kernel}`];
  });
  return `
## Notebooks

Each has names of its own; what goes from one to the next is files in \`workspace/\`, where each notebook is left as it
was executed (\`.executed.ipynb\`). They run in this order:

${rows.join('\n')}
`;
}

export function readme(input: PackageInput): string {
  const { name, notebookName, pipeline, serve, python } = input;
  const kernel = kernelText(input);
  const first = pipeline.parameters.find((each) => each.type !== 'secret');
  const option = first
    ? ` --${first.name.replaceAll('_', '-')} ${shellWord(first.defaultSource)}`
    : '';
  return `# ${name}

Made from \`${notebookName}\` by Slipway. Plain Python ${python}: nothing of Slipway is needed to run it.
${kernel}${notebooksText(input)}
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
reads and writes. Run again, only those steps run whose code, inputs, parameters, files, random stream, environment
variables or installed packages changed, by content; the output says which and why. \`--fresh\` runs all of them. What the
clock says or the network sends is not looked at. A run that was killed goes on where it was.

- \`--from STEP\`, \`--only STEP\`: run these, whatever changed; earlier steps must have been run.
- \`--jobs N\`: up to N steps side by side. A step waits for those whose outputs it takes, and where its order decides: it
  draws from a random stream all steps share, writes files, sets options or environment variables, or runs commands.
  Steps that disturbed one another nevertheless are run again in order, so the results are those of one after another.
- \`--retries N\`, \`--timeout SECONDS\`, \`--timeout STEP=SECONDS\`: in place of what a step has of its own
  (\`retries\` and \`timeout_seconds\` in \`pipeline.py\`). A step that takes too long is ended with all it started.
- \`--isolate fork\` (Linux, where libraries leave no thread running after their import) imports libraries once and forks a
  process for each step; \`spawn\` starts a new Python for each. By default it forks where that is safe. The peak memory of
  a forked step counts the libraries it shares.
- \`--seed N\` gives the random streams a start, \`--json\` tells progress for programs, one event a line.

Exit codes: 0 done; 1 a step failed; 2 the command line or a value cannot be used, nothing was run; 3 another run works
in the folder; 124 a step took longer than its time-out; 130 cancelled.
${sweepText(input)}
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

function sweepText({ name, pipeline }: PackageInput): string {
  const swept = pipeline.parameters.find((each) => ['int', 'float', 'str'].includes(each.type));
  if (!swept) return '';
  return `
## Many values

\`\`\`
.venv/bin/python -m ${name} sweep --grid ${swept.name}=…,…
\`\`\`

Runs each combination of the values in a folder of its own below \`sweep/\`; steps that several combinations share run
once. \`results.csv\` and \`results.json\` hold the parameters and the numbers of the last step. \`--list\` takes values that
go together, \`--file\` reads both from JSON or YAML. A value that breaks its type is refused before anything runs.
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

The same image answers as a function of AWS Lambda, behind a function URL, where its command is \`python3 -m ${name} lambda\`.
`;
}
