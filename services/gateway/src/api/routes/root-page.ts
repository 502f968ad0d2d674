import type { AddRoute } from "../api-context.ts";

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kinora</title>
<h1>Kinora</h1>
<p>A sentence, a picture, or both become a four-second clip. This is the API of a Kinora gateway; its shapes
are those of OpenAI's Videos API, so that the stock SDKs work with <code>/v1</code> here as their base URL.</p>
<pre>curl -H 'content-type: application/json' -d '{"prompt":"a dog running on a grassy hill"}' BASE/v1/videos</pre>
<ul>
<li><a href="/openapi.json">openapi.json</a>: every route, field and answer</li>
<li><a href="/v1/models">v1/models</a>: the models, with the fields each accepts and the words it knows</li>
<li><a href="/v1/videos">v1/videos</a>: your clips</li>
<li><a href="/readyz">readyz</a>, <a href="/livez">livez</a>, <a href="/metrics">metrics</a></li>
</ul>
</html>
`;

/** GET /: says what this is to whoever opens it in a browser. */
export const addRootPage: AddRoute = (app) => {
  app.route({
    method: "GET",
    url: "/",
    schema: { hide: true },
    handler: async (_request, reply) =>
      reply
        .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .type("text/html; charset=utf-8")
        .send(PAGE),
  });
};
