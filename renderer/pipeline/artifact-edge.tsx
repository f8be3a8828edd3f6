/** An edge along elk's spline, with the artifacts' names; the label is the button that selects it. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import type { Point } from './graph-layout';
import styles from './pipeline.module.css';
import { select } from './selection';

export type ArtifactEdgeType = Edge<
  {
    readonly path: string;
    readonly label: string;
    readonly at: Point;
    readonly from: string;
    readonly to: string;
  },
  'artifact'
>;

export function ArtifactEdge({ data, selected, markerEnd }: EdgeProps<ArtifactEdgeType>) {
  if (data === undefined) return null;
  const { path, label, at, from, to } = data;
  return (
    <>
      <BaseEdge
        path={path}
        {...(markerEnd === undefined ? {} : { markerEnd })}
        interactionWidth={16}
      />
      <EdgeLabelRenderer>
        <button
          type="button"
          className={`nodrag nopan ${styles.edgeLabel} ${selected ? styles.edgeLabelSelected : ''}`}
          style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
          aria-label={`${label}, from ${from} to ${to}: why?`}
          aria-pressed={selected ?? false}
          data-testid={`edge-${from}-${to}`}
          onClick={() => select({ kind: 'edge', from, to })}
        >
          {label}
        </button>
      </EdgeLabelRenderer>
    </>
  );
}
