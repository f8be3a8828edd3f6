/** Figures as medians over several runs; a ratio beside the peer or the limit of the same run. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export async function repeat(times, work) {
  const values = [];
  for (let run = 0; run < times; run += 1) values.push(await work(run));
  return values;
}

export function row(label, values, unit, peer) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const figure = `${format(median(values))} ${unit} (${format(low)} to ${format(high)}, ${values.length} runs)`;
  const ratio = peer ? `   ${format(median(values) / median(peer.values))} × ${peer.label}` : '';
  console.log(`  ${label.padEnd(44)} ${figure}${ratio}`);
}

function format(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
