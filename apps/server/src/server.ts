import { lookup } from 'node:dns/promises';
import { GroupCallEngine } from '@groupcall/engine';
import type { Clock, IdSource, Logger, Network } from '@groupcall/kernel';
import { OwnAudio } from '@groupcall/media';
import { SipSignaling } from '@groupcall/signaling';
import { AddressResolver, DigestServer, Registrar, UserAgent } from '@groupcall/sip';
import { openStore, StoreError, type Store } from '@groupcall/store';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config/config.ts';
import { ConfigError } from './config/config-error.ts';
import { formatListen } from './config/listen.ts';
import { nameOf } from './config/schema.ts';
import { Customers } from './directory/customers.ts';
import { cacheResources, type Resources } from './directory/resources.ts';
import { ServerDirectory } from './directory/server-directory.ts';
import { Registrations } from './lifecycle/registrations.ts';
import { findRootKey, type RootKey } from './lifecycle/root-key.ts';
import { buildApp } from './rest/app.ts';
import { listenHttp } from './rest/listen.ts';
import { Principals } from './rest/principal.ts';
import { apiRoutes } from './rest/routes/index.ts';
import type { RegisteredPhone } from './rest/routes/extensions.ts';

/** What the server takes from the machine. */
export interface Machine {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
}

/** How the server calls itself in SIP. */
const USER_AGENT = 'Groupcall';

/** How long phones have to confirm that they were hung up when the server stops, in ms. */
const HANG_UP_GRACE_MS = 3_000;

/** How long requests that are under way have to be answered when the server stops, in ms. */
const ANSWER_GRACE_MS = 1_000;

/** What stands between a configuration and a running server. */
interface Parts {
  readonly store: Store;
  readonly rootKey: RootKey;
  readonly customers: Customers;
  readonly resources: Resources;
  readonly registrar: Registrar;
  readonly registrations: Registrations;
  readonly media: OwnAudio;
  readonly userAgent: UserAgent;
  readonly engine: GroupCallEngine;
  readonly directory: ServerDirectory;
}

/** The whole server in one process: the place where every port gets its adapter. */
export class GroupcallServer {
  readonly #config: Config;
  readonly #machine: Machine;
  readonly #parts: Parts;
  readonly #app: FastifyInstance;
  #accepting = false;
  #listeners: readonly string[] = [];
  #stopped: Promise<void> | undefined;

  private constructor(config: Config, machine: Machine, parts: Parts) {
    this.#config = config;
    this.#machine = machine;
    this.#parts = parts;
    this.#app = this.#buildApp();
  }

  /**
   * Opens the database, ends what a crash left unfinished, and opens the listeners.
   *
   * @throws StoreError, TransportError or ConfigError; what was opened is closed again.
   */
  static async start(config: Config, machine: Machine): Promise<GroupcallServer> {
    const store = await openDatabase(config, machine);
    try {
      const server = new GroupcallServer(config, machine, await assemble(config, machine, store));
      await server.#open();
      return server;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** The root key, if it was made by this start: to be shown once. */
  get madeRootKey(): string | undefined {
    return this.#parts.rootKey.made;
  }

  /** Where it listens: `http://…`, `udp:address:port`, `tcp:address:port`. */
  get listeners(): readonly string[] {
    return this.#listeners;
  }

  /** The HTTP side, for tests that need no socket. */
  get app(): FastifyInstance {
    return this.#app;
  }

  /** Takes no new calls, lets those alive go on for `drain_timeout_ms`, hangs up the rest, and closes. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #open(): Promise<void> {
    const { engine, registrations, userAgent } = this.#parts;
    const { logger } = this.#machine;
    const orphans = await engine.endOrphans();
    if (orphans > 0) logger.warn({ orphans }, 'group calls that the last run left unfinished were ended');
    const contacts = await registrations.restore();
    await userAgent.start();
    try {
      const http = await listenHttp(this.#app, this.#config.httpListen);
      const sip = userAgent.listeners.map((listen) => `${listen.protocol}:${formatListen(listen)}`);
      this.#listeners = [http, ...sip];
    } catch (error) {
      await userAgent.close();
      throw error;
    }
    this.#accepting = true;
    logger.info({ listeners: this.#listeners, contacts }, 'the server is up');
  }

  async #stop(): Promise<void> {
    const { engine, media, registrations, store, userAgent } = this.#parts;
    this.#accepting = false;
    this.#machine.logger.info(engine.live, 'draining');
    const { clock } = this.#machine;
    const drained = engine.drain(this.#config.drainTimeoutMs);
    // A phone that answers nothing would be waited for as long as a message may be on its way.
    const enough = clock.setTimeout(this.#config.drainTimeoutMs + HANG_UP_GRACE_MS, () => void userAgent.close());
    await drained;
    clock.clearTimeout(enough);
    await this.#closeHttp();
    await userAgent.close();
    await media.close();
    await registrations.close();
    await store.close();
    this.#machine.logger.info({}, 'the server is down');
  }

  /** Lets requests that are under way be answered. A client that does not send the rest of its own is not waited for. */
  async #closeHttp(): Promise<void> {
    const { clock } = this.#machine;
    const enough = clock.setTimeout(ANSWER_GRACE_MS, () => {
      this.#app.server.closeAllConnections();
    });
    await this.#app.close();
    clock.clearTimeout(enough);
  }

  #buildApp(): FastifyInstance {
    const { customers, directory, engine, registrar, resources, rootKey, store } = this.#parts;
    const { clock, ids, logger } = this.#machine;
    const principals = new Principals({
      clock,
      customers,
      accessKeys: resources.accesskeys,
      rootKeyHash: rootKey.hash,
    });
    return buildApp({
      ids,
      logger,
      principals,
      ready: () => this.#accepting && store.healthy(),
      routes: apiRoutes({
        clock,
        ids,
        customers,
        directory,
        engine,
        resources,
        customerStore: store.customers,
        phones: {
          registered: (aor) => registeredPhones(registrar, aor),
          forget: (aor) => void registrar.remove(aor),
        },
      }),
    });
  }
}

