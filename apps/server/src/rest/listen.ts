import type { FastifyInstance } from 'fastify';
import { toError } from '@groupcall/kernel';
import { ConfigError } from '../config/config-error.ts';
import { formatListen, type ListenAddress } from '../config/listen.ts';

/** Opens the HTTP port; resolves with its URL. @throws ConfigError when it can't be opened. */
export async function listenHttp(app: FastifyInstance, { address, port }: ListenAddress): Promise<string> {
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    throw new ConfigError(
      `http_listen: ${formatListen({ address, port })} can't be opened: ${toError(error).message}`,
      'Stop the program that has the port, or set GROUPCALL_HTTP_LISTEN to another one.',
      error,
    );
  }
  const bound = app.server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  return `http://${formatListen({ address, port: actual })}`;
}
