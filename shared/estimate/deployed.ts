/** What a deployment fixes where the estimate assumes: a plan is priced with it, so that its price is that of what is deployed. */
import type { Usage } from './usage';

export interface Deployed {
  readonly region?: string;
  readonly vcpu?: number;
  readonly memoryGib?: number;
  /** So many run, whatever comes: where the place starts no more by itself. */
  readonly instances?: number;
  /** Kept without requests, where the place starts more by itself. */
  readonly idleInstances?: number;
  readonly hasLoadBalancer?: boolean;
}

const KEYS: Readonly<Record<keyof Deployed, readonly string[]>> = {
  region: ['place.awsRegion', 'place.googleRegion', 'place.azureRegion'],
  vcpu: ['run.vcpu'],
  memoryGib: ['run.memoryGib'],
  instances: ['run.idleInstances'],
  idleInstances: ['run.idleInstances'],
  hasLoadBalancer: ['place.loadBalancer'],
};

/** What is fixed was said by the person, as an edited assumption is. */
export function asDeployed(usage: Usage, deployed: Deployed): Usage {
  const { region, ...others } = deployed;
  const fixed = new Set((Object.keys(deployed) as (keyof Deployed)[]).flatMap((key) => KEYS[key]));
  return {
    ...usage,
    ...others,
    regions: region === undefined ? usage.regions : { aws: region, google: region, azure: region },
    basisOf: (key) => (fixed.has(key) ? 'edited' : usage.basisOf(key)),
  };
}
