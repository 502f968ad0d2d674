import type { ApiBench } from "./api-bench.ts";

/** The next answer is never written: the connection ends in its place. */
export function loseNextAnswer({ app }: ApiBench): void {
  app.server.prependOnceListener("request", (_request, response) => {
    response.writeHead = () => {
      response.destroy();
      return response;
    };
  });
}
