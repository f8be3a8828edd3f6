/** Which pairs of vCPU and memory each target offers, and the smallest that holds the work. */
import { roundUpTo } from './conventions';

export interface Size {
  readonly vcpu: number;
  readonly memoryGib: number;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, at) => from + at * step);

const sizes = (vcpu: number, memory: readonly number[]): Size[] =>
  memory.map((memoryGib) => ({ vcpu, memoryGib }));

/** AWS's table of task sizes; its GB is 1024³ bytes. */
export const FARGATE_SIZES: readonly Size[] = [
  ...sizes(0.25, [0.5, 1, 2]),
  ...sizes(0.5, range(1, 4, 1)),
  ...sizes(1, range(2, 8, 1)),
  ...sizes(2, range(4, 16, 1)),
  ...sizes(4, range(8, 30, 1)),
  ...sizes(8, range(16, 60, 4)),
  ...sizes(16, range(32, 120, 8)),
];

/** Whole vCPUs only: below one, Cloud Run takes one request at a time, and importing a model's libraries crawls. */
export const CLOUD_RUN_SIZES: readonly Size[] = [
  ...sizes(1, range(0.5, 4, 0.5)),
  ...sizes(2, range(0.5, 8, 0.5)),
  ...sizes(4, range(2, 16, 1)),
  ...sizes(6, range(4, 24, 1)),
  ...sizes(8, range(4, 32, 1)),
];

/** Consumption: steps of 0.25 vCPU with twice as many GiB. */
export const CONTAINER_APPS_SIZES: readonly Size[] = range(0.25, 4, 0.25).map((vcpu) => ({
  vcpu,
  memoryGib: vcpu * 2,
}));

/** Lambda has no vCPUs to choose: they come with the memory, one with each 1,769 MB. */
export const LAMBDA_MB = { least: 128, most: 10_240, perVcpu: 1769 };
const LAMBDA_STEP_MB = 64;

/** Enough memory for both; the vCPUs asked for as far as it has them. Null when the memory is more than it has. */
export function lambdaSize(need: Size): Size | null {
  const { least, most, perVcpu } = LAMBDA_MB;
  if (need.memoryGib * 1024 > most) return null;
  const wanted = Math.max(least, need.memoryGib * 1024, need.vcpu * perVcpu);
  const mb = Math.min(most, roundUpTo(wanted, LAMBDA_STEP_MB));
  return { vcpu: lambdaVcpus(mb), memoryGib: mb / 1024 };
}

export const lambdaVcpus = (mb: number): number => Math.floor((mb / LAMBDA_MB.perVcpu) * 100) / 100;

/** The smallest size with that memory and, where there is one, that many vCPUs; null when the memory is more than any has. */
export function pickSize(offered: readonly Size[], need: Size): Size | null {
  const roomy = offered.filter((size) => size.memoryGib >= need.memoryGib);
  const most = Math.max(...roomy.map((size) => size.vcpu));
  const vcpu = Math.min(need.vcpu, most);
  const fitting = roomy.filter((size) => size.vcpu >= vcpu);
  return [...fitting].sort((a, b) => a.vcpu - b.vcpu || a.memoryGib - b.memoryGib)[0] ?? null;
}
