import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { estimateIdSchema } from '../base/ids';
import { doneOrError } from '../base/result';
import { assumptionValueSchema, estimateStateSchema } from './estimate';
import { runModeSchema, targetIdSchema } from './target-id';

export const estimateContract = {
  watch: oc.output(eventIterator(estimateStateSchema)),
  setMode: oc.input(z.object({ mode: runModeSchema })).output(doneOrError),
  /** `null` takes an edit back. */
  setAssumption: oc
    .input(z.object({ key: z.string(), value: assumptionValueSchema.nullable() }))
    .output(doneOrError),
  setAssumptions: oc
    .input(z.object({ values: z.record(z.string(), assumptionValueSchema.nullable()) }))
    .output(doneOrError),
  chooseTarget: oc.input(z.object({ targetId: targetIdSchema })).output(doneOrError),
  /** The view calls this once the estimate stands on the screen; a deployment needs it. */
  markShown: oc.input(z.object({ estimateId: estimateIdSchema })).output(doneOrError),
};
