import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { taskIdSchema } from '../base/ids';
import { doneOrError } from '../base/result';
import { taskLogSchema, taskSchema } from './task';

export const taskContract = {
  /** All tasks of this session, newest first. */
  watch: oc.output(eventIterator(z.array(taskSchema))),
  watchLog: oc.input(z.object({ id: taskIdSchema })).output(eventIterator(taskLogSchema)),
  cancel: oc.input(z.object({ id: taskIdSchema })).output(doneOrError),
  /** Forgets the ended ones. */
  clear: oc.output(doneOrError),
};
