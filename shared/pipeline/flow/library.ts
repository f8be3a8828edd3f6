/** What functions of well-known libraries do to their arguments and to the world, by their full names. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Change their first argument. */
export const CHANGES_FIRST: ReadonlySet<string> = words(
  'builtins.next builtins.setattr builtins.delattr random.shuffle numpy.random.shuffle heapq.heappush heapq.heappop ' +
    'heapq.heapify heapq.heapreplace heapq.heappushpop bisect.insort bisect.insort_left bisect.insort_right ' +
    'numpy.put numpy.place numpy.copyto numpy.fill_diagonal numpy.put_along_axis numpy.putmask ' +
    'torch.nn.utils.clip_grad_norm_ torch.nn.utils.clip_grad_value_ operator.setitem operator.delitem',
);

/** Containers and iterators over what they are given. */
export const HOLDING_BUILTINS: ReadonlySet<string> = words(
  'list dict tuple set frozenset sorted zip enumerate map filter iter reversed next getattr max min vars super',
);

export const ITERATORS: ReadonlySet<string> = words(
  'builtins.zip builtins.enumerate builtins.map builtins.filter builtins.iter builtins.reversed itertools.count ' +
    'itertools.cycle itertools.chain itertools.islice itertools.product itertools.permutations csv.reader',
);

export const HANDLES: ReadonlySet<string> = words(
  'builtins.open io.open gzip.open bz2.open sqlite3.connect h5py.File zipfile.ZipFile tarfile.open ' +
    'sqlalchemy.create_engine psycopg2.connect pymysql.connect requests.Session socket.socket ' +
    'concurrent.futures.ThreadPoolExecutor concurrent.futures.ProcessPoolExecutor multiprocessing.Pool threading.Lock',
);

export const RANDOM_GENERATORS: ReadonlySet<string> = words(
  'numpy.random.RandomState numpy.random.default_rng numpy.random.Generator random.Random random.SystemRandom ' +
    'torch.Generator sklearn.utils.check_random_state',
);

export const NUMPY_VIEWS: ReadonlySet<string> = words(
  'asarray asanyarray ascontiguousarray reshape ravel transpose squeeze expand_dims swapaxes moveaxis rollaxis ' +
    'broadcast_to atleast_1d atleast_2d atleast_3d split array_split hsplit vsplit dsplit diagonal nditer ndenumerate ' +
    'broadcast_arrays matrix_transpose real imag flip fliplr flipud rot90',
);

/** Give new values, whatever they were given. */
const FRESH_ROOTS = words(
  'numpy pandas scipy math statistics random cmath decimal fractions string re os sys time datetime json ' +
    'seaborn matplotlib collections operator glob hashlib base64 textwrap pprint warnings logging platform ' +
    'numbers calendar uuid secrets getpass shutil pathlib tempfile subprocess urllib requests polars',
);

/** Estimators, wrappers, optimisers and closures keep what they are given; plain functions give new values. */
export function keepsArguments(path: string): boolean {
  const parts = path.split('.');
  const last = parts.at(-1) ?? '';
  const root = parts[0] ?? '';
  if (root === 'builtins') return HOLDING_BUILTINS.has(last);
  if (
    /^(?:make_pipeline|make_union|make_column_|clone_|wrap|partial|cycle|chain|islice|tee|compose)/.test(
      last,
    )
  )
    return true;
  if (/^(?:collections\.(?:deque|OrderedDict|defaultdict|ChainMap)|types\.)/.test(path))
    return true;
  if (root === 'numpy') return NUMPY_VIEWS.has(last);
  if (FRESH_ROOTS.has(root)) return false;
  if (root === 'sklearn') return /^[A-Z]/.test(last);
  if (root === 'copy') return last === 'copy';
  return true;
}

export function isSeed(path: string): boolean {
  return /^(?:numpy\.random\.seed|random\.seed|torch\.(?:cuda\.)?manual_seed(?:_all)?|tensorflow\.(?:compat\.v1\.)?random\.set_seed|tensorflow\.set_random_seed|keras\.utils\.set_random_seed|tensorflow\.keras\.utils\.set_random_seed)$/.test(
    path,
  );
}

