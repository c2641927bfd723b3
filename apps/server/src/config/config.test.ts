import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfig, type Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { ConfigSchema } from './schema.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'groupcall-config-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

function fromFile(content: unknown, env: NodeJS.ProcessEnv = {}): Config {
  const file = join(folder, 'config.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return loadConfig(env, file);
}

const variable = (setting: string): string => `GROUPCALL_${setting.toUpperCase()}`;

/** The message with which a configuration is refused; every refusal also says what can be done about it. */
function refusal(load: () => Config): string {
  try {
    load();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(error.help !== undefined && error.help.length > 10, error.message);
    return error.message;
  }
  return assert.fail('the configuration was taken');
}

const DEFAULTS: Config = {
  httpListen: { address: '127.0.0.1', port: 8080 },
  sipListen: [
    { protocol: 'udp', address: '127.0.0.1', port: 5060 },
    { protocol: 'tcp', address: '127.0.0.1', port: 5060 },
  ],
  sipAdvertise: undefined,
  sipDomain: 'local',
  sipDigest: ['MD5'],
  databaseUrl: 'sqlite:./data/groupcall.db',
  rootKey: undefined,
  rtpAddress: '127.0.0.1',
  rtpPorts: { first: 20_000, last: 29_999 },
  drainTimeoutMs: 30_000,
  logLevel: 'info',
};

/** For every setting: a value that is not the default, and what comes of it. */
const SETTINGS: Readonly<Record<string, readonly [value: string | number, config: Partial<Config>]>> = {
  http_listen: ['192.0.2.1:80', { httpListen: { address: '192.0.2.1', port: 80 } }],
  sip_listen: [
    'tcp:192.0.2.1:5070',
    { sipListen: [{ protocol: 'tcp', address: '192.0.2.1', port: 5070 }], rtpAddress: '192.0.2.1' },
  ],
  sip_advertise: ['pbx.example.com', { sipAdvertise: 'pbx.example.com' }],
  sip_domain: ['PBX.example', { sipDomain: 'pbx.example' }],
  sip_digest: ['sha-256,md5', { sipDigest: ['SHA-256', 'MD5'] }],
  database_url: ['sqlite:/var/lib/groupcall.db', { databaseUrl: 'sqlite:/var/lib/groupcall.db' }],
  root_key: ['gc_a-key-of-my-own', { rootKey: 'gc_a-key-of-my-own' }],
  media: ['direct', {}],
  rtp_address: ['2001:DB8::0:1', { rtpAddress: '2001:db8::1' }],
  rtp_ports: ['1024-65535', { rtpPorts: { first: 1_024, last: 65_535 } }],
  drain_timeout_ms: [0, { drainTimeoutMs: 0 }],
  log_level: ['debug', { logLevel: 'debug' }],
};

test('the defaults MUST be those of the README: loopback, the usual ports, an embedded database in ./data', () => {
  assert.deepEqual(loadConfig({ PATH: '/bin', groupcall_media: 'x' }, undefined), DEFAULTS);
  assert.ok(Object.isFrozen(loadConfig({}, undefined)));
});

describe('every setting MUST be taken from the environment and from the file', () => {
  assert.deepEqual(Object.keys(SETTINGS), Object.keys(ConfigSchema.properties));
  for (const [setting, [value, config]] of Object.entries(SETTINGS)) {
    test(setting, () => {
      assert.deepEqual(loadConfig({ [variable(setting)]: String(value) }, undefined), { ...DEFAULTS, ...config });
      assert.deepEqual(fromFile({ [setting]: value }), { ...DEFAULTS, ...config });
    });
  }
});

describe('sources', () => {
  test('the environment MUST win over the file, and the file over the defaults', () => {
    const file = { sip_domain: 'File.example', drain_timeout_ms: 5, log_level: 'warn' };
    const env = { GROUPCALL_SIP_DOMAIN: 'env.example', GROUPCALL_DRAIN_TIMEOUT_MS: '7' };
    const config = fromFile(file, env);
    assert.deepEqual([config.sipDomain, config.drainTimeoutMs, config.logLevel], ['env.example', 7, 'warn']);
    assert.equal(fromFile(file).sipDomain, 'file.example');
  });

  test('a file that is missing, no JSON, or no object MUST be refused by its path', () => {
    assert.match(
      refusal(() => loadConfig({}, '/nowhere/config.json')),
      /--config \/nowhere\/config\.json: ENOENT/,
    );
    for (const content of ['{', '[]', 'null', '"x"', '']) {
      assert.ok(refusal(() => fromFile(content)).includes(join(folder, 'config.json')), content);
    }
  });

  test('a setting that is not known MUST be refused by its name, in the environment and in the file', () => {
    const refused = /^sip_domian \(GROUPCALL_SIP_DOMIAN\) is no setting$/;
    assert.match(
      refusal(() => loadConfig({ GROUPCALL_SIP_DOMIAN: 'x' }, undefined)),
      refused,
    );
    assert.match(
      refusal(() => fromFile({ sip_domian: 'x' })),
      refused,
    );
    assert.match(
      refusal(() => fromFile({ SIP_DOMAIN: 'x' })),
      /^SIP_DOMAIN .* is no setting$/,
    );
    assert.match(
      refusal(() => fromFile('{"__proto__": {"root_key": "x"}}')),
      /^__proto__ .* is no setting$/,
    );
    assert.match(
      refusal(() => loadConfig({ GROUPCALL_: 'x' }, undefined)),
      /is no setting$/,
    );
  });
});

describe('a value that is not right MUST be refused with the name of the setting and the value', () => {
  for (const [setting, value, wrong = value] of [
    ['http_listen', ''],
    ['http_listen', '8080'],
    ['http_listen', ':8080'],
    ['http_listen', '127.0.0.1'],
    ['http_listen', '127.0.0.1:70000'],
    ['http_listen', '127.0.0.1:-1'],
    ['http_listen', '::1:8080'],
    ['http_listen', '[127.0.0.1]:8080'],
    ['http_listen', 'example.com:8080'],
    ['http_listen', '256.0.0.1:8080'],
    ['sip_listen', ''],
    ['sip_listen', '127.0.0.1:5060'],
    ['sip_listen', 'tls:127.0.0.1:5061'],
    ['sip_listen', 'udp:example.com:5060', 'example.com:5060'],
    ['sip_listen', 'udp:127.0.0.1:5060,', ''],
    ['sip_listen', 'udp:127.0.0.1:5060 tcp:127.0.0.1:5060', '127.0.0.1:5060 tcp:127.0.0.1:5060'],
    ['sip_advertise', 'pbx.example.com:5060'],
    ['sip_advertise', '[2001:db8::1]'],
    ['sip_advertise', 'two words'],
    ['sip_domain', ''],
    ['sip_domain', 'no domain'],
    ['sip_domain', 'a..b'],
    ['sip_domain', 'pbx.example:5060'],
    ['sip_digest', 'sha1'],
    ['sip_digest', 'md5,sha-256'],
    ['media', 'relay'],
    ['rtp_address', 'example.com'],
    ['rtp_address', '127.0.0.1:20000'],
    ['rtp_ports', '20000'],
    ['rtp_ports', '30000-20000'],
    ['rtp_ports', '20000-20000'],
    ['rtp_ports', '80-20000'],
    ['rtp_ports', '20000-70000'],
    ['drain_timeout_ms', ''],
    ['drain_timeout_ms', 'soon'],
    ['drain_timeout_ms', '-1', -1],
    ['drain_timeout_ms', '1.5'],
    ['drain_timeout_ms', '1e3'],
    ['drain_timeout_ms', '3600001', 3_600_001],
    ['log_level', 'loud'],
    ['log_level', 'INFO'],
  ] as const) {
    test(`${setting}=${value}`, () => {
      const message = refusal(() => loadConfig({ [variable(setting)]: value }, undefined));
      assert.ok(message.startsWith(`${setting} (${variable(setting)}): ${JSON.stringify(wrong)} `), message);
    });
  }

  test('also when it is of another type, in the file', () => {
    for (const [setting, value] of [
      ['drain_timeout_ms', '5'],
      ['drain_timeout_ms', 1.5],
      ['http_listen', 8080],
      ['sip_domain', null],
      ['sip_listen', ['udp:127.0.0.1:5060']],
      ['log_level', true],
    ] as const) {
      const message = refusal(() => fromFile({ [setting]: value }));
      assert.ok(message.startsWith(`${setting} (${variable(setting)}): ${JSON.stringify(value)} must be `), message);
    }
  });

  test('what it may be MUST be told', () => {
    const message = refusal(() => loadConfig({ GROUPCALL_LOG_LEVEL: 'loud' }, undefined));
    assert.match(message, /debug,info,warn,error,silent/);
  });

  test('all addresses MUST be refused unless it is said where phones reach the server', () => {
    for (const [listen, shown] of [
      ['udp:0.0.0.0:5060', '0.0.0.0'],
      ['udp:127.0.0.1:5060,tcp:[::]:5060', '::'],
      ['udp:[0:0::0]:5060', '::'],
    ] as const) {
      const message = refusal(() => loadConfig({ GROUPCALL_SIP_LISTEN: listen }, undefined));
      assert.equal(message, `sip_listen (GROUPCALL_SIP_LISTEN): ${shown} does not say where phones reach this server`);
    }
  });
});

describe('the root key', () => {
  test('MUST be 12 to 128 characters that can stand in a header', () => {
    for (const key of ['x'.repeat(12), '~'.repeat(128)]) {
      assert.equal(loadConfig({ GROUPCALL_ROOT_KEY: key }, undefined).rootKey, key);
    }
    for (const key of [
      'x'.repeat(11),
      'x'.repeat(129),
      'a key of several words',
      'schlüssel-des-hauses',
      'tab\tin-the-key',
    ]) {
      assert.match(
        refusal(() => loadConfig({ GROUPCALL_ROOT_KEY: key }, undefined)),
        /^root_key \(GROUPCALL_ROOT_KEY\)/,
      );
    }
  });

  test('MUST NOT be repeated in a message, whatever is wrong with it', () => {
    for (const key of ['a secret of words', 4_711_471_147_114_711, ['a-secret-of-some-length']]) {
      const message = refusal(() => fromFile({ root_key: key }));
      assert.doesNotMatch(message, /secret|4711/);
    }
  });
});

describe('addresses', () => {
  test('IPv6 MUST be read in brackets, whatever its spelling, and localhost as 127.0.0.1', () => {
    const { httpListen, sipListen, rtpAddress } = loadConfig(
      {
        GROUPCALL_HTTP_LISTEN: '[0:0:0:0:0:0:0:1]:80',
        GROUPCALL_SIP_LISTEN: 'udp:[2001:DB8::1]:5060, tcp:localhost:0',
      },
      undefined,
    );
    assert.deepEqual(httpListen, { address: '::1', port: 80 });
    assert.deepEqual(sipListen, [
      { protocol: 'udp', address: '2001:db8::1', port: 5060 },
      { protocol: 'tcp', address: '127.0.0.1', port: 0 },
    ]);
    assert.equal(rtpAddress, '2001:db8::1');
  });

  test('all of them MAY be listened on when it is said where phones reach the server', () => {
    for (const advertise of ['192.0.2.1', '2001:db8::1', 'pbx.example.com']) {
      const env = { GROUPCALL_SIP_LISTEN: 'udp:0.0.0.0:5060,udp:[::]:5060', GROUPCALL_SIP_ADVERTISE: advertise };
      assert.equal(loadConfig(env, undefined).sipAdvertise, advertise);
    }
  });
});
