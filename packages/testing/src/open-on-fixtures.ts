import { fixturePath } from "./fixture-path.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Settings of something that serves the fixtures' models on one core. */
export interface FixtureConfig {
  readonly modelsDir: string;
  /** An empty folder. */
  readonly dataDir: string;
  readonly device: "cpu";
  readonly engineThreads: 1;
}

/** What was opened, and how to end it. */
export interface OpenOnFixtures<T> {
  readonly host: T;
  readonly dataDir: string;
  /** Closes the host and deletes its folder. */
  readonly close: () => Promise<void>;
}

/** Opens a host over the fixtures' models with its files in a folder of its own. `beforeAll` may return `close`. */
export async function openOnFixtures<T extends { close(): Promise<void> }>(
  open: (config: FixtureConfig) => T,
): Promise<OpenOnFixtures<T>> {
  const folder = await temporaryFolder("fixtures");
  const dataDir = folder.path;
  const host = open({ modelsDir: fixturePath("models"), dataDir, device: "cpu", engineThreads: 1 });
  const close = async () => {
    await host.close();
    await folder.remove();
  };
  return { host, dataDir, close };
}
