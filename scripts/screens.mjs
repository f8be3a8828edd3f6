/** `npm run screens`: the bundled sample through the real app, every place a picture in docs/screens. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { withDisplay } from './lib/display.mjs';
import { findElectron } from './lib/electron.mjs';
import { node24 } from './lib/node24.mjs';
import { ROOT } from './lib/paths.mjs';
import { main, show } from './lib/run.mjs';
import * as dataEnvironment from './setup/data-environment.mjs';
import { withDockerEngine } from './setup/docker-engine.mjs';
import { sayWhichElectron, setUp } from './setup/index.mjs';
import { toolsFolder } from './setup/python-tools.mjs';

await main(async () => {
  await setUp();
  await setUp([dataEnvironment]);
  await build();
  sayWhichElectron();
  return withDockerEngine((engine) =>
    withDisplay((env) =>
      show(node24(), [join(ROOT, 'scripts', 'screens', 'shoot.mjs'), ...process.argv.slice(2)], {
        env: {
          ...env,
          ...engine,
          SLIPWAY_ELECTRON: findElectron().path,
          SLIPWAY_TOOLS: toolsFolder(),
          UV_CACHE_DIR: env.UV_CACHE_DIR ?? join(ROOT, '.cache', 'uv'),
        },
      }),
    ),
  );
});
