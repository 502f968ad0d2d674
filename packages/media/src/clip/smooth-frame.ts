/** Test frames: a smooth gradient with a soft ball moving over it, as rgb24. */
export function smoothFrame(n: number, width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  const [ballX, ballY] = [width * (0.25 + n / 200), height * (0.5 + 0.1 * Math.sin(n / 4))];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const ball = Math.exp(-((x - ballX) ** 2 + (y - ballY) ** 2) / (width * height * 0.01));
      data[at] = 60 + (120 * x) / width + 60 * ball;
      data[at + 1] = 90 + (90 * y) / height + 30 * ball;
      data[at + 2] = 200 - (80 * y) / height - 60 * ball;
    }
  }
  return data;
}
