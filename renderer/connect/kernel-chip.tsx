import { showDialog } from '../navigation';
import { kernelName, kernelStatus, Pill, StatusSign, useKernel } from '../ui';

/** The chip above the notebook: who runs the cells, and how it is. */
export function KernelChip() {
  const kernel = useKernel();
  const { word, tone } = kernelStatus(kernel);
  return (
    <Pill
      tone={tone}
      testId="kernel-chip"
      title="Choose the kernel"
      onClick={() => showDialog({ kind: 'connect', tab: 'environments' })}
    >
      <StatusSign tone={tone} /> {kernelName(kernel)} · {word}
    </Pill>
  );
}
