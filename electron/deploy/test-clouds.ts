/**
 * Stands instead of the clouds, for the tests of the whole app: named by one variable of the environment, on loopback
 * only. Who signs in is still found by the vendors' own chains where they have one that can be led to a stand.
 */
import { z } from 'zod';
import type { AwsEndpoint } from './targets/aws/clients';
import type { AzureStand } from './targets/azure-container-apps';
import { authLibrary, type GoogleStand } from './targets/google-cloud-run';
import type { ImageMaker } from './targets/target';

export const TEST_CLOUDS = 'SLIPWAY_TEST_CLOUDS';

const loopback = z.string().regex(/^127\.0\.0\.1:\d+$/);
const count = z.int().positive();

const cloudsSchema = z.strictObject({
  aws: z
    .strictObject({
      url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
      registry: loopback,
      attempts: count,
      pollMs: count,
    })
    .optional(),
  google: z.strictObject({ port: count, pollMs: count, registry: loopback }).optional(),
  azure: z
    .strictObject({
      ...{ port: count, ca: z.string(), pollMs: count, retryMs: count },
      registry: loopback,
    })
    .optional(),
});
export type TestClouds = z.infer<typeof cloudsSchema>;

export function readTestClouds(text: string | undefined): TestClouds {
  return text ? cloudsSchema.parse(JSON.parse(text)) : {};
}

export const awsEndpoint = ({ aws }: TestClouds): { endpoint?: AwsEndpoint } =>
  aws ? { endpoint: aws } : {};

export function googleNeeds(images: ImageMaker, { google }: TestClouds) {
  if (!google) return { images, stand: null };
  const stand: GoogleStand = {
    ...{ port: google.port, pollMs: google.pollMs },
    // No file of application default credentials leads to another token server and gives identity tokens too.
    signIn: async () => {
      const { UserRefreshClient } = await authLibrary();
      const stood = { clientId: 'stand', clientSecret: 'stand', refreshToken: 'stand' };
      const oauth2TokenUrl = `http://127.0.0.1:${google.port}/token`;
      return new UserRefreshClient({ ...stood, endpoints: { oauth2TokenUrl } });
    },
  };
  return { images: pushedTo(google.registry, images), stand };
}

export function azureNeeds(images: ImageMaker, { azure }: TestClouds) {
  if (!azure) return { images, stand: null };
  const { registry, ...place } = azure;
  const stand: AzureStand = {
    ...place,
    signIn: async () => {
      const { DefaultAzureCredential } = await import('@azure/identity');
      return new DefaultAzureCredential({
        authorityHost: `https://localhost:${azure.port}`,
        disableInstanceDiscovery: true,
        tlsOptions: { ca: azure.ca },
      });
    },
  };
  return { images: pushedTo(registry, images), stand };
}

/** The name stays the cloud's; only where it is pushed to is the stand's registry. */
const pushedTo = (registry: string, images: ImageMaker): ImageMaker => ({
  nameOf: (made) => images.nameOf(made),
  platform: () => images.platform(),
  ensure: (made, engine, task) => images.ensure(made, engine, task),
  push: (made, reference, task, signIn) =>
    images.push(made, `${registry}/${reference}`, task, signIn),
});
