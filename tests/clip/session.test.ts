import { describe, expect, it } from 'vitest';
import { startRuntime, type OrtModule } from '../../src/clip/session';
import { nodeRuntime } from '../../src/clip/session-node';

describe('startRuntime', () => {
  it('starts the real one with a graph that it runs', async () => {
    const { InferenceSession, Tensor } = await nodeRuntime(1);
    const answers: unknown[] = [];
    const create = async (graph: Uint8Array, options: object) => {
      const session = await InferenceSession.create(graph, options);
      const { y } = await session.run({ x: new Tensor('float32', [7], [1]) });
      answers.push(y?.data[0]);
      return session;
    };
    await startRuntime({ InferenceSession: { create }, Tensor } as unknown as OrtModule);
    expect(answers).toEqual([7]);
  });

  it('says why it cannot start', async () => {
    const create = () => Promise.reject(new Error('no available backend found. ERR: [wasm] Failed to fetch'));
    await expect(
      startRuntime({ InferenceSession: { create } } as unknown as OrtModule),
    ).rejects.toMatchObject({
      name: 'BackendUnavailable',
      message: expect.stringContaining('Failed to fetch') as string,
    });
  });
});
