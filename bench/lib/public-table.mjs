/** The table of `bench/public.mjs`, as Markdown. */
const HEAD = [
  'notebook',
  'from',
  'licence',
  'code cells',
  'steps',
  'identical',
  'within tolerance',
  'different',
  'not compared',
  'ends with',
];

export function tableHead() {
  return `${line(HEAD)}\n${line(HEAD.map((_, at) => (at > 2 && at < 9 ? '--:' : '---')))}`;
}

export function markdownRow({ name, source, cells, steps, comparisons, isProved, sentence }) {
  const count = (verdict) => comparisons.filter((each) => each.verdict === verdict).length;
  return line([
    name,
    source ? `${source.repository} ${source.commit.slice(0, 7)}, ${source.path}` : '',
    source?.licence ?? '',
    cells,
    steps,
    count('identical'),
    count('within-tolerance'),
    count('different'),
    count('not-compared'),
    isProved ? withReasons('proved equal', comparisons) : sentence || 'nothing could be compared',
  ]);
}

function withReasons(word, comparisons) {
  const namesOf = new Map();
  for (const { verdict, name, note } of comparisons) {
    if (verdict === 'not-compared') namesOf.set(note, [...(namesOf.get(note) ?? []), name]);
  }
  const reasons = [...namesOf].map(([note, names]) => `${[...new Set(names)].join(', ')}: ${note}`);
  return reasons.length > 0 ? `${word}; not compared: ${reasons.join('; ')}` : word;
}

function line(values) {
  return `| ${values.map((value) => String(value).replace(/\|/g, '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
}
