/** Whether a module is one that its provider takes, from what the provider's documentation says of its arguments. */
import { z } from 'zod';
import facts from './provider-arguments.json' with { type: 'json' };
import { type ReadBlock, readHcl, referencesIn } from './read-hcl';

const argumentsSchema = z.object({
  required: z.array(z.string()),
  optional: z.array(z.string()),
  blocks: z.array(z.string()),
});
const factsSchema = z.record(
  z.string(),
  z.object({
    resources: z.record(
      z.string(),
      z.object({
        blocks: z.record(z.string(), argumentsSchema),
        attributes: z.array(z.string()),
      }),
    ),
  }),
);
const FACTS = Object.assign(
  {},
  ...Object.values(factsSchema.parse(facts)).map(({ resources }) => resources),
) as z.infer<typeof factsSchema>[string]['resources'];

const META = ['depends_on'];

/** Each problem a sentence. */
export function problemsOf(files: Readonly<Record<string, string>>): string[] {
  const blocks = Object.entries(files)
    .filter(([name]) => name.endsWith('.tf'))
    .flatMap(([, text]) => readHcl(text));
  const named = blocks.filter(({ type }) => type === 'resource' || type === 'data');
  return [...named.flatMap(argumentProblems), ...referenceProblems(blocks, Object.values(files))];
}

const typeOf = ({ type, labels }: ReadBlock): string =>
  type === 'data' ? `data.${labels[0]}` : (labels[0] ?? '');

function argumentProblems(block: ReadBlock): string[] {
  const type = typeOf(block);
  const known = FACTS[type];
  return known ? problemsIn(block, '', type, known.blocks) : [`${type} is not known`];
}

function problemsIn(
  block: ReadBlock,
  path: string,
  type: string,
  all: Readonly<Record<string, z.infer<typeof argumentsSchema>>>,
): string[] {
  const known = all[path];
  const where = path === '' ? type : `${type} ${path}`;
  if (!known) return [`${where} is not known`];
  const attributes = Object.keys(block.attributes);
  const inner = block.blocks.map((each) => each.type);
  const given = [...attributes, ...inner];
  const may = [...known.required, ...known.optional, ...(path === '' ? META : [])];
  return [
    ...given
      .filter((name) => !may.includes(name))
      .map((name) => `${where}: ${name} is no argument`),
    ...known.required
      .filter((name) => !given.includes(name))
      .map((name) => `${where}: ${name} is missing`),
    ...attributes
      .filter((name) => known.blocks.includes(name))
      .map((name) => `${where}: ${name} is a block`),
    ...inner
      .filter((name) => !known.blocks.includes(name))
      .map((name) => `${where}: ${name} is no block`),
    ...block.blocks.flatMap((each) =>
      problemsIn(each, path === '' ? each.type : `${path}.${each.type}`, type, all),
    ),
  ];
}

function referenceProblems(blocks: readonly ReadBlock[], texts: readonly string[]): string[] {
  const declared = new Set(
    blocks.map(({ type, labels }) => {
      if (type === 'variable') return `var.${labels[0]}`;
      return type === 'data' ? `data.${labels.join('.')}` : labels.join('.');
    }),
  );
  return texts
    .filter((text) => /^(resource|output|import|provider)\b/m.test(text))
    .flatMap((text) =>
      referencesIn(text).flatMap((reference) => {
        const parts = reference.split('.');
        const isData = parts[0] === 'data';
        const owner = parts.slice(0, isData ? 3 : 2).join('.');
        if (!declared.has(owner)) return [`${reference} is nowhere`];
        const type = parts.slice(0, isData ? 2 : 1).join('.');
        const attribute = parts[isData ? 3 : 2];
        const known = FACTS[type];
        const may = known
          ? [
              ...known.attributes,
              ...(known.blocks['']?.required ?? []),
              ...(known.blocks['']?.optional ?? []),
            ]
          : [];
        return known && attribute !== undefined && !may.includes(attribute)
          ? [`${reference}: there is no such attribute`]
          : [];
      }),
    );
}
