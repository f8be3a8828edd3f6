import type { Here as InAws } from '../aws/here';
import type { LambdaCalls } from './lambda-calls';

export interface Here extends InAws {
  readonly lambda: LambdaCalls;
}
