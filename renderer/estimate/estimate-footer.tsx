import type { Estimate, TargetEstimate } from '../../shared/estimate';
import styles from './estimate.module.css';

/** What the total does not hold, how much of it has a price, and how old the prices are. */
export function EstimateFooter({
  target,
  estimate,
}: {
  target: TargetEstimate;
  estimate: Estimate;
}) {
  const { pricesFrom, pricesTo } = estimate;
  const dates =
    pricesFrom === null
      ? 'The date of the prices is not known.'
      : `Prices from ${pricesFrom} to ${pricesTo ?? pricesFrom}.`;
  return (
    <footer className={styles.footer} data-testid="estimate-footer">
      {target.leftOut.length > 0 && <p>Left out: {target.leftOut.join('; ')}.</p>}
      <p>
        {target.pricedLines} of {target.lines.length} lines priced. {dates}
      </p>
      <Sources target={target} />
    </footer>
  );
}

function Sources({ target }: { target: TargetEstimate }) {
  const sources = [...new Set(target.lines.flatMap((line) => line.source ?? []))];
  if (sources.length === 0) return null;
  return (
    <details>
      <summary>Where the prices come from</summary>
      <ul>
        {sources.map((source) => (
          <li key={source}>{source}</li>
        ))}
      </ul>
    </details>
  );
}