/** Gives another value in every run. */
export const givesAnotherEachTime = (path: string): boolean =>
  /^(?:datetime\.(?:datetime\.(?:now|utcnow|today)|date\.today)|pandas\.(?:Timestamp\.(?:now|today|utcnow)|to_datetime\.now)|uuid\.uuid[14]|os\.urandom|secrets\.\w+)$/.test(
    path,
  );

export type Stream = 'numpy' | 'random' | 'torch' | 'tensorflow';

export function streamOf(path: string): Stream {
  const root = path.split('.')[0] ?? '';
  if (root === 'random') return 'random';
  if (root === 'torch') return 'torch';
  if (root === 'tensorflow' || root === 'keras') return 'tensorflow';
  return 'numpy';
}

const NOT_DRAWS = words(
  'getstate setstate get_state set_state Random SystemRandom RandomState default_rng Generator',
);

/** Draws from a stream that the whole process shares. */
export function drawsGlobally(path: string): boolean {
  const last = path.split('.').at(-1) ?? '';
  if (NOT_DRAWS.has(last) || isSeed(path)) return false;
  if (/^(?:numpy\.random|random)\.[a-z]\w*$/.test(path)) return true;
  return /^torch\.(?:rand|randn|randint|randperm|normal|bernoulli|multinomial)(?:_like)?$/.test(
    path,
  );
}

/** Of scikit-learn: what has a `random_state` that is None unless given. */
export function takesRandomState(path: string): boolean {
  if (!path.startsWith('sklearn.')) return false;
  const last = path.split('.').at(-1) ?? '';
  return (
    /^(?:train_test_split|shuffle|resample|make_(?!pipeline|union|column)\w+|permutation_importance)$/.test(
      last,
    ) ||
    /(?:Forest|ExtraTrees?|ExtraTree)(?:Classifier|Regressor)$|^(?:SGD|MLP|Bagging|DecisionTree|AdaBoost|GradientBoosting|HistGradientBoosting)(?:Classifier|Regressor)$|^(?:KMeans|MiniBatchKMeans|TSNE|NMF|IsolationForest|GaussianMixture|BayesianGaussianMixture|ShuffleSplit|StratifiedShuffleSplit|GroupShuffleSplit|RandomizedSearchCV|RANSACRegressor|RandomTreesEmbedding|SpectralClustering|LatentDirichletAllocation|RepeatedKFold|RepeatedStratifiedKFold|GaussianProcessRegressor|FastICA|TruncatedSVD|Nystroem|RBFSampler|PassiveAggressiveClassifier|Perceptron|SpectralEmbedding|MDS)$/.test(
      last,
    )
  );
}

/** These draw when called; the other classes when they are fitted. */
export const drawsAtOnce = (path: string) => /^[a-z]/.test(path.split('.').at(-1) ?? '');

/** Settings of a library: they belong to every process that uses it. */
export function isSetting(path: string): boolean {
  const last = path.split('.').at(-1) ?? '';
  return (
    /^(?:pandas\.(?:set_option|reset_option|options)|numpy\.(?:set_printoptions|seterr)|warnings\.|logging\.(?:basicConfig|disable)|sklearn\.set_config|locale\.|matplotlib\.(?:rc|use|style|rcParams|rcdefaults)|seaborn\.set)/.test(
      path,
    ) ||
    (path.startsWith('matplotlib.') &&
      /^(?:rc|rcParams|rcdefaults|use|switch_backend|ion|ioff|set_matplotlib_formats|set_loglevel)$/.test(
        last,
      )) ||
    /\.(?:rcParams|options|style|templates|rcParamsDefault)(?:\.|$)/.test(path) ||
    /(?:register_matplotlib_converters|init_notebook_mode|set_matplotlib_formats|set_verbosity\w*|setLevel|register_pandas|enable_iterative_imputer|tqdm\.pandas)$/.test(
      path,
    )
  );
}

