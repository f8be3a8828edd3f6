/** The data of a registry: tokens against tokens, and the list of what was pushed. */
import { ArmRefusal, type ArmState } from './arm-state';

export const REFRESH_TOKEN = 'planted-azure-refresh-token';

export function answerRegistry(state: ArmState, verb: string, url: URL, text: string): unknown {
  const server = url.hostname;
  state.get(`Microsoft.ContainerRegistry/registries/${server.split('.')[0]}`);
  const form = new URLSearchParams(text);
  if (url.pathname === '/oauth2/exchange') {
    if (!form.get('access_token') || form.get('service') !== server)
      throw new ArmRefusal(401, 'UNAUTHORIZED', 'authentication required');
    return { refresh_token: REFRESH_TOKEN };
  }
  if (url.pathname === '/oauth2/token') {
    if (form.get('refresh_token') !== REFRESH_TOKEN || !form.get('scope'))
      throw new ArmRefusal(401, 'UNAUTHORIZED', 'authentication required');
    return { access_token: String(form.get('scope')) };
  }
  const here = state.images.filter((each) => each.server === server);
  if (url.pathname === '/acr/v1/_catalog')
    return { repositories: [...new Set(here.map(({ repository }) => repository))] };
  const tags = /^\/acr\/v1\/(.+)\/_tags$/.exec(url.pathname)?.[1];
  if (tags)
    return {
      tags: here
        .filter(({ repository }) => repository === tags)
        .map(({ tag, digest }) => ({ name: tag, digest })),
    };
  const whole = /^\/acr\/v1\/(.+)$/.exec(url.pathname)?.[1];
  const [, one, digest] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
  if (verb !== 'DELETE' || !(whole || one))
    throw new ArmRefusal(404, 'NAME_UNKNOWN', `No route ${verb} ${url.pathname}`);
  state.dropImages(
    (each) =>
      each.server === server &&
      each.repository === (whole ?? one) &&
      (digest === undefined || each.digest === digest),
  );
  return {};
}