async function openDatabase({ databaseUrl }: Config, machine: Machine): Promise<Store> {
  try {
    return await openStore(databaseUrl, machine);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_URL_INVALID') throw error;
    throw new ConfigError(`${nameOf('database_url')}: ${error.message}`, error.help ?? '', error);
  }
}

async function assemble(config: Config, machine: Machine, store: Store): Promise<Parts> {
  const { clock, ids, logger, network } = machine;
  const rootKey = await findRootKey(config.rootKey, store.settings, ids);
  const customers = await Customers.load({
    ...{ clock, ids, logger, store: store.customers, settings: store.settings },
    defaultDomain: config.sipDomain,
  });
  const resources = cacheResources(store);
  const registrar = new Registrar({ clock, ids, logger });
  const directory = new ServerDirectory(customers, resources, registrar);
  const registrations = new Registrations({ clock, ids, logger, registrar, store });
  const advertised = config.sipAdvertise;
  const media = new OwnAudio({
    clock,
    ids,
    logger,
    network,
    address: config.rtpAddress,
    ports: { min: config.rtpPorts.first, max: config.rtpPorts.last },
    ...(advertised === undefined ? {} : { publicAddress: advertised }),
  });
  const userAgent = createUserAgent(config, machine);
  const signaling = new SipSignaling({
    ...{ clock, ids, logger, userAgent, registrar, media },
    digest: new DigestServer({ clock, ids, algorithms: config.sipDigest }),
    accounts: directory,
    trunks: directory,
    ownNames: advertised === undefined ? [] : [advertised],
  });
  const engine = new GroupCallEngine({ clock, ids, logger, store: store.calls, directory, signaling });
  signaling.onIncoming = (call) => {
    engine.incoming(call);
  };
  signaling.onRegistration = (change) => {
    registrations.onChange(change);
  };
  return { store, rootKey, customers, resources, registrar, registrations, media, userAgent, engine, directory };
}

function createUserAgent({ sipListen, sipAdvertise }: Config, { clock, ids, logger, network }: Machine): UserAgent {
  const advertise = sipAdvertise === undefined ? {} : { advertise: { host: sipAdvertise } };
  return new UserAgent({
    clock,
    ids,
    logger,
    network,
    userAgent: USER_AGENT,
    listen: sipListen.map((listen) => ({ ...listen, ...advertise })),
    resolver: new AddressResolver({
      lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
      protocols: [...new Set(sipListen.map(({ protocol }) => protocol))],
      ipv6: sipListen.some(({ address }) => address.includes(':')),
    }),
  });
}

function registeredPhones(registrar: Registrar, aor: string): RegisteredPhone[] {
  return registrar.contacts(aor).map(({ uri, q, flow, userAgent, expiresAt }) => ({
    uri: uri.toString(),
    q,
    transport: flow.protocol,
    address: formatListen(flow.remote),
    userAgent,
    expiresAt,
  }));
}
