import { type Logger, toError } from '@groupcall/kernel';
import { Audio, type AudioOptions, type RtpCounts } from './audio.ts';
import { answerDirection, type Direction, LocalSdp, parseSdp, type RemoteSdp } from './sdp.ts';

/** Hex digits of the SDP session id: 48 bits, a whole number that JavaScript holds exactly. */
const SESSION_ID_DIGITS = 12;
/** The address by which RFC 2543 said "hold". */
const NOWHERE = '0.0.0.0';

/** Audio and its negotiation (RFC 3264) for one call: what was offered and answered decides whether the tone is sent. */
export class CallMedia {
  readonly #audio: Audio;
  readonly #sdp: LocalSdp;
  #remote: RemoteSdp | undefined;
  #holding = false;
  #started = false;

  private constructor(audio: Audio, sessionId: number) {
    this.#audio = audio;
    this.#sdp = new LocalSdp(audio.local, sessionId);
  }

  /** Binds a port. Rejects with the system's error. */
  static async open(options: AudioOptions): Promise<CallMedia> {
    const audio = await Audio.open(options);
    return new CallMedia(audio, parseInt(options.ids.uuid().replaceAll('-', '').slice(-SESSION_ID_DIGITS), 16));
  }

  get counts(): RtpCounts {
    return this.#audio.counts;
  }

  get holding(): boolean {
    return this.#holding;
  }

  /** What this side does, by what both have said. */
  get direction(): Direction {
    return answerDirection(this.#remote?.audio.direction ?? 'sendrecv', this.#holding);
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#started = false;
    return this.#audio.close();
  }

  /** An offer of this side's. */
  offer(): string {
    return this.#sdp.offer(this.#holding ? 'sendonly' : 'sendrecv');
  }

  /** The answer to an offer. @throws SdpError when it has no audio for this phone. */
  answer(offer: string): string {
    this.#remote = parseSdp(offer);
    this.#send();
    return this.#sdp.answer(this.#remote, this.direction);
  }

  /** Takes the answer to this side's offer. @throws SdpError when it has no audio for this phone. */
  accept(answer: string): void {
    this.#remote = parseSdp(answer);
    this.#send();
  }

  /** Begins to send, now or as soon as the other side has said where to. */
  start(): void {
    this.#started = true;
    this.#send();
  }

  /** Holds, or goes on. What the other side must be told is the next {@link offer}. */
  setHolding(holding: boolean): void {
    this.#holding = holding;
    this.#send();
  }

  /** A held call stays silent, though `sendonly` would allow for music. */
  #send(): void {
    const remote = this.#remote?.audio;
    const maySend = this.#started && !this.#holding && (this.direction === 'sendrecv' || this.direction === 'sendonly');
    this.#audio.send(remote === undefined || !maySend || remote.address === NOWHERE ? undefined : remote);
  }
}

/** Gives the port of a call that was never talked in back, also when it is still being opened. */
export function closeUnused(media: Promise<CallMedia>, logger: Logger): void {
  media
    .then((opened) => opened.close())
    .catch((error: unknown) => {
      logger.warn({ err: toError(error) }, 'the audio port could not be closed');
    });
}
