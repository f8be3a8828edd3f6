/** What takes the room in an image: its layers and its Python packages, the largest first. */
import { formatBytes } from '../../shared/base/units';
import type { Image } from '../../shared/build';
import styles from './build.module.css';

export function ImageContents({ image }: { image: Image }) {
  return (
    <div className={styles.contents} data-testid="build-contents">
      <Shares
        title={`Layers (${image.layers.length})`}
        rows={image.layers.map(({ instruction, bytes }) => ({ name: instruction, bytes }))}
      />
      {image.packages.length > 0 && (
        <Shares
          title={`Python packages (${image.packages.length})`}
          rows={image.packages.map(({ name, version, bytes }) => ({
            name: `${name} ${version}`,
            bytes,
          }))}
        />
      )}
    </div>
  );
}

interface Row {
  readonly name: string;
  readonly bytes: number;
}

function Shares({ title, rows }: { title: string; rows: readonly Row[] }) {
  const largest = Math.max(1, ...rows.map(({ bytes }) => bytes));
  return (
    <details className={styles.shares}>
      <summary>
        {title}
        <span className="dim"> {formatBytes(rows.reduce((sum, { bytes }) => sum + bytes, 0))}</span>
      </summary>
      <ul>
        {rows.map(({ name, bytes }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two layers may be made by the same instruction.
          <li key={at}>
            <code className={styles.instruction} title={name}>
              {name}
            </code>
            <span className={styles.bar} aria-hidden>
              <span style={{ width: `${(bytes / largest) * 100}%` }} />
            </span>
            <span className={styles.stepFact}>{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
