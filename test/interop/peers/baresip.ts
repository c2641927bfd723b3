import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, freePortPair } from './ports.ts';
import { PeerProcess } from './process.ts';

export interface BaresipOptions {
  readonly user: string;
  readonly password: string;
  /** Host and port it registers at. */
  readonly registrar: string;
  readonly transport?: 'udp' | 'tcp';
  /** Whether it answers at once. */
  readonly answers?: 'auto' | 'manual';
  /** Pitch of its microphone, in Hz. */
  readonly toneHz?: number;
}

/** One event of baresip's control connection, as it comes. */
export interface BaresipEvent {
  readonly type: string;
  readonly class?: string;
  readonly param?: string;
  readonly peeruri?: string;
  readonly [member: string]: unknown;
}

const MICROPHONE_SECONDS = 300;

/** Longer than anything takes; only a failing test waits for it. */
const EVENT_TIMEOUT_MS = 15_000;

/** Of its recordings: 8000 Hz, 16 bits. */
const BYTES_PER_SECOND = 16_000;

/** How often the size of a recording is looked at, in ms. */
const LOOK_MS = 50;

function config(options: BaresipOptions, folder: string, ports: { sip: number; control: number; rtp: number }): string {
  return `poll_method epoll
sip_listen 127.0.0.1:${ports.sip}
call_local_timeout 120
call_max_calls 4
audio_source aufile,${folder}/tone.wav
audio_player aubridge,${options.user}
audio_alert aufile,/dev/null
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
rtp_ports ${ports.rtp}-${ports.rtp + 60}
rtp_stats yes
rtcp_mux no
rtp_timeout 60
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
snd_path ${folder}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${ports.control}
`;
}

/** A registered phone of another make, driven over its control connection. */
export class Baresip {
  readonly process: PeerProcess;
  readonly folder: string;
  readonly events: BaresipEvent[] = [];
  readonly #socket: Socket;
  #buffered = Buffer.alloc(0);
  readonly #watchers = new Set<() => void>();

  private constructor(process: PeerProcess, folder: string, socket: Socket) {
    this.process = process;
    this.folder = folder;
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#receive(chunk);
    });
    socket.on('error', () => undefined);
  }

  /** Starts it and waits until it has registered. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const folder = mkdtempSync(join(tmpdir(), `groupcall-baresip-${options.user}-`));
    const ports = { sip: await freePortPair(), control: await freePort(), rtp: await freePortPair() };
    // A file that ends closes the call, so the tone is longer than any test.
    const tone = ['synth', String(MICROPHONE_SECONDS), 'sine', String(options.toneHz ?? 440)];
    execFileSync('sox', ['-n', '-r', '8000', '-c', '1', '-b', '16', join(folder, 'tone.wav'), ...tone]);
    writeFileSync(join(folder, 'config'), config(options, folder, ports));
    const account = `<sip:${options.user}@${options.registrar};transport=${options.transport ?? 'udp'}>`;
    const credentials = `auth_user=${options.user};auth_pass=${options.password}`;
    writeFileSync(
      join(folder, 'accounts'),
      `${account};${credentials};answermode=${options.answers ?? 'manual'};regint=60\n`,
    );
    writeFileSync(join(folder, 'contacts'), '');
    const process = new PeerProcess('baresip', ['-f', folder], { cwd: folder });
    await process.waitFor(/baresip is ready/);
    const phone = new Baresip(process, folder, await connectWhenUp(ports.control));
    // It may have registered before the control connection was there, so its own words count too.
    await process.waitFor(/200 OK|\[1 binding/i);
    return phone;
  }

  /** Sends a command: `accept`, `dial sip:…`, `hangup`, `hold`, `resume`, … */
  command(command: string, params = ''): void {
    const json = JSON.stringify({ command, params, token: command });
    this.#socket.write(`${Buffer.byteLength(json)}:${json},`);
  }

  /** Waits for an event of this type, also one that has come already; with `count`, for that many of them. */
  async waitFor(type: string, { param, count = 1 }: { param?: string; count?: number } = {}): Promise<BaresipEvent> {
    const deadline = AbortSignal.timeout(EVENT_TIMEOUT_MS);
    for (;;) {
      const matching = this.events.filter(
        (event) => event.type === type && (param === undefined || event.param === param),
      );
      const event = matching[count - 1];
      if (event !== undefined) return event;
      if (deadline.aborted) {
        const seen = this.events.map((candidate) => candidate.type).join(', ');
        throw new Error(`baresip told no ${type}, only: ${seen}\n${this.process.output.slice(-2_000)}`);
      }
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#watchers.delete(done);
          deadline.removeEventListener('abort', done);
          resolve();
        };
        this.#watchers.add(done);
        deadline.addEventListener('abort', done);
      });
    }
  }

  /** Waits until it has heard this much, in seconds, since the call began. */
  async hasHeard(seconds: number): Promise<void> {
    const deadline = AbortSignal.timeout(EVENT_TIMEOUT_MS);
    const bytes = seconds * BYTES_PER_SECOND;
    while (!this.heard().some((file) => statSync(file).size > bytes)) {
      if (deadline.aborted)
        throw new Error(`baresip heard less than ${seconds} s\n${this.process.output.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** WAV files of what it heard (`sndfile` names them `…-dec.wav`). */
  heard(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('-dec.wav'))
      .map((name) => join(this.folder, name));
  }

  /** It takes its registration back before it ends, so stop it before the registrar. */
  async stop(): Promise<void> {
    this.command('quit');
    await Promise.race([this.process.exited, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    await this.process.stop('SIGTERM');
    this.#socket.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #receive(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    for (;;) {
      const colon = this.#buffered.indexOf(':');
      if (colon < 0) break;
      const length = Number(this.#buffered.subarray(0, colon));
      if (this.#buffered.length < colon + length + 2) break;
      const json = this.#buffered.subarray(colon + 1, colon + 1 + length).toString();
      this.#buffered = this.#buffered.subarray(colon + length + 2);
      const message = JSON.parse(json) as BaresipEvent & { event?: boolean };
      if (message.event === true) this.events.push(message);
    }
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** The control port opens a moment after the program says it is ready. */
async function connectWhenUp(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => {
          resolve(socket);
        });
        socket.once('error', reject);
      });
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The pitch of a recording, in Hz, by sox's rough estimate. */
export function pitchOf(file: string): number {
  const said = execFileSync('sh', ['-c', 'exec sox "$0" -n stat 2>&1', file], { encoding: 'utf8' });
  return Number(/Rough\s+frequency:\s+(\d+)/.exec(said)?.[1] ?? Number.NaN);
}
