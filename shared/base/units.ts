/** Branded units and how they are shown. Money is in US dollars; sizes in bytes (1 MB shown as 10^6); times in milliseconds. */
import { z } from 'zod';

export const usdSchema = z.number().brand<'Usd'>();
export type Usd = z.infer<typeof usdSchema>;
export const Usd = (value: number): Usd => value as Usd;

export const millisecondsSchema = z.number().nonnegative().brand<'Milliseconds'>();
export type Milliseconds = z.infer<typeof millisecondsSchema>;
export const Milliseconds = (value: number): Milliseconds => value as Milliseconds;

export const bytesSchema = z.number().int().nonnegative().brand<'Bytes'>();
export type Bytes = z.infer<typeof bytesSchema>;
export const Bytes = (value: number): Bytes => Math.round(value) as Bytes;

/** Two decimals, or three significant digits below a cent: $31.20, $0.00123. Zero is $0.00 and means zero, never unknown. */
export function formatUsd(value: Usd | number): string {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  if (size === 0 || size >= 0.01) return `${sign}$${groupThousands(size.toFixed(2))}`;
  const decimals = Math.min(12, 2 - Math.floor(Math.log10(size)));
  return `${sign}$${size.toFixed(decimals)}`;
}

function groupThousands(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 412 MB, 8.1 MB, 640 B. */
export function formatBytes(value: Bytes | number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size: number = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** 2 ms, 0.41 s, 3.2 s, 4 m 12 s. */
export function formatDuration(value: Milliseconds | number): string {
  if (value < 100) return `${value < 1 ? value.toFixed(1) : Math.round(value)} ms`;
  const seconds = value / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}
