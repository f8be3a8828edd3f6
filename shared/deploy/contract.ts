import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { planIdSchema, taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { targetIdSchema } from '../estimate';
import {
  deployPlanSchema,
  deploySettingsSchema,
  deployStateSchema,
  targetCheckSchema,
  writtenFilesSchema,
} from './deploy';

export const deployContract = {
  watch: oc.output(eventIterator(deployStateSchema)),
  chooseTarget: oc.input(z.object({ targetId: targetIdSchema })).output(doneOrError),
  /** Changes some settings; the plan made before is dropped. */
  setSettings: oc.input(deploySettingsSchema.partial()).output(doneOrError),
  check: oc.output(resultOf(targetCheckSchema)),
  /** Refused with `estimate-needed` until the estimate was shown. Changes nothing. */
  plan: oc.output(resultOf(deployPlanSchema)),
  /** The plan as files for other tools of the target, beside the package. Changes nothing there. */
  exportFiles: oc.output(resultOf(writtenFilesSchema)),
  discardPlan: oc.output(doneOrError),
  /** Starting it again after a failure or a cancel goes on where it stopped. */
  apply: oc
    .input(z.object({ planId: planIdSchema }))
    .output(resultOf(z.object({ taskId: taskIdSchema }))),
};
