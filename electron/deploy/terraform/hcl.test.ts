/** The writer alone, and read again by Terraform itself where it is installed. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Block, type Hcl, hclFile, JsonText, ref, text } from './hcl';
import { TerraformFolder, whyNoTerraform } from './testing/terraform';

vi.setConfig({ testTimeout: 60_000 });

const BLOCKS: Block[] = [
  {
    comment: 'Two lines\nbefore it',
    type: 'resource',
    labels: ['aws_lb', 'app'],
    attributes: {
      name: 'a "name"',
      internal: false,
      missing: undefined,
      tags: { 'dev.slipway.run': 'yes', for: 'a word of the language', plain: null },
      ports: [80, 443],
      long_one: 'x',
      documents: new JsonText([{ Action: ['sts:AssumeRole'], On: text`${ref('aws_lb.b.arn')}:*` }]),
      arn: text`${ref('aws_lb.b.arn')}`,
      empty: {},
    },
    blocks: [{ type: 'health_check', attributes: { path: '/readyz' } }],
  },
];

it('lays a file out as Terraform does', () => {
  expect(hclFile(BLOCKS)).toBe(`# Two lines
# before it
resource "aws_lb" "app" {
  name     = "a \\"name\\""
  internal = false
  tags = {
    "dev.slipway.run" = "yes"
    "for"             = "a word of the language"
    plain             = null
  }
  ports    = [80, 443]
  long_one = "x"
  documents = jsonencode([
    {
      Action = ["sts:AssumeRole"]
      On     = "\${aws_lb.b.arn}:*"
    },
  ])
  arn   = aws_lb.b.arn
  empty = {}

  health_check {
    path = "/readyz"
  }
}
`);
});

const DOLLAR = '$';
const TEXTS = [
  ...[
    `${DOLLAR}{path.cwd}`,
    `$${DOLLAR}{path.cwd}`,
    `$$$${DOLLAR}{x}`,
    '%{ if true }',
    '%%{ for }',
  ],
  ...['$', '$$', '100 %', '{}', '"quoted" \\ back \\u0041 \\n', 'two\nlines\r\n\tand a tab'],
  ...['<<EOT', '# none', '// none', '\u0000\u0007\u001b[31m', 'Müller & Söhne 😀'],
  ...['\u2028line\u2029', '/* none */', '~> }}'],
];
const KEYS = Object.fromEntries(TEXTS.map((each) => [each, each]));

const why = whyNoTerraform();

describe.skipIf(why !== null)(`with Terraform${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = new TerraformFolder();
  afterAll(() => folder.remove());

  it('each text is read as it was, and the layout is its own', async () => {
    const output = (name: string, value: Hcl): Block => ({
      type: 'output',
      labels: [name],
      attributes: { value },
    });
    const sign: Block = { type: 'variable', labels: ['sign'], attributes: { default: '{' } };
    const beside = text`cost $${ref('var.sign')} and %${ref('var.sign')}`;
    await folder.write({
      'main.tf': hclFile([
        sign,
        output('texts', [...TEXTS, '']),
        output('keys', KEYS),
        output('json', new JsonText(TEXTS)),
        output('beside', beside),
        output('numbers', [0, -1.5, 1e6]),
      ]),
    });
    expect(await folder.run('fmt', '-check', '-diff')).toEqual({ code: 0, text: '' });
    expect(await folder.run('apply', '-auto-approve')).toMatchObject({ code: 0 });
    const { text: json } = await folder.run('output', '-json');
    const said = JSON.parse(json) as Record<string, { readonly value: unknown }>;
    expect({
      ...Object.fromEntries(Object.entries(said).map(([name, { value }]) => [name, value])),
      json: JSON.parse(String(said.json?.value)) as unknown,
    }).toEqual({
      texts: [...TEXTS, ''],
      keys: KEYS,
      json: TEXTS,
      beside: `cost ${DOLLAR}{ and %{`,
      numbers: [0, -1.5, 1e6],
    });
  });
});
