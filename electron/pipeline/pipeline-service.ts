/** Stage pipeline: the open notebook's cells as steps, made anew at each edit; choices go into tags and slipway.yaml. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CellId, StepId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { fail, StudioFailure } from '../../shared/base/studio-error';
import { assignTag, type CellRole } from '../../shared/notebook';
import {
  createAnalyser,
  findLiteral,
  type OtherNotebook,
  type Parameter,
  type ParameterOverride,
  type PipelineChoices,
  type PipelineView,
  parseParameterValue,
  type Recording,
  type ServeChoice,
  type Step,
  type StepChoice,
  suggestServe,
} from '../../shared/pipeline';
import { answer } from '../base/answer';
import type { NotebookService } from '../notebook';
import { readChoices, writeChoices } from './choices-file';
import { choicesOf, type Document, type Known, makeView, withListed } from './make-view';
import { addable, added, ordered, removed } from './notebook-choices';
import { OtherNotebooks } from './other-notebooks';
import { whyNotPromote } from './promote';
import { readRecording, writeRecording } from './recording-file';
import { withRunFiles } from './run-files';

export interface PipelineNeeds {
  readonly notebook: Pick<NotebookService, 'read' | 'watch' | 'edit'>;
  /** How long after an edit the pipeline is made anew; typing makes many. */
  readonly settleMs?: number;
}

const SETTLE_MS = 60;
/** What the pipeline or its problems depend on: texts, tags, and in which order cells were run. */
const CHANGING: readonly string[] = ['snapshot', 'edited', 'runs'];

interface Follower extends Known {
  readonly view: Store<PipelineView>;
  readonly stop: AbortController;
}

export class PipelineService {
  readonly #needs: PipelineNeeds;
  readonly #followers = new Map<string, Promise<Follower>>();
  readonly #others = new OtherNotebooks();

  constructor(needs: PipelineNeeds) {
    this.#needs = needs;
  }

