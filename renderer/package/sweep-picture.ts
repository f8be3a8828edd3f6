/** What a sweep's picture shows: a result against a parameter, a line for each combination of the others. */
import type { SweepPoint, SweepValue } from '../../shared/package';
import { showSweepValue, ticks } from './sweep-words';

export interface PicturePoint {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly xText: string;
}

export interface PictureLine {
  /** Of the other parameters; empty where there are none. */
  readonly name: string;
  readonly points: readonly PicturePoint[];
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Picture {
  readonly lines: readonly PictureLine[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export function pictureOf(points: readonly SweepPoint[], along: string, result: string): Picture {
  const drawn = points.flatMap((point, at) => {
    const y = point.values[result];
    return point.state === 'done' && typeof y === 'number' && Number.isFinite(y)
      ? [{ point, y, number: at + 1 }]
      : [];
  });
  const places = placesOf(drawn.map(({ point }) => point.parameters[along]));
  const lines = new Map<string, PicturePoint[]>();
  for (const { point, y, number } of drawn) {
    const name = otherValues(point, along);
    const value = point.parameters[along];
    const xText = showSweepValue(value);
    const x = places.at(value);
    lines.set(name, [...(lines.get(name) ?? []), { x, y, number, xText }]);
  }
  const [yLeast, yMost] = padded(drawn.map(({ y }) => y));
  return {
    lines: [...lines].map(([name, all]) => ({ name, points: all.sort((a, b) => a.x - b.x) })),
    xTicks: places.ticks,
    yTicks: ticks(yLeast, yMost).map((at) => ({ at, text: showSweepValue(at) })),
    x: places.range,
    y: [yLeast, yMost],
  };
}

function otherValues({ parameters }: SweepPoint, along: string): string {
  return Object.entries(parameters)
    .filter(([name]) => name !== along)
    .map(([name, value]) => `${name} ${showSweepValue(value)}`)
    .join(', ');
}

/** Numbers where they are; anything else side by side in the order it came. */
function placesOf(values: readonly (SweepValue | undefined)[]) {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) {
    const range = padded(numbers);
    return {
      at: (value: SweepValue | undefined) => (typeof value === 'number' ? value : 0),
      ticks: ticks(...range, 5).map((at) => ({ at, text: showSweepValue(at) })),
      range,
    };
  }
  const texts = [...new Set(values.map(showSweepValue))];
  return {
    at: (value: SweepValue | undefined) => texts.indexOf(showSweepValue(value)),
    ticks: texts.map((text, at) => ({ at, text })),
    range: [-0.5, texts.length - 0.5] as const,
  };
}

/** With a little room on both sides, so that no point lies on the edge. */
function padded(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most > least ? (most - least) * 0.06 : Math.abs(least) * 0.1 || 1;
  return [least - room, most + room];
}
