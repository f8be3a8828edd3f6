// Makes resources/prices/price-book.json from the two CSVs of collected price facts:
//   node scripts/make-price-book.mjs <folder or compute.csv> [vms.csv]
// Only what the estimate uses is kept. Rows without a price (rules) are no prices: they live as code beside their arithmetic.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** service → the SKUs the estimate asks for. */
const USED = {
  'aws/fargate': ['linux-x86-vcpu', 'linux-x86-memory', 'ephemeral-storage-over-20gb'],
  'aws/lambda': ['duration-x86-tier1', 'requests'],
  'aws/alb': ['hourly'],
  'aws/public-ipv4': ['in-use or idle'],
  'aws/ecr': ['storage'],
  'gcp/cloud-run-service': [
    'request-based-cpu',
    'request-based-memory',
    'min-instance-idle-cpu',
    'min-instance-idle-memory',
    'requests',
  ],
  'gcp/cloud-run-job': ['cpu', 'memory'],
  'gcp/cloud-scheduler': ['job'],
  'gcp/artifact-registry': ['storage'],
  'azure/container-apps': [
    'consumption vcpu active',
    'consumption memory active',
    'consumption vcpu idle',
    'consumption memory idle',
    'consumption requests',
  ],
  'azure/acr': ['basic'],
};

function parseCsv(text) {
  const rows = [[]];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',' || character === '\n') {
      rows.at(-1).push(field.replace(/\r$/, ''));
      field = '';
      if (character === '\n') rows.push([]);
    } else field += character;
  }
  if (field !== '') rows.at(-1).push(field);
  const [header, ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ''])));
}

function pricesOf(rows) {
  return (
    rows
      .filter((row) => USED[`${row.provider}/${row.service}`]?.includes(row.sku))
      .filter((row) => row.usd.trim() !== '' && Number.isFinite(Number(row.usd)))
      // A row whose region is a description is not a price of any one region.
      .filter((row) => !row.region.startsWith('('))
      .map((row) => ({
        provider: row.provider,
        service: row.service,
        sku: row.sku,
        region: row.region,
        unit: row.unit,
        usd: Number(row.usd),
        source: row.source,
        sourceDate: row.source_date,
        note: row.notes,
      }))
  );
}

const given = process.argv.slice(2);
if (given.length === 0) {
  console.error('Name the folder with compute.csv and vms.csv (or compute.csv itself).');
  process.exit(2);
}
const files = statSync(given[0]).isDirectory()
  ? [join(given[0], 'compute.csv'), join(given[0], 'vms.csv')]
  : given;
// Machine types (vms.csv) have no `usd` column and no target of today uses one: they come in with the targets that do.
const used = files.filter((file) =>
  readFileSync(file, 'utf8').split('\n')[0].split(',').includes('usd'),
);
const prices = used.flatMap((file) => pricesOf(parseCsv(readFileSync(file, 'utf8'))));
const keyOf = (price) => [price.provider, price.service, price.sku, price.region].join('/');
prices.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'resources', 'prices', 'price-book.json');
const book = { version: 1, madeFrom: used.map((file) => basename(file)), prices };
writeFileSync(out, `${JSON.stringify(book, null, 2)}\n`);
console.log(`${prices.length} prices in ${new Set(prices.map((p) => p.region)).size} regions`);
