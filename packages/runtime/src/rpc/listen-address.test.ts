import { describe, expect, test } from "vitest";
import { formatAddress, isLoopbackHost } from "./listen-address.ts";

describe("isLoopbackHost", () => {
  test.each(["127.0.0.1", "127.8.9.10", "localhost", "::1"])("%s is only this machine", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  test.each(["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.1.nip.io", "localhost.evil.org", "128.0.0.1"])(
    "%j is not",
    (host) => {
      expect(isLoopbackHost(host)).toBe(false);
    },
  );
});

test("formatAddress puts brackets around IPv6", () => {
  expect(formatAddress("::1", 80)).toBe("[::1]:80");
  expect(formatAddress("127.0.0.1", 80)).toBe("127.0.0.1:80");
  expect(formatAddress("t2i.internal", 80)).toBe("t2i.internal:80");
});
