import sharp from "sharp";
import { expect, test } from "vitest";
import { encodeSpritesheet, spritesheetFrames } from "./encode-spritesheet.ts";
import { encodeThumbnail } from "./encode-thumbnail.ts";
import { decodePng, encodePng } from "./png.ts";
import type { RawPicture } from "./raw-picture.ts";

function flat(width: number, height: number, color: readonly number[]): RawPicture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 1) data[i] = color[i % 3] ?? 0;
  return { data, width, height };
}

test("a PNG gives back every pixel, and the same bytes each time", async () => {
  const data = new Uint8Array(31 * 17 * 3).map((_, i) => (i * 37) % 256);
  const picture = { data, width: 31, height: 17 };
  const png = await encodePng(picture);
  const back = await decodePng(png);
  expect([back.width, back.height]).toEqual([31, 17]);
  expect(Buffer.from(back.data)).toEqual(Buffer.from(data));
  expect(await encodePng(picture)).toEqual(png);
  // A grey picture must come back as three channels too.
  expect((await decodePng(await encodePng(flat(4, 4, [9, 9, 9])))).data).toHaveLength(48);
});

test("what is no PNG is media_failed, and a wrong length is a bug", async () => {
  await expect(decodePng(new Uint8Array(20))).rejects.toMatchObject({ code: "media_failed" });
  await expect(encodePng({ data: new Uint8Array(5), width: 2, height: 2 })).rejects.toThrow("This is a bug.");
});

test("the thumbnail is a WebP of the frame, never enlarged", async () => {
  const big = await sharp(await encodeThumbnail(flat(1024, 512, [10, 200, 30]))).metadata();
  expect(big).toMatchObject({ format: "webp", width: 512, height: 256 });
  const small = await sharp(await encodeThumbnail(flat(64, 64, [10, 200, 30]))).metadata();
  expect(small).toMatchObject({ format: "webp", width: 64, height: 64 });
});

test("the spritesheet has 16 tiles in time order", async () => {
  const shades = Array.from({ length: 16 }, (_, n) => [n * 16, 255 - n * 16, 100]);
  const jpeg = await encodeSpritesheet(
    shades.map((shade) => flat(512, 512, shade)),
    { tileWidth: 64 },
  );
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, (await sharp(jpeg).metadata()).format]).toEqual([256, 256, "jpeg"]);
  for (const [n, shade] of shades.entries()) {
    const at = ((Math.floor(n / 4) * 64 + 32) * 256 + (n % 4) * 64 + 32) * 3;
    for (let c = 0; c < 3; c += 1) expect(Math.abs((data[at + c] ?? 0) - (shade[c] ?? 0))).toBeLessThan(8);
  }
  await expect(encodeSpritesheet([flat(2, 2, [0, 0, 0])])).rejects.toThrow("This is a bug.");
});

test("the 16 frames are evenly spaced from the first to the last", () => {
  const frames = spritesheetFrames(65);
  expect(frames).toHaveLength(16);
  expect([frames[0], frames[15]]).toEqual([0, 64]);
  const gaps = frames.slice(1).map((frame, n) => frame - (frames[n] ?? 0));
  expect(new Set(gaps)).toEqual(new Set([4, 5]));
  expect(spritesheetFrames(1)).toEqual(Array(16).fill(0));
  expect(Math.max(...spritesheetFrames(9))).toBe(8);
});
