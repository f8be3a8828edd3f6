import { formatBytes } from '../../shared/base/units';
import type { Image } from '../../shared/build';
import { Ago, Card, Copy, KeyValues } from '../ui';
import styles from './build.module.css';

export function ImageCard({ image }: { image: Image }) {
  return (
    <Card>
      <div data-testid="build-image">
        <KeyValues
          rows={[
            ['Image', <WithCopy key="tag" text={image.tag} label="Copy the tag" />],
            ['Id', <WithCopy key="id" text={image.id} label="Copy the image id" />],
            ['Size', formatBytes(image.bytes)],
            ['Built', <Ago key="built" at={image.builtAt} />],
          ]}
        />
      </div>
    </Card>
  );
}

function WithCopy({ text, label }: { text: string; label: string }) {
  const isDigest = text.startsWith('sha256:');
  return (
    <span className={styles.withCopy}>
      <code title={text}>{isDigest ? `${text.slice(0, 19)}…` : text}</code>
      <Copy text={text} label={label} />
    </span>
  );
}
