/** The stand with a sign-in that is Google's own client, and packages and images for the target kit. */
import { UserRefreshClient } from 'google-auth-library';
import type { DeployablePackage, ImageMaker } from '../../target';
import { type GoogleCloudRunNeeds, googleCloudRunDriver } from '..';
import { FakeGoogle } from './fake-google';
import { pushImage } from './other-handlers';

export async function startStand() {
  const google = new FakeGoogle();
  const port = await google.start();
  const signIn = async () => {
    const url = `http://127.0.0.1:${port}/token`;
    const client = new UserRefreshClient({
      clientId: 'stand',
      clientSecret: 'stand',
      refreshToken: 'stand',
      endpoints: { oauth2TokenUrl: url },
    });
    return client;
  };
  const pushes: string[] = [];
  const images: ImageMaker = {
    nameOf: ({ name, hash }) => `${name}:${hash}`,
    platform: async () => 'linux/amd64',
    ensure: async () => undefined,
    push: async (_, reference, __, signIn) => {
      pushes.push(`${reference} as ${signIn?.username}`);
      return pushImage(google.state, reference);
    },
  };
  const needs: GoogleCloudRunNeeds = { images, stand: { port, pollMs: 1, signIn } };
  return { google, needs, pushes, driver: () => googleCloudRunDriver(needs) };
}

export const packageOf = (hash: string): DeployablePackage => ({
  folder: '/nowhere',
  name: 'toy',
  hash,
  python: '3.11',
  hasService: true,
});
