import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in front of another that counts what it sends. */
export interface ByteCounter {
  readonly url: string;
  /** Bytes of all response bodies so far, as sent: compressed where they were. */
  sent(): number;
  close(): Promise<void>;
}

/** @param target the origin of the other server, on this machine */
export async function countBytes(target: string): Promise<ByteCounter> {
  let bytes = 0;
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: new URL(target).host };
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.on('data', (chunk: Buffer) => (bytes += chunk.length));
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    sent: () => bytes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
