/** The images of ours that the engine keeps, and their removal. Images that others made are not shown and not touched. */
import { Button } from '@mantine/core';
import type { ImageDigest } from '../../shared/base/ids';
import { formatBytes } from '../../shared/base/units';
import type { KeptImage } from '../../shared/build';
import { Ago, ErrorNotices, Section, useCall } from '../ui';
import styles from './build.module.css';

export function KeptImages({
  kept,
  isDisabled,
}: {
  kept: readonly KeptImage[];
  isDisabled: boolean;
}) {
  const clean = useCall((studio, ids: ImageDigest[] | null) => studio.build.cleanUp({ ids }));
  const unused = kept.filter(({ isInUse }) => !isInUse);
  const bytes = kept.reduce((sum, image) => sum + image.bytes, 0);
  return (
    <Section title="Images of Slipway on this engine">
      <div className={styles.form} data-testid="build-kept">
        <ErrorNotices errors={[clean.error]} />
        <span className="dim">
          {kept.length === 0
            ? 'None.'
            : `${kept.length} with ${formatBytes(bytes)}; layers that they share are counted more than once.`}
        </span>
        <ul className={styles.kept}>
          {kept.map((image) => (
            <li key={image.id} data-testid="build-kept-image">
              <code className={styles.instruction} title={image.tags.join(', ') || image.id}>
                {image.tags[0] ?? image.id.slice(0, 19)}
              </code>
              <span className="dim">
                {formatBytes(image.bytes)}, <Ago at={image.builtAt} />
              </span>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                disabled={isDisabled || image.isInUse || clean.isPending}
                title={image.isInUse ? 'A container uses it.' : undefined}
                aria-label={`Remove ${image.tags[0] ?? image.id}`}
                onClick={() => void clean.run([image.id])}
              >
                {image.isInUse ? 'in use' : 'Remove'}
              </Button>
            </li>
          ))}
        </ul>
        {unused.length > 0 && (
          <Button
            size="xs"
            variant="default"
            data-testid="build-clean-up"
            disabled={isDisabled}
            loading={clean.isPending}
            onClick={() => void clean.run(unused.map(({ id }) => id))}
          >
            Remove the {unused.length} that nothing uses
          </Button>
        )}
      </div>
    </Section>
  );
}
