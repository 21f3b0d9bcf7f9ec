/**
 * A function that runs `job`, one run at a time. However often it is called during a run, `job` runs once more
 * afterwards, so that the latest request is always served. `job` handles its own failures.
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
