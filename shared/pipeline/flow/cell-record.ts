/** What is noted down while one cell is followed. */
import type { CellFacts, Mutation } from '../facts';
import type { Stream } from './library';

export interface DrawnFrom {
  readonly line: number;
  readonly source: string;
  readonly isSeeded: boolean;
  /** The shared stream it touches, null for a generator of its own. */
  readonly stream: Stream | null;
}

export class CellRecord {
  readonly reads = new Map<string, number>();
  readonly bound = new Map<string, number>();
  readonly deleted = new Map<string, number>();
  /** Of the deleted ones those that may still be there. */
  readonly maybeDeleted = new Set<string>();
  readonly mutated = new Map<string, Mutation>();
  /** Names that it asks for by text, by line and name. */
  readonly asked = new Map<string, CellFacts['asked'][number]>();
  /** Bound on every way to here. */
  sure = new Set<string>();
  readonly filesRead: CellFacts['filesRead'] = [];
  readonly filesWritten: CellFacts['filesWritten'] = [];
  readonly searchPaths: CellFacts['searchPaths'] = [];
  readonly network: CellFacts['network'] = [];
  readonly clock: CellFacts['clock'] = [];
  readonly environment = new Map<string, number>();
  readonly drawn: DrawnFrom[] = [];
  readonly unknowable: { line: number; reason: string; stops?: boolean }[] = [];
  /** Attributes of modules that get another value, with the line. */
  readonly patched = new Map<string, number>();
  readonly stars: { line: number; module: string }[] = [];
  readonly settingLines = new Set<number>();
  isPlotting = false;
  isShowing = false;

  noteMutation(name: string, line: number, how: string, certainty: Mutation['certainty']): void {
    const known = this.mutated.get(name);
    if (known && (known.certainty === 'surely' || certainty === 'possibly')) return;
    this.mutated.set(name, { name, line: known?.line ?? line, how, certainty });
  }

  noteAsked(name: string, line: number): void {
    const key = `${line} ${name}`;
    const isOwn = this.sure.has(name) && (this.asked.get(key)?.isOwn ?? true);
    this.asked.set(key, { name, line, isOwn });
  }

  noteUnknowable(line: number, reason: string, stops = false): void {
    if (this.unknowable.some((each) => each.line === line && each.reason === reason)) return;
    this.unknowable.push(stops ? { line, reason, stops } : { line, reason });
  }

  noteDraw(draw: DrawnFrom): void {
    if (this.drawn.some((each) => each.line === draw.line && each.source === draw.source)) return;
    this.drawn.push(draw);
  }

  noteNetwork(line: number, how: string, address: string | null): void {
    if (this.network.some((each) => each.line === line && each.how === how)) return;
    this.network.push({ line, how, address });
  }

  noteClock(line: number, how: string): void {
    if (this.clock.some((each) => each.line === line && each.how === how)) return;
    this.clock.push({ line, how });
  }

  noteSearchPath(line: number, path: string | null, isFirst: boolean): void {
    if (this.searchPaths.some((each) => each.line === line && each.path === path)) return;
    this.searchPaths.push({ line, path, isFirst });
  }

  noteFile(
    kind: 'filesRead' | 'filesWritten',
    line: number,
    path: string | null,
    how: string,
  ): void {
    const files = this[kind];
    if (files.some((each) => each.line === line && each.path === path && each.how === how)) return;
    files.push({ line, path, how });
  }
}
