import type { BenchReport } from "./bench-report.ts";

/** Pixels. */
const WIDTH = 860;
const ROW = 44;
const BAR = 14;
const LEFT = 170;
const RIGHT = 90;
const TOP = 56;

const SERIES = [
  { name: "Kinora, inside model runs", color: "#1f6f8b" },
  { name: "Kinora, everything else", color: "#e07a3f" },
  { name: "Python's onnxruntime", color: "#8a8f98" },
  { name: "torch", color: "#c3c7cc" },
] as const;

/** The stages of one clip as an SVG: wall seconds in two parts, and beneath them the baselines, if measured. */
export function plotStages(report: BenchReport): string {
  const stages = Object.entries(report.stages);
  const longest = Math.max(
    ...stages.flatMap(([, stage]) => [stage.wall_s, stage.python_onnxruntime_s ?? 0, stage.torch_s ?? 0]),
  );
  const scale = (WIDTH - LEFT - RIGHT) / longest;
  const rows = stages.flatMap(([name, stage], index) => {
    const y = TOP + index * ROW;
    const bars = [bar({ x: LEFT, y, seconds: stage.model_s, scale, series: 0 })];
    const rest = Math.max(0, stage.wall_s - stage.model_s);
    bars.push(bar({ x: LEFT + stage.model_s * scale, y, seconds: rest, scale, series: 1 }));
    bars.push(text(LEFT + stage.wall_s * scale + 6, y + BAR - 2, `${stage.wall_s.toFixed(2)} s`));
    for (const [line, seconds] of [stage.python_onnxruntime_s, stage.torch_s].entries()) {
      if (seconds === undefined) continue;
      const below = y + BAR + line * (BAR / 2);
      bars.push(bar({ x: LEFT, y: below, seconds, scale, series: line + 2, height: BAR / 2 - 1 }));
    }
    return [text(LEFT - 10, y + BAR - 2, name, "end"), ...bars];
  });
  const height = TOP + stages.length * ROW + 8;
  const title =
    `One clip of 4.06 s: ${report.wall_s} s on ${report.machine.cores} cores, ` +
    `${(100 * report.everything_else_share).toFixed(1)} % outside model runs`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(10, 20, title),
    ...legend(report.baselines.startsWith("onnxruntime") ? SERIES.length : 2),
    ...rows,
    "</svg>\n",
  ].join("\n");
}

function legend(count: number): string[] {
  return SERIES.slice(0, count).flatMap(({ name, color }, index) => {
    const x = LEFT + index * 170;
    return [`<rect x="${x}" y="32" width="10" height="10" fill="${color}"/>`, text(x + 15, 41, name)];
  });
}

interface BarShape {
  readonly x: number;
  readonly y: number;
  readonly seconds: number;
  /** Pixels for a second. */
  readonly scale: number;
  /** Index into SERIES. */
  readonly series: number;
  readonly height?: number;
}

function bar({ x, y, seconds, scale, series, height = BAR }: BarShape): string {
  const width = (seconds * scale).toFixed(1);
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width}" height="${height}" fill="${SERIES[series]?.color}"/>`;
}

function text(x: number, y: number, content: string, anchor = "start"): string {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
