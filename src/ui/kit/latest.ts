/**
 * A function that runs `job`, one at a time: however often it is called meanwhile, `job` runs once more after the
 * present run, so that the last thing wanted is always the last thing done. `job` handles its own failures.
 */
export function latest(job: () => Promise<void>): () => void {
  let again = false;
  let running = false;

  async function run(): Promise<void> {
    running = true;
    try {
      do {
        again = false;
        await job();
      } while (again);
    } finally {
      running = false;
    }
  }

  return () => {
    again = true;
    if (!running) void run();
  };
}
