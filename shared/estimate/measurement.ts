/** What an estimate needs of a package's run. */
import type { PackageRun } from '../package';
import type { Measurement } from './estimate';

/** Null while the run has not ended well: half a run measures nothing. */
export function measurementOf(run: PackageRun): Measurement | null {
  if (run.state !== 'succeeded' || run.steps.length === 0) return null;
  const sum = (pick: (step: PackageRun['steps'][number]) => number | null): number =>
    run.steps.reduce((total, step) => total + (pick(step) ?? 0), 0);
  const service = run.serviceMeasurement;
  return {
    runId: run.runId,
    packageName: run.packageName,
    wallMs: sum((step) => step.wallMs),
    cpuMs: sum((step) => step.cpuMs),
    peakMemoryBytes: Math.max(...run.steps.map((step) => step.peakMemoryBytes ?? 0)),
    artifactBytes: sum((step) => step.artifacts.reduce((total, each) => total + each.bytes, 0)),
    service: service && {
      requestMs: service.requestMs,
      idleMemoryBytes: service.idleMemoryBytes,
      startMs: service.startMs,
    },
  };
}