  /** The pipeline of a notebook as it is now, and a store that follows its edits. */
  async follow(path: string): Promise<Store<PipelineView>> {
    return (await this.#follower(path)).view;
  }

  /** Once, for a file: nothing is followed. */
  read(path: string): Promise<Result<PipelineView>> {
    return answer(async () => {
      const following = this.#followers.get(resolve(path));
      if (following) return (await following).view.value;
      const document = await this.#document(path);
      const { choices, error } = await choicesOf(path);
      const recording = await readRecording(path);
      const known = { analyser: createAnalyser(), choices, choicesError: error, recording };
      return this.#view(path, known, document);
    });
  }

  /** The further notebooks of the pipeline that are there, as the package is made of them. */
  async others(path: string): Promise<OtherNotebook[]> {
    const { choices } = await choicesOf(path);
    const listed = this.#others.read(path, choices);
    return listed.flatMap((each) => ('notebook' in each ? [each.notebook] : []));
  }

  async *watch(path: string, signal?: AbortSignal): AsyncGenerator<PipelineView, void, void> {
    const { view } = await this.#follower(path);
    yield* view.watch(signal);
  }

  /** A run in a fresh kernel was recorded: what it saw settles what the text only suspects. */
  async remember(path: string, recording: Recording): Promise<void> {
    await writeRecording(path, recording);
    const following = this.#followers.get(resolve(path));
    if (!following) return;
    (await following).recording = recording;
    this.#refreshQuietly(resolve(path));
  }

  assign(path: string, cellIds: readonly CellId[], role: CellRole | null): Promise<Result<null>> {
    return answer(async () => {
      const document = await this.#document(path);
      for (const cell of document.cells.filter(({ id }) => cellIds.includes(id))) {
        const edited = await this.#needs.notebook.edit(path, {
          kind: 'set-tags',
          cellId: cell.id,
          tags: assignTag(cell.tags, role),
        });
        if (!edited.ok) throw new StudioFailure(edited.error);
      }
      await this.#refresh(path);
      return null;
    });
  }

  merge(path: string, stepIds: readonly StepId[], name?: string): Promise<Result<null>> {
    return answer(async () => {
      const steps = await this.#steps(path, stepIds);
      const cellIds = steps.flatMap((step) => step.cellIds);
      const first = steps[0] ?? fail('invalid-input', 'Choose the steps to merge.');
      return this.#assign(path, cellIds, name ?? first.name);
    });
  }

  /** The cell and those after it in its step become a step of their own. */
  split(path: string, cellId: CellId, name?: string): Promise<Result<null>> {
    return answer(async () => {
      const { pipeline } = (await this.#follower(path)).view.value;
      const step = pipeline.steps.find(({ cellIds }) => cellIds.includes(cellId));
      if (!step) fail('not-found', 'That cell is in no step.');
      const at = step.cellIds.indexOf(cellId);
      if (at === 0)
        fail(
          'invalid-input',
          `${step.name} begins with that cell: there is nothing before it to split off.`,
        );
      const taken = new Set(pipeline.steps.map((one) => one.name));
      // What stays is tagged too, so that a later suggestion does not draw the boundary elsewhere.
      await this.#assign(path, step.cellIds.slice(0, at), step.name);
      return this.#assign(path, step.cellIds.slice(at), name ?? freeName(step.name, taken));
    });
  }

  rename(path: string, stepId: StepId, name: string): Promise<Result<null>> {
    return answer(async () => {
      const [step] = await this.#steps(path, [stepId]);
      await this.#assign(path, step?.cellIds ?? [], name);
      return this.#carryChoice(path, stepId, step?.cellIds[0]);
    });
  }

  promoteLiteral(
    path: string,
    wish: {
      readonly name: string;
      readonly cellId: CellId;
      readonly start: number;
      readonly end: number;
    },
  ): Promise<Result<null>> {
    return this.#choose(path, async (choices) => {
      const document = await this.#document(path);
      const cell = document.cells.find(({ id }) => id === wish.cellId);
      const literal = cell && findLiteral(cell.source, wish.start, wish.end);
      if (!literal) {
        fail(
          'invalid-input',
          'There is no literal (a number, a text, True, False, None, a list) at that place.',
        );
      }
      const { pipeline, facts } = (await this.#follower(path)).view.value;
      const refusal = whyNotPromote(wish.name, wish.cellId, literal.start, document.cells, {
        pipeline,
        facts,
      });
      if (refusal) fail('invalid-input', refusal);
      const { [wish.name]: _removed, ...parameters } = choices.parameters;
      return {
        ...choices,
        parameters,
        literals: [...choices.literals, { ...literal, name: wish.name, cellId: wish.cellId }],
      };
    });
  }

  removeParameter(path: string, name: string): Promise<Result<null>> {
    return this.#choose(path, (choices) => {
      const literals = choices.literals.filter((literal) => literal.name !== name);
      if (literals.length < choices.literals.length) return { ...choices, literals };
      return { ...choices, parameters: { ...choices.parameters, [name]: { isRemoved: true } } };
    });
  }

  setParameter(path: string, name: string, change: ParameterOverride): Promise<Result<null>> {
    return this.#choose(path, async (choices) => {
      const { pipeline } = (await this.#follower(path)).view.value;
      const known = pipeline.parameters.find((each) => each.name === name);
      if (!known) fail('not-found', `There is no parameter ${name}.`);
      const { isRemoved: _removed, ...fields } = change;
      refuseBadDefault({ ...known, ...fields });
      return {
        ...choices,
        parameters: { ...choices.parameters, [name]: { ...choices.parameters[name], ...change } },
      };
    });
  }

  configureStep(path: string, stepId: StepId, choice: StepChoice): Promise<Result<null>> {
    return this.#choose(path, async (choices) => {
      await this.#steps(path, [stepId]);
      return withStep(choices, stepId, choice);
    });
  }

  setServe(path: string, serve: ServeChoice | null): Promise<Result<null>> {
    return this.#choose(path, (choices) => ({ ...choices, serve }));
  }

  /** Nothing is written of a notebook that is divided into steps: that is what it is without a choice. */
  setWhole(path: string, isWhole: boolean): Promise<Result<null>> {
    return this.#choose(path, ({ whole: _before, ...choices }) =>
      isWhole ? { ...choices, whole: true } : choices,
    );
  }

  addNotebook(path: string, notebook: string): Promise<Result<null>> {
    return this.#choose(path, (choices) => added(path, choices, notebook));
  }

  removeNotebook(path: string, notebook: string): Promise<Result<null>> {
    return this.#choose(path, (choices) => removed(path, choices, notebook));
  }

  /** The order that counts wherever no file decides. */
  orderNotebooks(path: string, notebooks: readonly string[]): Promise<Result<null>> {
    return this.#choose(path, (choices) => ordered(path, choices, notebooks));
  }

  /** Those that lie beside the notebook and are not in its pipeline. */
  listNotebooks(path: string): Promise<Result<string[]>> {
    return answer(async () => addable(path, (await choicesOf(path)).choices));
  }

  suggestServe(path: string) {
    return answer(async () => {
      const { facts, pipeline } = (await this.#follower(path)).view.value;
      return suggestServe(facts, pipeline);
    });
  }

  dispose(): void {
    for (const following of this.#followers.values()) {
      void following.then(
        ({ stop }) => stop.abort(),
        () => undefined,
      );
    }
    this.#followers.clear();
  }

  async #steps(path: string, ids: readonly StepId[]): Promise<Step[]> {
    const { pipeline } = (await this.#follower(path)).view.value;
    return ids.map(
      (id) =>
        pipeline.steps.find((step) => step.id === id) ??
        fail('not-found', `There is no step ${id}.`),
    );
  }

  async #assign(path: string, cellIds: readonly CellId[], name: string): Promise<null> {
    const assigned = await this.assign(path, cellIds, { kind: 'step', name });
    if (!assigned.ok) throw new StudioFailure(assigned.error);
    return null;
  }

  /** A step's retries and time-out go with it to its new name. */
  async #carryChoice(path: string, stepId: StepId, cellId: CellId | undefined): Promise<null> {
    const { view } = await this.#follower(path);
    const { choices, pipeline } = view.value;
    const choice = choices.steps?.[stepId];
    const renamed = pipeline.steps.find(({ cellIds }) => cellId && cellIds.includes(cellId));
    if (!choice || !renamed || renamed.id === stepId) return null;
    const carried = await this.#choose(path, (now) =>
      withStep(withStep(now, stepId, {}), renamed.id, choice),
    );
    if (!carried.ok) throw new StudioFailure(carried.error);
    return null;
  }

  /** From what the file says now: another stage or a person may have changed it. */
  #choose(
    path: string,
    change: (choices: PipelineChoices) => PipelineChoices | Promise<PipelineChoices>,
  ): Promise<Result<null>> {
    return answer(async () => {
      const follower = await this.#follower(path);
      await writeChoices(path, await change(await readChoices(path)));
      await this.#reread(path, follower);
      await this.#refresh(path);
      return null;
    });
  }

  async #reread(path: string, follower: Follower): Promise<void> {
    const { choices, error } = await choicesOf(path);
    follower.choices = choices;
    follower.choicesError = error;
  }

  #follower(path: string): Promise<Follower> {
    const absolute = resolve(path);
    const known = this.#followers.get(absolute);
    if (known) return known;
    const starting = this.#start(absolute);
    this.#followers.set(absolute, starting);
    starting.catch(() => this.#followers.delete(absolute));
    return starting;
  }

  async #start(path: string): Promise<Follower> {
    const { choices, error } = await choicesOf(path);
    const analyser = createAnalyser();
    const known = { analyser, choices, choicesError: error, recording: await readRecording(path) };
    const view = new Store(this.#view(path, known, await this.#document(path)));
    const follower: Follower = { ...known, view, stop: new AbortController() };
    void this.#followEdits(path, follower);
    return follower;
  }

  async #followEdits(path: string, follower: Follower): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      for await (const event of this.#needs.notebook.watch(path, follower.stop.signal)) {
        if (event.type === 'closed' || event.type === 'moved') break;
        if (!CHANGING.includes(event.type)) continue;
        clearTimeout(timer);
        timer = setTimeout(() => this.#refreshQuietly(path), this.#needs.settleMs ?? SETTLE_MS);
      }
    } catch {
      // The notebook cannot be read any more; who opens it again follows it anew.
    }
    clearTimeout(timer);
    this.#followers.delete(path);
  }

  /** A notebook that went away in the meantime is followed anew by who opens it again. */
  #refreshQuietly(path: string): void {
    this.#refresh(path).catch(() => undefined);
  }

  async #refresh(path: string): Promise<void> {
    const following = this.#followers.get(resolve(path));
    if (!following || !existsSync(path)) return;
    const follower = await following;
    await this.#reread(path, follower);
    const document = await this.#document(path);
    follower.view.set(this.#view(path, follower, document, follower.view.value.revision + 1));
  }

  #view(path: string, known: Known, document: Document, revision = 0): PipelineView {
    const listed = this.#others.read(path, known.choices);
    return withListed(makeView(known, document, revision), path, document, listed);
  }

  async #document(path: string): Promise<Document> {
    const read = await this.#needs.notebook.read(path);
    if (!read.ok) throw new StudioFailure(read.error);
    return { ...read.value, cells: withRunFiles(path, read.value.cells) };
  }
}

/** An empty choice leaves no trace. */
function withStep(choices: PipelineChoices, id: StepId, choice: StepChoice): PipelineChoices {
  const { [id]: _before, ...others } = choices.steps ?? {};
  const isEmpty = !choice.retries && choice.timeout_seconds === undefined;
  const { steps: _steps, ...rest } = choices;
  const steps = isEmpty ? others : { ...others, [id]: choice };
  return Object.keys(steps).length === 0 ? rest : { ...rest, steps };
}

/** An enum's values are Python source like its default; the others are checked as a person would type them. */
function refuseBadDefault(parameter: Parameter): void {
  if (parameter.type === 'enum') return;
  const quoted = /^(["'])([\s\S]*)\1$/.exec(parameter.defaultSource.trim());
  const checked = parseParameterValue(parameter, quoted?.[2] ?? parameter.defaultSource);
  if (!checked.ok) throw new StudioFailure(checked.error);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${name} ${number}`)) return `${name} ${number}`;
  }
}
