/** The stand with Azure's own sign-in by a client's secret, and packages and images for the target kit. */
import { ClientSecretCredential } from '@azure/identity';
import type { DeployablePackage, ImageMaker } from '../../target';
import { type AzureContainerAppsNeeds, azureContainerAppsDriver } from '..';
import { FakeAzure } from './fake-azure';

const TENANT = '99999999-8888-7777-6666-555555555555';

export async function startStand() {
  const azure = new FakeAzure();
  const port = await azure.start();
  const signIn = () =>
    new ClientSecretCredential(TENANT, 'stand', 'stand', {
      authorityHost: `https://localhost:${port}`,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: azure.ca },
      retryOptions: { maxRetries: 0 },
    });
  const pushes: string[] = [];
  const images: ImageMaker = {
    nameOf: ({ name, hash }) => `${name}:${hash}`,
    platform: async () => 'linux/amd64',
    ensure: async () => undefined,
    push: async (_, reference, __, signedIn) => {
      pushes.push(`${reference} as ${signedIn?.username}`);
      return azure.state.push(reference);
    },
  };
  const stand = { port, ca: azure.ca, pollMs: 1, retryMs: 1, signIn };
  const needs: AzureContainerAppsNeeds = { images, stand };
  return { azure, needs, pushes, driver: () => azureContainerAppsDriver(needs) };
}

export const packageOf = (hash: string): DeployablePackage => ({
  folder: '/nowhere',
  name: 'toy',
  hash,
  python: '3.11',
  hasService: true,
});
