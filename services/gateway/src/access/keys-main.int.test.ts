import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnNode, temporaryFolder } from "@kinora/testing";
import { describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../keys-main.ts", import.meta.url));

async function run(file: string | undefined, ...args: string[]) {
  await using main = spawnNode(MAIN, { args, env: { KINORA_API_KEYS_FILE: file } });
  const { code } = await main.exit();
  return { code, output: main.output() };
}

describe("keys-main", () => {
  it("creates, lists and revokes", async () => {
    await using folder = await temporaryFolder("keys");
    const file = join(folder.path, "keys");
    expect(await run(file, "list")).toEqual({ code: 0, output: "no keys\n" });
    const created = await run(file, "create", "--tenant", "ada", "--days", "30", "--weight", "2");
    expect(created.code).toBe(0);
    expect(created.output).toMatch(/^kinora_[a-z0-9]{8}_[\w-]{43}\n$/);
    const id = created.output.slice(7, 15);
    expect((await run(file, "list")).output).toMatch(
      new RegExp(`^${id}  ada  created .* expires .*  weight 2\n$`),
    );
    expect(await run(file, "revoke", id)).toEqual({ code: 0, output: `revoked ${id}\n` });
    expect((await run(file, "list")).output).toContain("revoked 2");
  });

  it("says what is wrong", async () => {
    await using folder = await temporaryFolder("keys");
    const file = join(folder.path, "keys");
    for (const [args, says] of [
      [["create"], /create --tenant NAME/],
      [["create", "--tenant", "Bad Name"], /tenant/],
      [["create", "--tenant", "ada", "--days", "soon"], /--days must be a number/],
      [["revoke", "zzzzzzzz"], /no key with id zzzzzzzz/],
      [["fly"], /create --tenant NAME/],
    ] as const) {
      const { code, output } = await run(file, ...args);
      expect(code).toBe(1);
      expect(output).toMatch(says);
    }
    const nowhere = await run(undefined, "list");
    expect([nowhere.code, nowhere.output]).toEqual([1, "Set KINORA_API_KEYS_FILE, or give --file FILE.\n"]);
  });
});
