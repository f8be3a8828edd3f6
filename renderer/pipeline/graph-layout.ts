/** Where steps, edges and their labels stand: elk's layered layout from left to right, edges as splines. */
import ELK, {
  type ElkEdgeSection,
  type ElkExtendedEdge,
  type ElkNode,
} from 'elkjs/lib/elk.bundled.js';

export const NODE_WIDTH = 180;
export const NODE_HEIGHT = 78;
const LABEL_HEIGHT = 20;
const CHARACTER_WIDTH = 5.8;

export interface GraphShape {
  readonly nodes: readonly string[];
  readonly edges: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly label: string;
  }[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: Readonly<Record<string, Point>>;
  readonly edges: Readonly<Record<string, { readonly path: string; readonly label: Point }>>;
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'SPLINES',
  'elk.layered.spacing.nodeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '24',
  'elk.spacing.edgeEdge': '18',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
};

/** elk reads this from the label itself, not from the graph. */
const ON_THE_LINE = { 'elk.edgeLabels.inline': 'true' };

const elk = new ELK();

export async function layOutGraph(shape: GraphShape): Promise<GraphLayout> {
  const root: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: shape.nodes.map((id) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: shape.edges.map(toElkEdge),
  };
  const laidOut: ElkNode = await elk.layout(root);
  return {
    width: laidOut.width ?? 0,
    height: laidOut.height ?? 0,
    nodes: Object.fromEntries((laidOut.children ?? []).map((node) => [node.id, pointOf(node)])),
    edges: Object.fromEntries((laidOut.edges ?? []).map((edge) => [edge.id, routeOf(edge)])),
  };
}

function toElkEdge(edge: GraphShape['edges'][number]): ElkExtendedEdge {
  const width = Math.ceil(edge.label.length * CHARACTER_WIDTH) + 12;
  return {
    id: edge.id,
    sources: [edge.from],
    targets: [edge.to],
    labels: [{ text: edge.label, width, height: LABEL_HEIGHT, layoutOptions: ON_THE_LINE }],
  };
}

const pointOf = (node: Pick<ElkNode, 'x' | 'y'>): Point => ({ x: node.x ?? 0, y: node.y ?? 0 });

/** The label's point is its middle. */
function routeOf(edge: ElkExtendedEdge): { path: string; label: Point } {
  const section = edge.sections?.[0];
  const label = edge.labels?.[0];
  const path = section === undefined ? '' : splinePath(section);
  return {
    path,
    label: {
      x: (label?.x ?? section?.startPoint.x ?? 0) + (label?.width ?? 0) / 2,
      y: (label?.y ?? section?.startPoint.y ?? 0) + (label?.height ?? 0) / 2,
    },
  };
}

/** elk gives a spline as the control points of cubic curves, three a curve; anything else is drawn straight. */
export function splinePath(
  section: Pick<ElkEdgeSection, 'startPoint' | 'endPoint' | 'bendPoints'>,
): string {
  const { startPoint, endPoint, bendPoints = [] } = section;
  const points = [...bendPoints, endPoint];
  const write = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  const start = `M ${write(startPoint)}`;
  if (points.length % 3 !== 0)
    return `${start} ${points.map((point) => `L ${write(point)}`).join(' ')}`;
  return `${start} C ${points.map(write).join(' ')}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
