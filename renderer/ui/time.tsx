/** Times are shown relative, with the exact one on hover. */
import { useEffect, useState } from 'react';

/** The time now, renewed every `everyMs` while mounted. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Ago({ at, prefix = '' }: { at: number; prefix?: string }) {
  const now = useNow(Date.now() - at < 60_000 ? 1000 : 15_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {prefix}
      {agoInWords(now - at)}
    </time>
  );
}

export function agoInWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 36) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days < 14 ? `${days} days ago` : `${Math.round(days / 7)} weeks ago`;
}
