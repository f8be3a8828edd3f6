import { Button } from '@mantine/core';
import { formatBytes } from '../../shared/base/units';
import type { Image } from '../../shared/build';
import { Ago, Card, Copy, KeyValues } from '../ui';
import styles from './build.module.css';

interface ImageCardProps {
  readonly image: Image;
  readonly canPush: boolean;
  readonly onPush: () => void;
}

export function ImageCard({ image, canPush, onPush }: ImageCardProps) {
  const { pushed, check } = image;
  return (
    <Card>
      <div data-testid="build-image">
        <KeyValues
          rows={[
            ['Image', <WithCopy key="tag" text={image.tag} label="Copy the tag" />],
            ['Id', <WithCopy key="id" text={image.id} label="Copy the image id" />],
            ['Size', formatBytes(image.bytes)],
            ['Built', <Ago key="built" at={image.builtAt} />],
            [
              'Tried',
              <span key="check" data-testid="build-image-check" data-state={check.state}>
                {check.state === 'skipped' ? 'not tried' : `✓ ${check.done.join(' ')}`}
              </span>,
            ],
            [
              'Registry',
              pushed === null ? (
                <Button
                  key="push"
                  size="compact-xs"
                  variant="default"
                  data-testid="build-push"
                  disabled={!canPush}
                  onClick={onPush}
                >
                  Push image
                </Button>
              ) : (
                <span key="pushed" data-testid="build-pushed" title={pushed.reference}>
                  <WithCopy text={pushed.reference} label="Copy the name with its digest" />
                </span>
              ),
            ],
          ]}
        />
      </div>
    </Card>
  );
}

function WithCopy({ text, label }: { text: string; label: string }) {
  const digest = text.indexOf('sha256:');
  return (
    <span className={styles.withCopy}>
      <code title={text}>{digest < 0 ? text : `${text.slice(0, digest + 19)}…`}</code>
      <Copy text={text} label={label} />
    </span>
  );
}
