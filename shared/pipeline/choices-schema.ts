/** slipway.yaml as a schema: what is known of it here; other stages may add entries of their own. */
import { z } from 'zod';
import { pipelineChoicesSchema } from './choices';

const slipwayFileSchema = z.looseObject({
  version: z
    .literal(1)
    .describe('The version of this file. A newer Slipway may write a higher one.'),
  notebooks: z
    .record(
      z.string(),
      z.looseObject({
        pipeline: pipelineChoicesSchema
          .partial()
          .optional()
          .describe('What cell tags cannot hold: promoted literals, parameters, what to serve.'),
      }),
    )
    .optional()
    .describe('By file name of the notebook.'),
});

/** For editors, as resources/slipway.schema.json. */
export function slipwayJsonSchema(): object {
  return { title: 'slipway.yaml', ...z.toJSONSchema(slipwayFileSchema, { io: 'input' }) };
}
