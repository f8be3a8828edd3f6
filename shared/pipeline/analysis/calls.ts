/** What calls of well-known functions say: files, environment variables, draws from a random stream. */
import type { CellFacts } from '../facts';
import type { CellRun } from './run-cell';

type Calls = CellRun['calls'];

const READS =
  /^(pandas\.read_\w+|numpy\.(load|loadtxt|genfromtxt|fromfile)|joblib\.load|open|PIL\.Image\.open|matplotlib\.(image|pyplot)\.imread|polars\.(read|scan)_\w+|torch\.load|sqlite3\.connect)$/;
const WRITES =
  /^(numpy\.(save|savez|savez_compressed|savetxt)|joblib\.dump|matplotlib\.pyplot\.savefig|torch\.save|os\.makedirs|os\.mkdir)$/;
const WRITE_METHODS = /\.?(to_csv|to_parquet|to_excel|to_json|to_pickle|savefig)$/;
const ENVIRONMENT = /^os\.(getenv|environ\.get)$/;

export function findFiles(
  calls: Calls,
): Pick<CellFacts, 'filesRead' | 'filesWritten' | 'environmentVariables'> {
  const filesRead: CellFacts['filesRead'] = [];
  const filesWritten: CellFacts['filesWritten'] = [];
  const environmentVariables: CellFacts['environmentVariables'] = [];
  for (const { path, line, args } of calls) {
    const given = args[0] || null;
    const isWriteMode = path === 'open' && /^[wax]/.test(args[1] ?? '');
    const use = { line: Math.max(1, line), path: given, how: path };
    if (ENVIRONMENT.test(path) && given) environmentVariables.push({ name: given, line: use.line });
    else if (WRITES.test(path) || WRITE_METHODS.test(path) || isWriteMode) filesWritten.push(use);
    else if (READS.test(path) && !/^https?:/.test(given ?? '')) filesRead.push(use);
  }
  return { filesRead, filesWritten, environmentVariables };
}

const GLOBAL_STREAM =
  /^(numpy\.random\.(?!RandomState$|default_rng$|Generator$|seed$)\w+|random\.(?!Random$|SystemRandom$|seed$)\w+)$/;
const SEEDING =
  /^(numpy\.random\.seed|random\.seed|torch\.manual_seed|numpy\.random\.RandomState|numpy\.random\.default_rng)$/;
const RANDOM_ESTIMATOR =
  /\.(train_test_split|KMeans|MiniBatchKMeans|\w*Forest\w*|\w*Boosting\w*|DecisionTree\w*|ExtraTree\w*|MLP\w+|SGD\w+|ShuffleSplit|Stratified\w*Split|TSNE|Bagging\w+|make_\w+)$/;

export function findRandomness(calls: Calls): CellFacts['randomness'] {
  return calls.flatMap(({ path, line, args, keywords }) => {
    const at = Math.max(1, line);
    if (SEEDING.test(path)) return [{ line: at, source: path, isSeeded: args.length > 0 }];
    if (GLOBAL_STREAM.test(path)) return [{ line: at, source: path, isSeeded: false }];
    if (
      path.startsWith('sklearn.') &&
      RANDOM_ESTIMATOR.test(path) &&
      !/\.make_(pipeline|union|column|scorer)/.test(path)
    ) {
      return [{ line: at, source: path, isSeeded: keywords.includes('random_state') }];
    }
    return [];
  });
}
