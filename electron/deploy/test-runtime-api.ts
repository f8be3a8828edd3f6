/** Lambda's Runtime API for tests: a process asks it for one event after the other and sends the answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** Of a function URL, version 2.0. */
export interface FunctionEvent {
  readonly version: '2.0';
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly domainName: string;
    readonly http: { readonly method: string; readonly path: string };
  };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

const answerSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});
const errorSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

export type FunctionAnswer =
  | { readonly status: number; readonly type: string | null; readonly body: string }
  | { readonly error: string };

interface Waiting {
  readonly event: FunctionEvent;
  readonly tell: (answer: FunctionAnswer) => void;
}

export class RuntimeApi {
  initFailure: string | null = null;
  #count = 0;
  #refusal: string | null = null;
  readonly #queue: Waiting[] = [];
  readonly #given = new Map<string, Waiting>();
  readonly #asking: ServerResponse[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((thrown: unknown) =>
        response.writeHead(500).end(String(thrown)),
      );
    });
  }

  /** On an address that a container reaches too, where one is given. */
  static async start(ip = '127.0.0.1'): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, ip, resolve));
    return api;
  }

  /** What AWS_LAMBDA_RUNTIME_API says. */
  get host(): string {
    const at = this.#server.address();
    return typeof at === 'object' && at ? `${at.address}:${at.port}` : '';
  }

  ask(event: FunctionEvent): Promise<FunctionAnswer> {
    return new Promise((tell) => {
      this.#queue.push({ event, tell });
      this.#give();
    });
  }

  /** The next answer is not taken, for that reason. */
  refuseNext(why: string): void {
    this.#refusal = why;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#asking.push(response);
      this.#give();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const [, id = '', what = ''] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (path === 'init/error') this.initFailure = wordsOf(body);
    else if (what === 'response' && this.#refusal !== null) {
      response.writeHead(413).end(this.#refusal);
      this.#refusal = null;
      return;
    } else this.#given.get(id)?.tell(what === 'error' ? { error: wordsOf(body) } : answerOf(body));
    response.writeHead(202).end('{"status":"OK"}');
  }

  #give(): void {
    if (this.#queue.length === 0) return;
    const asking = this.#asking.shift();
    if (!asking) return;
    const next = this.#queue.shift();
    if (!next) return;
    const id = `request-${++this.#count}`;
    this.#given.set(id, next);
    asking
      .writeHead(200, { 'lambda-runtime-aws-request-id': id, 'content-type': 'application/json' })
      .end(JSON.stringify(next.event));
  }
}

function answerOf(body: unknown): FunctionAnswer {
  const { statusCode, headers, body: text, isBase64Encoded } = answerSchema.parse(body);
  return {
    status: statusCode,
    type: headers['content-type'] ?? null,
    body: isBase64Encoded ? Buffer.from(text, 'base64').toString() : text,
  };
}

function wordsOf(body: unknown): string {
  const { errorType, errorMessage } = errorSchema.parse(body);
  return `${errorType}: ${errorMessage}`;
}
