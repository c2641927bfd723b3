import { Type, type Static } from 'typebox';
import { closed, line, Prefix, ResourceInput, ResourceMembers } from './primitives.ts';

const Settings = {
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  transport: Type.Optional(Type.Enum(['udp', 'tcp'])),
  username: Type.Optional(line(128)),
  password: Type.Optional(line(128)),
  register: Type.Optional(Type.Literal(false, { description: 'This server does not register at trunks.' })),
  prefixes: Type.Optional(Type.Array(Prefix, { maxItems: 1_000, description: 'Empty: every number.' })),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, description: 'Lower is tried first.' })),
  max_cps: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, description: '0: no limit.' })),
  max_calls: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0: no limit.' })),
  source_addresses: Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 100,
      description: '`ip` or `ip:port` from where INVITEs need no digest.',
    }),
  ),
};

const LABEL = '[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?';

const Host = Type.String({
  pattern: `^(${LABEL}(\\.${LABEL})*\\.?|\\[[0-9A-Fa-f:.]+\\]|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$`,
  maxLength: 253,
  description: 'A host name or an IP address, without a port.',
});

/** `POST /trunks` */
export const TrunkInput = Type.Object({ ...ResourceInput, host: Host, ...Settings }, closed);
export type TrunkInput = Static<typeof TrunkInput>;

/** `PUT /trunks/{id}`: what is left out stays. */
export const TrunkUpdate = Type.Object({ ...ResourceInput, host: Type.Optional(Host), ...Settings }, closed);
export type TrunkUpdate = Static<typeof TrunkUpdate>;

/** A way to the telephone network. Its password is never shown. */
export const Trunk = Type.Object({
  ...ResourceMembers,
  host: Type.String(),
  port: Type.Integer(),
  transport: Type.String(),
  username: Type.String(),
  register: Type.Boolean(),
  prefixes: Type.Array(Type.String()),
  priority: Type.Integer(),
  max_cps: Type.Integer(),
  max_calls: Type.Integer(),
  source_addresses: Type.Array(Type.String()),
});
export type Trunk = Static<typeof Trunk>;
