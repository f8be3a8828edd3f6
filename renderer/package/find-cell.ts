import { useMemo } from 'react';
import { useSession } from '../notebook';
import { useCellSteps } from '../ui';
import type { FindCell } from './line-marks';

/** Number, step and colour of a cell, from the open notebook and its pipeline. */
export function useFindCell(): FindCell {
  const roles = useCellSteps((state) => state.roles);
  const cells = useSession(({ session }) =>
    session.status === 'open' ? session.state.document.cells : null,
  );
  return useMemo(() => {
    const numbers = new Map(cells?.map(({ id }, index) => [id, index + 1]));
    return (id) => {
      const role = roles.get(id);
      const step = role?.kind === 'step' ? role.step : null;
      return {
        number: numbers.get(id) ?? null,
        stepName: step?.name ?? null,
        colour: step?.colour ?? null,
      };
    };
  }, [roles, cells]);
}
