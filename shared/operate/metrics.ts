/** The 95th percentile of the time a request takes, from Prometheus text, in milliseconds; null where it does not say. */

const SAMPLE = /^([A-Za-z_:][\w:]*)\{([^}]*)\}\s+(\S+)/;

export function p95FromMetrics(text: string): number | null {
  const samples = text.split('\n').flatMap((line) => {
    const match = SAMPLE.exec(line);
    return match ? [{ name: match[1] ?? '', labels: match[2] ?? '', value: Number(match[3]) }] : [];
  });
  const summary = samples.find(
    (each) => /seconds$/.test(each.name) && /quantile="0\.95"/.test(each.labels),
  );
  if (summary && Number.isFinite(summary.value)) return summary.value * 1000;
  return fromBuckets(samples.filter((each) => /seconds_bucket$/.test(each.name)));
}

/** Buckets count up to their bound; labels other than the bound are added together. */
function fromBuckets(samples: readonly { labels: string; value: number }[]): number | null {
  const counts = new Map<number, number>();
  for (const { labels, value } of samples) {
    const bound = /le="([^"]+)"/.exec(labels)?.[1] ?? '';
    const seconds = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    if (!Number.isNaN(seconds)) counts.set(seconds, (counts.get(seconds) ?? 0) + value);
  }
  const sorted = [...counts].sort((a, b) => a[0] - b[0]);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  const at = sorted.findIndex(([, count]) => count >= total * 0.95);
  const upper = sorted[at];
  const below = sorted[at - 1] ?? ([0, 0] as const);
  if (!upper || !Number.isFinite(upper[0])) return null;
  const part = (total * 0.95 - below[1]) / Math.max(1, upper[1] - below[1]);
  return (below[0] + (upper[0] - below[0]) * part) * 1000;
}
