/** The steps as a graph, left to right. Tab reaches steps and edges, Enter selects, Escape lets go. */
import '@xyflow/react/dist/base.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  type ColorMode,
  Controls,
  type EdgeChange,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Viewport,
} from '@xyflow/react';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { PackageRun } from '../../shared/package';
import type { Pipeline } from '../../shared/pipeline';
import { ArtifactEdge, type ArtifactEdgeType } from './artifact-edge';
import {
  type GraphLayout,
  type GraphShape,
  layOutGraph,
  NODE_HEIGHT,
  NODE_WIDTH,
} from './graph-layout';
import styles from './pipeline.module.css';
import { edgeLabel, stepRunOf } from './run-facts';
import { edgeId, select, useSelection } from './selection';
import { StepNode, type StepNodeType } from './step-node';

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { artifact: ArtifactEdge };
/** Smaller than this the words can't be read: a longer graph begins at the left and is moved by scrolling. */
const LEAST_ZOOM = 0.66;
const MARGIN = 24;
const FIT = { padding: `${MARGIN}px`, maxZoom: 1 } as const;

export interface PipelineGraphProps {
  readonly pipeline: Pipeline;
  readonly run: PackageRun | null;
}

export function PipelineGraph(props: PipelineGraphProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ pipeline, run }: PipelineGraphProps) {
  const layout = useLayout(pipeline, run);
  const { nodes, edges } = useElements(pipeline, run, layout);
  const colorMode: ColorMode = useComputedColorScheme('dark');
  const box = useRef<HTMLDivElement>(null);
  const isCutOff = useStartView(box, layout);
  return (
    <div ref={box} className={styles.graph} data-testid="pipeline-graph">
      <ReactFlow<StepNodeType, ArtifactEdgeType>
        aria-label="Steps and what passes between them"
        colorMode={colorMode}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        minZoom={0.3}
        maxZoom={1.5}
        panOnScroll
        proOptions={{ hideAttribution: true }}
        onNodesChange={selectNode}
        onEdgesChange={(changes) => selectEdge(changes, edges)}
        onPaneClick={() => select({ kind: 'none' })}
      >
        <Background gap={20} size={1} color="var(--line-strong)" />
        {isCutOff && <MiniMap pannable zoomable position="bottom-left" className={styles.map} />}
        <Controls showInteractive={false} position="bottom-right" fitViewOptions={FIT} />
      </ReactFlow>
    </div>
  );
}

/**
 * All of it where that can be read, else its beginning. Again when the layout or the room for it changes.
 * Answers whether a part is out of sight.
 */
function useStartView(box: RefObject<HTMLDivElement | null>, layout: GraphLayout | null): boolean {
  const [isCutOff, setIsCutOff] = useState(false);
  const { setViewport } = useReactFlow();
  useEffect(() => {
    const element = box.current;
    if (element === null || layout === null) return;
    const show = () => {
      const view = startView(layout, element.clientWidth, element.clientHeight);
      setIsCutOff(
        layout.width * view.zoom > element.clientWidth ||
          layout.height * view.zoom > element.clientHeight,
      );
      void setViewport(view);
    };
    const observer = new ResizeObserver(show);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, layout, setViewport]);
  return isCutOff;
}

function startView(layout: GraphLayout, width: number, height: number): Viewport {
  const fitting = Math.min(
    (width - 2 * MARGIN) / layout.width,
    (height - 2 * MARGIN) / layout.height,
  );
  const zoom = Math.min(1, Math.max(LEAST_ZOOM, fitting));
  const place = (room: number, size: number) => Math.max(MARGIN, (room - size * zoom) / 2);
  return { x: place(width, layout.width), y: place(height, layout.height), zoom };
}

/** React Flow tells of selections by mouse and keys alike as changes. */
function selectNode(changes: readonly NodeChange<StepNodeType>[]): void {
  for (const change of changes) {
    if (change.type === 'select' && change.selected) select({ kind: 'step', id: change.id });
  }
}

function selectEdge(
  changes: readonly EdgeChange<ArtifactEdgeType>[],
  edges: readonly ArtifactEdgeType[],
): void {
  for (const change of changes) {
    if (change.type !== 'select' || !change.selected) continue;
    const edge = edges.find(({ id }) => id === change.id);
    if (edge !== undefined) select({ kind: 'edge', from: edge.source, to: edge.target });
  }
}

function useLayout(pipeline: Pipeline, run: PackageRun | null): GraphLayout | null {
  const [layout, setLayout] = useState<GraphLayout | null>(null);
  const shape: GraphShape = {
    nodes: pipeline.steps.map(({ id }) => id),
    edges: pipeline.edges.map((edge) => ({
      id: edgeId(edge),
      from: edge.from,
      to: edge.to,
      label: edgeLabel(edge, run),
    })),
  };
  const text = JSON.stringify(shape);
  // biome-ignore lint/correctness/useExhaustiveDependencies: laid out again only when the shape says something else.
  useEffect(() => {
    let isCurrent = true;
    void layOutGraph(shape).then((laidOut) => {
      if (isCurrent) setLayout(laidOut);
    });
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return layout;
}

function useElements(pipeline: Pipeline, run: PackageRun | null, layout: GraphLayout | null) {
  const selection = useSelection((state) => state.selection);
  const nodes = useMemo(
    () =>
      pipeline.steps.flatMap((step): StepNodeType[] => {
        const position = layout?.nodes[step.id];
        if (position === undefined) return [];
        const isSelected = selection.kind === 'step' && selection.id === step.id;
        return [toNode(step, stepRunOf(run, step.id), position, isSelected)];
      }),
    [pipeline, run, layout, selection],
  );
  const edges = useMemo(
    () =>
      pipeline.edges.flatMap((edge): ArtifactEdgeType[] => {
        const route = layout?.edges[edgeId(edge)];
        if (route === undefined) return [];
        const isSelected =
          selection.kind === 'edge' && selection.from === edge.from && selection.to === edge.to;
        return [toEdge(edge, edgeLabel(edge, run), route, isSelected)];
      }),
    [pipeline, run, layout, selection],
  );
  return { nodes, edges };
}

function toNode(
  step: Pipeline['steps'][number],
  run: StepNodeType['data']['run'],
  position: { readonly x: number; readonly y: number },
  selected: boolean,
): StepNodeType {
  const size = { width: NODE_WIDTH, height: NODE_HEIGHT };
  return {
    id: step.id,
    type: 'step',
    position: { ...position },
    data: { step, run },
    selected,
    ...size,
    measured: size,
    ariaLabel: `Step ${step.name}`,
  };
}

function toEdge(
  edge: Pipeline['edges'][number],
  label: string,
  route: { readonly path: string; readonly label: { readonly x: number; readonly y: number } },
  selected: boolean,
): ArtifactEdgeType {
  const color = selected ? 'var(--accent)' : 'var(--faint)';
  return {
    id: edgeId(edge),
    type: 'artifact',
    source: edge.from,
    target: edge.to,
    data: { path: route.path, label, at: route.label, from: edge.from, to: edge.to },
    selected,
    markerEnd: { type: MarkerType.ArrowClosed, color, width: 14, height: 14 },
    ariaLabel: `${label}, from ${edge.from} to ${edge.to}`,
  };
}
