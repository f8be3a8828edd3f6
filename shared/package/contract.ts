/** Stage package: the generated folder, its run in a clean environment, and the comparison with the notebook. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { stepIdSchema, taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { packageRunSchema } from './package-run';
import {
  packageFileTextSchema,
  packageNameSchema,
  packageStateSchema,
  serveChoiceSchema,
} from './package-state';
import { sweepPlanSchema } from './sweep-plan';
import { sweepRunSchema } from './sweep-run';

const startedTask = resultOf(z.object({ taskId: taskIdSchema }));

export const packageContract = {
  watch: oc.output(eventIterator(packageStateSchema)),
  /** Writes the folder anew; refuses where a folder of that name is not ours. */
  generate: oc.output(startedTask),
  readFile: oc.input(z.object({ path: z.string() })).output(resultOf(packageFileTextSchema)),
  /** `serve: null` makes it a package without a service. */
  configure: oc
    .input(
      z.object({
        name: packageNameSchema.optional(),
        serve: serveChoiceSchema.nullable().optional(),
      }),
    )
    .output(doneOrError),
  /** Generates if that is needed, runs step by step in a clean environment, and compares with the notebook. */
  run: oc
    .input(
      z.object({
        parameters: z.record(z.string(), z.string()).default({}),
        /** Also run the notebook in a fresh kernel and compare. */
        compare: z.boolean().default(true),
        /** Only these steps, with the notebook's own values as their inputs: a proof in part. */
        steps: z.array(stepIdSchema).min(1).optional(),
      }),
    )
    .output(startedTask),
  /** Generates if that is needed, then runs the steps for many values; refuses a value that breaks its type before. */
  sweep: oc.input(sweepPlanSchema).output(startedTask),
  /** The last sweep of this notebook's package, null before there was one. */
  watchSweep: oc.output(eventIterator(sweepRunSchema.nullable())),
  /** Earlier runs, newest first. */
  listRuns: oc.output(resultOf(z.array(packageRunSchema))),
};
