/** What the notebook's own model predicts, told by the notebook itself: its cells run by IPython, without Slipway. */

import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { dataPython } from '../electron/package/test-python';

const RUN_CELLS = `
import json, sys
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.enable_gui = lambda *given, **named: None
import matplotlib
matplotlib.use("Agg")
path, *names = sys.argv[1:]
shell = InteractiveShell.instance()
for cell in json.load(open(path))["cells"]:
    if cell["cell_type"] == "code":
        shell.run_cell("".join(cell["source"])).raise_error()
`;

const ASK_MODEL = `
import numpy as np
model, rows = names
table = shell.user_ns[rows]
some = np.asarray(shell.user_ns[model].predict(table[:200])).tolist()
chosen = sorted({0, 1} | {some.index(value) for value in list(dict.fromkeys(some))[:4]})
assert len({some[at] for at in chosen}) > 1, "one answer for all rows would prove nothing"
head = table.iloc[chosen] if hasattr(table, "iloc") else np.asarray(table)[chosen]
predicted = shell.user_ns[model].predict(head)
sent = head.to_dict("records") if hasattr(head, "to_dict") else np.asarray(head).tolist()
print(json.dumps({"rows": sent, "predictions": np.asarray(predicted).tolist()}))
`;

/** The last line that the notebook prints. */
export function lastLineOf(notebook: string): string {
  return askPython(notebook, RUN_CELLS, []);
}

export interface Truth {
  readonly rows: readonly unknown[];
  readonly predictions: readonly unknown[];
}

/** Rows of the notebook's variable `rows` that its variable `model` answers differently, and its answers. */
export function askNotebook(notebook: string, model: string, rows: string): Truth {
  return JSON.parse(askPython(notebook, RUN_CELLS + ASK_MODEL, [model, rows])) as Truth;
}

/** Answers the last line that is printed. */
function askPython(notebook: string, script: string, names: readonly string[]): string {
  const python = dataPython();
  const printed = execFileSync(python, ['-c', script, notebook, ...names], {
    cwd: dirname(notebook),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return printed.trim().split('\n').at(-1) ?? '';
}
