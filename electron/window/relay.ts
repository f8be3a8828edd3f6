/** Carries each window's port to the host and back; the main process never reads what passes. */
import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import type { HostMessage, HostProcess } from './host-process';

export class Relay {
  readonly #ports = new Map<number, MessagePortMain>();
  #host: HostProcess | null = null;
  #next = 1;

  /** From now on frames go to this host; connections of an earlier one are closed. */
  use(host: HostProcess | null): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
    this.#host = host;
    host?.onMessage((message) => this.#receive(message));
  }

  /** Gives the page a fresh port to the host. */
  connect(page: WebContents): void {
    const host = this.#host;
    if (!host) return;
    const connection = this.#next++;
    const { port1, port2 } = new MessageChannelMain();
    this.#ports.set(connection, port1);
    port1.on('message', (event) => host.send({ type: 'frame', connection, data: event.data }));
    port1.on('close', () => {
      if (this.#ports.delete(connection)) host.send({ type: 'close', connection });
    });
    port1.start();
    page.postMessage('slipway-port', null, [port2]);
  }

  #receive(message: HostMessage): void {
    if (message.type === 'frame') this.#ports.get(message.connection)?.postMessage(message.data);
  }
}
