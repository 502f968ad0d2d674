import sharp from "sharp";
import { expect, it } from "vitest";
import { encodeSpritesheet, spritesheetFrames } from "../picture/encode-spritesheet.ts";
import { encodeThumbnail } from "../picture/encode-thumbnail.ts";
import { createClipPreviews } from "./create-clip-previews.ts";
import { smoothFrame } from "./smooth-frame.ts";

const frame = (n: number) => ({ data: smoothFrame(n, 64, 48), width: 64, height: 48 });

it.each([65, 16, 5, 1])("the previews of %i frames are those made of the frames at once", async (count) => {
  const previews = createClipPreviews(count);
  for (let n = 0; n < count; n += 1) previews.add(frame(n));
  const { thumbnail, spritesheet } = await previews.finish();
  expect(thumbnail).toEqual(await encodeThumbnail(frame(0)));
  expect(spritesheet).toEqual(await encodeSpritesheet(spritesheetFrames(count).map(frame)));
  expect(await sharp(spritesheet).metadata()).toMatchObject({ width: 1024, height: 768 });
});

it("a missing frame is a bug, and a broken one is told at the end", async () => {
  const missing = createClipPreviews(2);
  missing.add(frame(0));
  await expect(missing.finish()).rejects.toThrow("Previews of 2 frames saw 1");
  const broken = createClipPreviews(1);
  broken.add({ ...frame(0), width: 65 });
  await expect(broken.finish()).rejects.toThrow("no 65x48 RGB picture");
});