export const isPlotting = (path: string) =>
  !/^matplotlib\.(?:pyplot\.)?(?:get_\w+|rcParams\b.*|colormaps\b.*)$/.test(path) &&
  /^(?:matplotlib|seaborn(?!\.(?:load_dataset|get_dataset_names|color_palette))|plotly(?!\.data)|bokeh|altair|pylab|graphviz|folium|missingno|yellowbrick|mglearn\.plots)\b/.test(
    path,
  );

const READERS: readonly [RegExp, number][] = [
  [/^pandas\.(?:read_\w+|ExcelFile|HDFStore)$/, 0],
  [/^(?:polars|geopandas|dask\.dataframe|modin\.pandas|cudf)\.(?:read|scan)_\w+$/, 0],
  [/^numpy\.(?:load|loadtxt|genfromtxt|fromfile|memmap)$/, 0],
  [/^(?:joblib|sklearn\.externals\.joblib|torch|xgboost|librosa)\.load$/, 0],
  [/^(?:skimage\.io|imageio(?:\.v\d)?|matplotlib\.(?:pyplot|image)|cv2|plt)\.imread$/, 0],
  [/^PIL\.Image\.open$/, 0],
  [/^scipy\.io\.(?:loadmat|wavfile\.read|arff\.loadarff)$/, 0],
  [/^(?:pyarrow\.(?:parquet|csv|feather)\.read_\w+)$/, 0],
  [/^(?:tensorflow\.)?keras\.models\.load_model$/, 0],
  [/^(?:os\.listdir|glob\.i?glob|os\.scandir|os\.walk)$/, 0],
];

const WRITERS: readonly [RegExp, number][] = [
  [/^numpy\.(?:save|savez|savez_compressed|savetxt)$/, 0],
  [/^(?:joblib|sklearn\.externals\.joblib)\.dump$/, 1],
  [/^torch\.save$/, 1],
  [/^matplotlib\.pyplot\.(?:savefig|imsave)$/, 0],
  [/^(?:cv2\.imwrite|skimage\.io\.imsave|imageio\.\w+)$/, 0],
  [/^os\.(?:makedirs|mkdir|remove|unlink|rmdir|rename)$/, 0],
  [/^shutil\.(?:copy\w*|move|rmtree)$/, 1],
  [/^(?:urllib\.request\.urlretrieve|wget\.download)$/, 1],
  [/^(?:pyarrow\.parquet\.write_table)$/, 1],
  [/^(?:sklearn\.tree\.export_graphviz)$/, 1],
];

const argumentOf = (rules: readonly [RegExp, number][], path: string): number | null =>
  rules.find(([pattern]) => pattern.test(path))?.[1] ?? null;

/** Which argument names the file, null for a function that touches none. */
export const readArgument = (path: string) => argumentOf(READERS, path);
export const writeArgument = (path: string) => argumentOf(WRITERS, path);

const UNKNOWABLE: Readonly<Record<string, string>> = {
  exec: 'exec runs code made while the notebook runs, so the names it binds and reads can’t be known. Write the code itself, or skip the cell.',
  eval: 'eval runs code made while the notebook runs, so the names it reads can’t be known. Write the expression itself, or skip the cell.',
  globals:
    'globals() reaches names by text, so which ones can’t be known. Keep the values in a dictionary of their own.',
  locals:
    'locals() reaches names by text, so which ones can’t be known. Keep the values in a dictionary of their own.',
  __import__: '__import__ takes the module by text, so what it gives can’t be known.',
  input: 'input() waits for a person; in a step there is none. Make its value a parameter.',
  breakpoint: 'breakpoint() waits for a person; in a step there is none.',
};

export function unknowableReason(path: string): string | null {
  const [root, last = ''] = path.split('.');
  if (path === 'importlib.import_module') return UNKNOWABLE['__import__'] ?? null;
  if (path === 'getpass.getpass')
    return 'getpass waits for a person; in a step there is none. Make it a secret parameter.';
  return root === 'builtins' && path.split('.').length === 2 ? (UNKNOWABLE[last] ?? null) : null;
}
