/** A small Terraform module as files: what stands, what is asked for, what comes out, and how to use it. */
import type { Wanted } from '../resources/platform';
import type { ExportedFiles } from '../targets/target';
import { type Block, type Hcl, hclFile, ref } from './hcl';

export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'number' | 'map(string)';
  /** Without one it is asked for. */
  readonly fallback?: Hcl;
  readonly isSensitive?: boolean;
}

export interface Output {
  readonly name: string;
  readonly description: string;
  readonly value: Hcl;
}

/** What Slipway made already and Terraform takes over. */
export interface Import {
  /** "aws_lb.app" */
  readonly to: string;
  readonly id: string;
}

export interface Step {
  readonly what: string;
  readonly commands: readonly string[];
}

export interface TerraformModule {
  readonly title: string;
  readonly provider: {
    readonly name: string;
    /** As the registry of Terraform has it; what it was written and checked against. */
    readonly version: string;
    readonly block: Block;
  };
  readonly variables: readonly Variable[];
  readonly main: readonly Block[];
  readonly outputs: readonly Output[];
  readonly imports: readonly Import[];
  /** Before everything is applied: the place for the image, and the image in it. */
  readonly imageSteps: readonly Step[];
  readonly leftOut: readonly string[];
}

/** A revision's name is never used twice: whoever changes the image counts it on. */
export const revisionVariable = ({ mode, revision }: Wanted): Variable[] =>
  mode === 'service'
    ? [
        {
          name: 'revision',
          description: 'Count it on with each change: the name of a revision is used once.',
          type: 'number',
          fallback: revision.number,
        },
      ]
    : [];

/** `import` blocks need 1.5. */
const TERRAFORM = '>= 1.5';

export function moduleFiles(module: TerraformModule): ExportedFiles {
  const { provider, variables, main, outputs, imports, leftOut } = module;
  const versions: Block = {
    type: 'terraform',
    attributes: { required_version: TERRAFORM },
    blocks: [
      {
        type: 'required_providers',
        attributes: {
          [provider.name]: { source: `hashicorp/${provider.name}`, version: provider.version },
        },
      },
    ],
  };
  return {
    files: {
      'main.tf': hclFile([provider.block, ...main]),
      'variables.tf': hclFile(variables.map(variableBlock)),
      'outputs.tf': hclFile(outputs.map(outputBlock)),
      'versions.tf': hclFile([versions]),
      // Always there: one of an earlier export would name what stands no more.
      'imports.tf':
        imports.length > 0 ? hclFile(imports.map(importBlock)) : '# Nothing of it stands yet.\n',
      'README.md': readme(module),
      '.gitignore': IGNORED,
    },
    leftOut,
  };
}

/** The state holds values of secrets, and a file of variables may. */
const IGNORED = '.terraform/\n*.tfstate\n*.tfstate.*\n*.tfvars\n*.tfplan\n';

const variableBlock = ({ name, description, type, fallback, isSensitive }: Variable): Block => ({
  type: 'variable',
  labels: [name],
  attributes: {
    description,
    type: ref(type),
    default: fallback,
    sensitive: isSensitive ? true : undefined,
  },
});

const outputBlock = ({ name, description, value }: Output): Block => ({
  type: 'output',
  labels: [name],
  attributes: { description, value },
});

const importBlock = ({ to, id }: Import): Block => ({
  type: 'import',
  attributes: { to: ref(to), id },
});

function readme({ title, provider, variables, imports, imageSteps, leftOut }: TerraformModule) {
  const asked = variables.filter(({ fallback }) => fallback === undefined);
  const steps: Step[] = [
    { what: 'Fetch the provider', commands: ['terraform init'] },
    ...(asked.length > 0
      ? [
          {
            what: 'Give the values that stand in no file. Terraform keeps them in its state: keep that where few can read it',
            commands: asked.map(({ name }) => `export TF_VAR_${name}=…`),
          },
        ]
      : []),
    ...imageSteps,
    { what: 'See what changes', commands: ['terraform plan'] },
    { what: 'Make it', commands: ['terraform apply'] },
    { what: 'Take it away again', commands: ['terraform destroy'] },
  ];
  return [
    `# ${title}`,
    'Written by Slipway from its own plan. One of the two should keep this deployment: what Terraform changes later, Slipway shows as a difference, and the other way round.',
    `For Terraform ${TERRAFORM} with hashicorp/${provider.name} ${provider.version}.`,
    ...(imports.length > 0
      ? [
          'Parts of it stand already. `imports.tf` hands them to Terraform at the first apply; the file can be deleted after that.',
        ]
      : []),
    '## Commands',
    ...steps.map(({ what, commands }) => `${what}:\n\n${fenced(commands)}`),
    ...(leftOut.length > 0
      ? ['## Not in this export', leftOut.map((each) => `- ${each}`).join('\n')]
      : []),
    '',
  ].join('\n\n');
}

const fenced = (commands: readonly string[]): string => ['```sh', ...commands, '```'].join('\n');
