/** A result against a parameter. The table beside it says the same in words. */
import { NativeSelect } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { type SweepPoint, sweepColumns } from '../../shared/package';
import { stepColours } from '../ui';
import styles from './sweep.module.css';
import { type Picture, type PictureLine, pictureOf } from './sweep-picture';
import { drawable, showSweepValue } from './sweep-words';

const HEIGHT = 190;
const LEFT = 62;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 26;
/** More lines than colours that can be told apart are drawn as points of one colour. */
const MOST_LINES = 8;

export function SweepChart({ points }: { points: readonly SweepPoint[] }) {
  const columns = sweepColumns(points);
  const results = drawable(points, columns);
  const [chosen, setChosen] = useState<{ along?: string; result?: string }>({});
  const along = pick(columns.parameters, chosen.along);
  const result = pick(results, chosen.result);
  if (along === undefined || result === undefined) return null;
  const picture = pictureOf(points, along, result);
  return (
    <figure className={styles.chart} data-testid="sweep-chart">
      <figcaption className={styles.chartHead}>
        <NativeSelect
          size="xs"
          aria-label="Result to draw"
          data={[...results]}
          value={result}
          onChange={(event) => setChosen({ ...chosen, result: event.currentTarget.value })}
        />
        <span className="dim">against</span>
        <NativeSelect
          size="xs"
          aria-label="Parameter to draw it against"
          data={[...columns.parameters]}
          value={along}
          onChange={(event) => setChosen({ ...chosen, along: event.currentTarget.value })}
        />
      </figcaption>
      <Drawing picture={picture} label={inWords(picture, along, result)} />
      <Legend lines={picture.lines} />
    </figure>
  );
}

const pick = (names: readonly string[], wanted: string | undefined): string | undefined =>
  names.find((name) => name === wanted) ?? names[0];

function inWords({ lines }: Picture, along: string, result: string): string {
  const all = lines.flatMap(({ points }) => points);
  const least = all.reduce((best, each) => (each.y < best.y ? each : best), all[0] ?? NO_POINT);
  const most = all.reduce((best, each) => (each.y > best.y ? each : best), all[0] ?? NO_POINT);
  const at = ({ y, number }: typeof least) => `${showSweepValue(y)} at point ${number}`;
  return `${result} against ${along}, from ${at(least)} to ${at(most)}`;
}

const NO_POINT = { x: 0, y: 0, number: 0, xText: '' };

function Drawing({ picture, label }: { picture: Picture; label: string }) {
  const { ref, width } = useElementSize();
  const room = Math.max(120, width - LEFT - RIGHT);
  const height = HEIGHT - TOP - BOTTOM;
  const x = (value: number) => LEFT + share(value, picture.x) * room;
  const y = (value: number) => TOP + (1 - share(value, picture.y)) * height;
  const isMany = picture.lines.length > MOST_LINES;
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label} className={styles.drawing}>
          <title>{label}</title>
          {picture.yTicks.map(({ at, text }) => (
            <g key={at}>
              <line x1={LEFT} x2={LEFT + room} y1={y(at)} y2={y(at)} className={styles.gridLine} />
              <text x={LEFT - 8} y={y(at)} dy="0.32em" textAnchor="end">
                {text}
              </text>
            </g>
          ))}
          {picture.xTicks.map(({ at, text }) => (
            <text key={at} x={x(at)} y={HEIGHT - 8} textAnchor="middle">
              {text}
            </text>
          ))}
          {picture.lines.map((line, at) => (
            <Line key={line.name} line={line} colour={isMany ? null : at} x={x} y={y} />
          ))}
        </svg>
      )}
    </div>
  );
}

const share = (value: number, [least, most]: readonly [number, number]): number =>
  (value - least) / (most - least);

interface LineProps {
  readonly line: PictureLine;
  readonly colour: number | null;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function Line({ line, colour, x, y }: LineProps) {
  const stroke = colour === null ? 'var(--accent)' : stepColours(colour).band;
  const path = line.points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
  return (
    <g style={{ color: stroke }} data-testid="sweep-line">
      {colour !== null && <polyline points={path} className={styles.line} />}
      {line.points.map((point) => (
        <g key={point.number} transform={`translate(${x(point.x)} ${y(point.y)})`}>
          <title>
            Point {point.number}: {showSweepValue(point.y)} at {point.xText}
            {line.name === '' ? '' : `, ${line.name}`}
          </title>
          <path d={mark(colour)} fill="currentColor" />
        </g>
      ))}
    </g>
  );
}

/** A mark of its own beside the colour: circle, square, triangle, diamond. */
function mark(colour: number | null): string {
  const marks = [
    'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
    'M-3.6-3.6h7.2v7.2h-7.2z',
    'M0-4.8L4.6 3.4h-9.2z',
    'M0-5L5 0L0 5L-5 0z',
  ];
  return marks[(colour ?? 0) % marks.length] ?? '';
}

function Legend({ lines }: { lines: readonly PictureLine[] }) {
  if (lines.length < 2) return null;
  if (lines.length > MOST_LINES) {
    return <p className={styles.hint}>{lines.length} combinations of the other parameters.</p>;
  }
  return (
    <ul className={styles.legend}>
      {lines.map(({ name }, at) => (
        <li key={name}>
          <svg width={12} height={12} viewBox="-6 -6 12 12" aria-hidden="true">
            <path d={mark(at)} fill={stepColours(at).band} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
