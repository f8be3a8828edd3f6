/** What may go wrong at Google, in the words Google uses. */
export type Fault = {
  /** The method it befalls ("CreateService"), or "*". */
  readonly method: string;
  /** How many calls. */
  readonly times: number;
} & (
  | { readonly kind: 'denied'; readonly permission: string }
  | { readonly kind: 'disabled'; readonly api: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'quota' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** What was asked for is done, and the answer never comes. */
  | { readonly kind: 'lost-answer' }
);

export class GoogleRefusal extends Error {
  constructor(
    readonly http: number,
    readonly status: string,
    message: string,
    readonly reason: string | null = null,
    readonly metadata: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  body(): unknown {
    // OAuth has words of its own.
    if (this.status === 'invalid_grant')
      return { error: this.status, error_description: this.message };
    const details = this.reason
      ? [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: this.reason,
            domain: 'iam.googleapis.com',
            metadata: this.metadata,
          },
        ]
      : [];
    return {
      error: { code: this.http, message: this.message, status: this.status, details },
    };
  }
}

export function refusalOf(fault: Fault, resource: string): GoogleRefusal | null {
  switch (fault.kind) {
    case 'denied':
      return new GoogleRefusal(
        403,
        'PERMISSION_DENIED',
        `Permission '${fault.permission}' denied on resource '${resource}' (or resource may not exist).`,
        'IAM_PERMISSION_DENIED',
        { permission: fault.permission, resource },
      );
    case 'disabled':
      return new GoogleRefusal(
        403,
        'PERMISSION_DENIED',
        `${fault.api} has not been used in project demo-project before or it is disabled.`,
        'SERVICE_DISABLED',
        { service: fault.api },
      );
    case 'throttled':
      return new GoogleRefusal(
        429,
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per region' of service 'run.googleapis.com' for consumer 'project_number:4711'.",
        'RATE_LIMIT_EXCEEDED',
      );
    case 'quota':
      return new GoogleRefusal(
        429,
        'RESOURCE_EXHAUSTED',
        'Quota exceeded for total allowable CPU per project per region.',
      );
    case 'expired':
      return new GoogleRefusal(
        401,
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
        'ACCESS_TOKEN_EXPIRED',
      );
    case 'unavailable':
      return new GoogleRefusal(503, 'UNAVAILABLE', 'The service is currently unavailable.');
    case 'slow':
    case 'lost-answer':
      return null;
  }
}

export const notFound = (name: string): GoogleRefusal =>
  new GoogleRefusal(404, 'NOT_FOUND', `Resource '${name}' was not found`);
export const alreadyExists = (name: string): GoogleRefusal =>
  new GoogleRefusal(409, 'ALREADY_EXISTS', `Resource '${name}' already exists.`);
export const badPrecondition = (message: string): GoogleRefusal =>
  new GoogleRefusal(400, 'FAILED_PRECONDITION', message);
