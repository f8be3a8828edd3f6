/**
 * The command registry: one place where the palette, the keys, the native menu and the buttons of errors meet.
 * Titles and keys come from shared/project/commands.ts; a place says what its commands do while it is mounted.
 */
import { useEffect, useRef } from 'react';
import { type CommandSpec, findCommand } from '../shared/project/commands';
import { STAGES } from '../shared/stages';
import { goTo } from './navigation';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** As Electron writes accelerators: `CmdOrCtrl+Shift+K`. */
  readonly keys?: string;
  readonly when?: () => boolean;
  /** Nothing a person could ask for by its name: it is the button of an error, which says what it is about. */
  readonly needsArgument?: true;
  readonly run: (argument?: unknown) => void | Promise<void>;
}

type Handler = Omit<Command, 'title'> & { readonly title?: string };

const registered = new Map<string, Command>();
const listeners = new Set<() => void>();
let snapshot: readonly Command[] = [];

/** A command that was asked for before its place was on the screen; it runs when the place registers it. */
let pending: { readonly id: string; readonly argument: unknown } | null = null;

export function registerCommand(handler: Handler): () => void {
  const spec: CommandSpec | undefined = findCommand(handler.id);
  const command: Command = {
    title: spec?.title ?? handler.id,
    ...(spec?.accelerator === undefined ? {} : { keys: spec.accelerator }),
    ...handler,
  };
  registered.set(command.id, command);
  changed();
  if (pending?.id === command.id) {
    const { argument } = pending;
    pending = null;
    queueMicrotask(() => void command.run(argument));
  }
  return () => {
    if (registered.get(command.id) === command) registered.delete(command.id);
    changed();
  };
}

function changed(): void {
  snapshot = [...registered.values()];
  for (const listener of [...listeners]) listener();
}

export function subscribeCommands(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** All registered commands; the same array until one comes or goes. */
export function listCommands(): readonly Command[] {
  return snapshot;
}

/**
 * Runs a command by its id; one whose place is elsewhere goes there first, and `<stage>.open` only goes there.
 * Answers whether it was known.
 */
export function runCommand(asked: string, argument?: unknown): boolean {
  const id = inKebabCase(asked);
  const command = registered.get(id);
  if (command !== undefined) {
    if (command.when?.() === false) return false;
    void command.run(argument);
    return true;
  }
  const stage = STAGES.find((name) => id.startsWith(`${name}.`));
  if (stage === undefined || stage === 'connect') return false;
  if (id === `${stage}.open`) {
    goTo(stage);
    return true;
  }
  pending = { id, argument };
  goTo(stage);
  return true;
}

/** The host's errors may name a command as its contract does: `notebook.saveAs`. */
function inKebabCase(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Registers commands while the component is mounted. Titles and keys may be left to the shared list. */
export function useCommands(handlers: readonly Handler[]): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  const ids = handlers.map((handler) => handler.id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ids` says when the set changes; `latest` reads the newest handlers.
  useEffect(() => {
    const find = (id: string) => latest.current.find((handler) => handler.id === id);
    const undo = latest.current.map((handler) =>
      registerCommand({
        ...handler,
        when: () => find(handler.id)?.when?.() ?? true,
        run: (argument) => find(handler.id)?.run(argument),
      }),
    );
    return () => {
      for (const unregister of undo) unregister();
    };
  }, [ids]);
}
