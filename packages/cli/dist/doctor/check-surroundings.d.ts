import { type Finding } from "./finding.ts";
type Env = Readonly<Record<string, string | undefined>>;
/** Ports, disk and the servers that the environment names. */
export declare function checkSurroundings(env: Env, dataDir: string): Promise<Finding[]>;
export {};
//# sourceMappingURL=check-surroundings.d.ts.map