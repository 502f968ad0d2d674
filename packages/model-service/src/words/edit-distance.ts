/**
 * How many insertions, deletions, replacements and swaps of neighbours lead from one word to another
 * (optimal string alignment distance), counted in code points.
 */
export function editDistance(first: string, second: string): number {
  const left = Array.from(first);
  const right = Array.from(second);
  let before: number[] = [];
  let above: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, letter] of left.entries()) {
    [before, above] = [above, row];
    row = [i + 1];
    for (const [j, other] of right.entries()) {
      const replaced = at(above, j) + (letter === other ? 0 : 1);
      let cost = Math.min(at(above, j + 1) + 1, at(row, j) + 1, replaced);
      const swapped = i > 0 && j > 0 && letter === right[j - 1] && left[i - 1] === other;
      if (swapped) cost = Math.min(cost, at(before, j - 1) + 1);
      row.push(cost);
    }
  }
  return at(row, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
