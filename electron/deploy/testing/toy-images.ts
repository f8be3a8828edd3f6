/** For tests of targets that run images: a package of one small file that serves and runs like a real one, built in a second. */
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { familiarName } from '../../../shared/build';
import { OURS } from '../../build';
import type { DeployablePackage, ImageMaker } from '../targets/target';
import { finished } from './engine-work';

export const TOYS: Readonly<Record<'first' | 'second' | 'broken', DeployablePackage>> = {
  first: toy('first'),
  second: toy('second'),
  broken: toy('broken'),
};

/** What the broken one says before it ends. */
export const BROKEN_SAYS = /the model file is damaged/;

const KEPT = '-layers';

export const whyNoDocker = (): string | null =>
  process.env.SLIPWAY_TEST_DOCKER === '1'
    ? null
    : (process.env.SLIPWAY_TEST_DOCKER_WHY ?? 'no Docker engine was started for the tests');

function toy(hash: string): DeployablePackage {
  return { folder: '/nowhere', name: 'toy', hash, python: '3.11', hasService: true };
}

const MAIN = `
import http.server, json, os, signal, sys, time
# The first process of a container is not ended by a signal it does not take.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
VERSION = "{{version}}"
if sys.argv[1] == "run":
    print("the job of", VERSION, *[each for each in sys.argv if "=" in each], flush=True)
    if VERSION == "broken" or "--fail=yes" in sys.argv:
        sys.exit("the model file is damaged")
    time.sleep(float(os.environ.get("TOY_SECONDS", "0.2")))
    if "--only" in sys.argv:
        step = sys.argv[sys.argv.index("--only") + 1]
        folder = sys.argv[sys.argv.index("--run-folder") + 1]
        print(step, "finds", *sorted(os.listdir(folder)), flush=True)
        if step == os.environ.get("TOY_FAILS_AT"):
            sys.exit(7)
        for name in (step, ".state", "workspace"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        open(os.path.join(folder, step, "result.txt"), "w").write(VERSION)
    elif os.environ.get("TOY_KEEPS"):
        open("/app/run/result.txt", "w").write(VERSION)
    sys.exit(0)
if VERSION == "broken":
    sys.exit("the model file is damaged")
if sys.argv[1] == "steps":
    sys.exit(0)
if sys.argv[1] == "lambda":
    import urllib.request
    runtime = "http://%s/2018-06-01/runtime/invocation/" % os.environ["AWS_LAMBDA_RUNTIME_API"]
    while True:
        asked = urllib.request.urlopen(runtime + "next")
        is_post = json.load(asked)["requestContext"]["http"]["method"] == "POST"
        said = {"predictions": [VERSION]} if is_post else {"ok": True, "greeting": os.environ.get("GREETING")}
        body = json.dumps({"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(said), "isBase64Encoded": False})
        urllib.request.urlopen(runtime + asked.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", body.encode())
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        if self.path == "/readyz" and os.environ.get("TOY_READY") == "never":
            return self.send_error(503)
        self.answer({"ok": True, "greeting": os.environ.get("GREETING"), "secret": len(os.environ.get("TOKEN", ""))})
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        print("predicting", flush=True)
        self.answer({"predictions": [VERSION]})
    def log_message(self, *_):
        pass
port = int(sys.argv[sys.argv.index("--port") + 1])
eaten = bytearray(os.urandom(1) * (int(os.environ.get("TOY_EATS_MIB", "0")) << 20))
print("serving", VERSION, flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()
`;

export const toySource = ({ hash }: DeployablePackage): string => MAIN.replace('{{version}}', hash);

/** An image of its own for each kit: an engine tells two of the same content as one. */
const DOCKERFILE = (base: string, kit: string) => `FROM ${base}
COPY toy.py /app/src/toy/__main__.py
ENV PYTHONPATH=/app/src
WORKDIR /app
RUN mkdir -p /app/run && chown -R 65532:65532 /app/run
USER 65532:65532
LABEL ${OURS}=true kit=${kit}
CMD ["python3", "-m", "toy", "serve", "--host", "0.0.0.0", "--port", "8000"]
`;

/** Builds on the engine it is given, for tests that run side by side; pushing is another test's matter. */
export function toyImages(docker: Docker, repository: string): ImageMaker {
  const nameOf = ({ hash }: DeployablePackage) => `${repository}:${hash}`;
  return {
    nameOf,
    platform: async () => {
      const { Os, Arch } = await docker.version();
      return `${Os}/${Arch}`;
    },
    ensure: (made) => buildToy(docker, made, repository, nameOf(made)),
    push: () => Promise.reject(new Error('The toy images are not pushed.')),
  };
}

async function buildToy(
  docker: Docker,
  made: DeployablePackage,
  repository: string,
  name: string,
): Promise<void> {
  const pack = tar.pack();
  pack.entry({ name: 'toy.py' }, toySource(made));
  const base = process.env.SLIPWAY_TEST_BASE_IMAGE ?? 'python:3.12-slim';
  pack.entry({ name: 'Dockerfile' }, DOCKERFILE(base, repository));
  pack.finalize();
  const stream = await docker.buildImage(pack as unknown as NodeJS.ReadableStream, {
    t: name,
    networkmode: 'none',
  });
  await finished(docker, stream);
}

/** The same, pushed by the engine as whoever the cloud says. */
export function pushedToys(docker: Docker, repository: string): ImageMaker {
  const toys = toyImages(docker, repository);
  return {
    ...toys,
    push: async (made, reference, task, signIn) => {
      await toys.ensure(made, null, task);
      const at = reference.lastIndexOf(':');
      const [repo, tag] = [reference.slice(0, at), reference.slice(at + 1)];
      await docker.getImage(toys.nameOf(made)).tag({ repo, tag });
      const authconfig = { ...signIn, serveraddress: reference.split('/')[0] ?? '' };
      const stream = await docker.getImage(reference).push({ authconfig });
      const lines = await finished(docker, stream).finally(() =>
        docker.getImage(reference).remove(),
      );
      return lines.find(({ aux }) => aux?.Digest)?.aux?.Digest ?? '';
    },
  };
}

/** Under a second name: an image that a deployment took away with it is made again from these layers, at once. */
export async function keepToyLayers(docker: Docker, repository: string): Promise<void> {
  for (const toy of Object.values(TOYS)) {
    await buildToy(docker, toy, repository, `${repository}${KEPT}:${toy.hash}`);
  }
}

/** A line for each that stands under its own name. */
export async function toyImageLines(docker: Docker, repository: string): Promise<string[]> {
  const all = await docker.listImages();
  return all
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .map(familiarName)
    .filter((tag) => tag.startsWith(`${repository}:`))
    .map((tag) => `image ${tag}`);
}

export async function removeToyImages(docker: Docker, repository: string): Promise<void> {
  const names = Object.values(TOYS).flatMap(({ hash }) =>
    ['', KEPT].map((kept) => `${repository}${kept}:${hash}`),
  );
  for (const name of names) {
    await docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  }
}
