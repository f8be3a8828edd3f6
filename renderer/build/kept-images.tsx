/** The images of ours that the engine keeps, and their removal. Images that others made are not shown and not touched. */
import { Button } from '@mantine/core';
import type { ImageDigest } from '../../shared/base/ids';
import { formatBytes } from '../../shared/base/units';
import { type DiskUse, freedAtLeast } from '../../shared/build';
import { Ago, ErrorNotices, Section, useCall } from '../ui';
import styles from './build.module.css';

export function KeptImages({ use, isDisabled }: { use: DiskUse; isDisabled: boolean }) {
  const clean = useCall((studio, ids: ImageDigest[] | null) => studio.build.cleanUp({ ids }));
  const { images: kept, cacheBytes } = use;
  const unused = kept.filter(({ isInUse }) => !isInUse);
  return (
    <Section title="Images of Slipway on this engine">
      <div className={styles.form} data-testid="build-kept">
        <ErrorNotices errors={[clean.error]} />
        <span className="dim">
          {kept.length === 0
            ? 'None.'
            : `${kept.length}; removing what nothing uses frees ${formatBytes(freedAtLeast(kept))}, and what only those share.`}
        </span>
        <ul className={styles.kept}>
          {kept.map((image) => (
            <li key={image.id} data-testid="build-kept-image">
              <code className={styles.instruction} title={image.tags.join(', ') || image.id}>
                {image.tags[0] ?? image.id.slice(0, 19)}
              </code>
              <span className="dim">
                {formatBytes(image.bytes)}, {formatBytes(image.ownBytes)} of its own,{' '}
                <Ago at={image.builtAt} />
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
        {cacheBytes > 0 && (
          <span className="dim" data-testid="build-cache">
            The engine keeps {formatBytes(cacheBytes)} for builds to come, of everybody’s builds;{' '}
            <code>docker builder prune</code> frees it.
          </span>
        )}
      </div>
    </Section>
  );
}
