import type { DatabaseSync } from "node:sqlite";
import { withSqliteErrors } from "./sqlite-error.ts";

/** One write transaction: all of `work` is on disk when it returns, or none of it. */
export function transact<T>(db: DatabaseSync, work: () => T): T {
  return withSqliteErrors(() => {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  });
}
