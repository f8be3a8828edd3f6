import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { logBatchSchema, logLineSchema } from '../deploy';
import { operateStateSchema, predictionSchema, serviceFormSchema } from './operate';

/** `id` is a deployment's key: one name may stand at several places. */
const deployment = z.object({ id: z.string().min(1) });
const begun = resultOf(z.object({ taskId: taskIdSchema }));

export const operateContract = {
  watch: oc.output(eventIterator(operateStateSchema)),
  /** Reads disk and health again now instead of at the next beat. */
  refresh: oc.output(doneOrError),
  /** The last `tail` lines first, then each later one in batches. */
  followLogs: oc
    .input(deployment.extend({ tail: z.number().int().min(0).max(5000).default(500) }))
    .output(eventIterator(logBatchSchema)),
  /** Case is ignored; newest last, at most 500 lines. */
  searchLogs: oc
    .input(deployment.extend({ text: z.string() }))
    .output(resultOf(z.array(logLineSchema))),
  start: oc.input(deployment).output(begun),
  stop: oc.input(deployment).output(begun),
  restart: oc.input(deployment).output(begun),
  /** Without a revision: the one before the current. */
  rollback: oc
    .input(deployment.extend({ revision: z.number().int().positive().optional() }))
    .output(begun),
  /** Ends its processes and deletes all of it, then looks whether anything is left. */
  remove: oc.input(deployment).output(begun),
  /** Jobs: one run now. */
  runNow: oc.input(deployment).output(begun),
  predict: oc.input(deployment.extend({ body: z.unknown() })).output(resultOf(predictionSchema)),
  serviceForm: oc.input(deployment).output(resultOf(serviceFormSchema)),
};
