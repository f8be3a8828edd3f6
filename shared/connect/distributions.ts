/** Which distribution brings an import: the same name, except for those that people trip over. */

const BY_MODULE: Readonly<Record<string, string>> = {
  attr: 'attrs',
  Bio: 'biopython',
  bs4: 'beautifulsoup4',
  cairo: 'pycairo',
  community: 'python-louvain',
  Crypto: 'pycryptodome',
  // Without a screen the headless build is the one that imports.
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  docx: 'python-docx',
  dotenv: 'python-dotenv',
  faiss: 'faiss-cpu',
  fitz: 'pymupdf',
  git: 'gitpython',
  grpc: 'grpcio',
  hydra: 'hydra-core',
  igraph: 'python-igraph',
  imblearn: 'imbalanced-learn',
  jose: 'python-jose',
  jwt: 'pyjwt',
  kafka: 'kafka-python',
  magic: 'python-magic',
  MySQLdb: 'mysqlclient',
  mpl_toolkits: 'matplotlib',
  nacl: 'pynacl',
  OpenSSL: 'pyopenssl',
  osgeo: 'gdal',
  PIL: 'pillow',
  pkg_resources: 'setuptools',
  pptx: 'python-pptx',
  psycopg2: 'psycopg2-binary',
  pylab: 'matplotlib',
  pywt: 'pywavelets',
  rest_framework: 'djangorestframework',
  serial: 'pyserial',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  skopt: 'scikit-optimize',
  slugify: 'python-slugify',
  sksurv: 'scikit-survival',
  telegram: 'python-telegram-bot',
  umap: 'umap-learn',
  usb: 'pyusb',
  websocket: 'websocket-client',
  wx: 'wxpython',
  yaml: 'pyyaml',
  zmq: 'pyzmq',
};

/** The distribution of a top-level module. */
export function distributionOf(module: string): string {
  const top = module.split('.')[0] ?? module;
  return BY_MODULE[top] ?? top.replaceAll('_', '-').toLowerCase();
}

/** The distributions of imports, each once, in order of name. */
export function distributionsOf(imports: readonly string[]): string[] {
  return [...new Set(imports.map(distributionOf))].sort();
}

/** `import a.b` asks whether `a` is there; relative imports ask nothing. */
export function topLevelModules(imports: readonly string[]): string[] {
  const names = imports.map((name) => name.split('.')[0] ?? '').filter((name) => name !== '');
  return [...new Set(names)].sort();
}
