/** The frame of every place: its head (title, facts, actions), its content, and the inspector of what is selected. */
import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNavigation } from '../navigation';
import styles from './ui.module.css';

export interface PlaceFrameProps {
  /** The place's name in plain words; also the name of its region for assistive technology. */
  readonly title: string;
  readonly isTitleHidden?: boolean;
  /** Pills and short facts beside the title. */
  readonly facts?: ReactNode;
  /** Buttons at the right; the main one last. */
  readonly actions?: ReactNode;
  readonly inspector?: ReactNode;
  /** False where the content brings its own padding and scrolling (graphs, editors). */
  readonly isPadded?: boolean;
  readonly children: ReactNode;
}

export function PlaceFrame({
  title,
  isTitleHidden = false,
  facts,
  actions,
  inspector,
  isPadded = true,
  children,
}: PlaceFrameProps) {
  const isInspectorOpen =
    useNavigation((state) => state.isInspectorOpen) && inspector !== undefined;
  return (
    <section className={styles.place} aria-label={title} data-testid="place">
      <header className={styles.head}>
        {!isTitleHidden && <h1>{title}</h1>}
        {facts}
        <div className={styles.actions}>{actions}</div>
      </header>
      <div className={`${styles.columns} ${isInspectorOpen ? styles.withInspector : ''}`}>
        <div className={`${styles.content} ${isPadded ? styles.padded : ''}`}>{children}</div>
        {isInspectorOpen && (
          <aside className={styles.inspector} aria-label="Inspector" data-testid="inspector">
            {inspector}
          </aside>
        )}
      </div>
    </section>
  );
}

/** Before a place can be shown. No region yet, so that nothing takes it for the place. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className={styles.waiting} role="status" aria-label={label}>
      <Loader size="sm" aria-hidden />
    </div>
  );
}

/** A titled part of an inspector or a card. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Card({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <div className={`${styles.card} ${className}`}>{children}</div>;
}

/** An empty place teaches: one sentence, one picture, one button. */
export function EmptyPlace(props: {
  picture: ReactNode;
  title: string;
  sentence: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.empty} data-testid="empty-place">
      {props.picture}
      <h2>{props.title}</h2>
      <p>{props.sentence}</p>
      {props.action}
    </div>
  );
}
