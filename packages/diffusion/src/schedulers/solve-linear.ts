/** Solves matrix x = right by elimination with pivots, in float32 as LAPACK's sgesv does. */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const { fround } = Math;
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const at = (row: number, column: number): number => rows[row]?.[column] as number;
  for (let pivot = 0; pivot < rows.length; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < rows.length; row++) {
      if (Math.abs(at(row, pivot)) > Math.abs(at(best, pivot))) best = row;
    }
    [rows[pivot], rows[best]] = [rows[best] as number[], rows[pivot] as number[]];
    for (let row = pivot + 1; row < rows.length; row++) {
      const factor = fround(at(row, pivot) / at(pivot, pivot));
      rows[row] = (rows[row] as number[]).map((value, k) => fround(value - fround(factor * at(pivot, k))));
    }
  }
  const solution: number[] = [];
  for (let row = rows.length - 1; row >= 0; row--) {
    let rest = at(row, rows.length);
    for (let k = row + 1; k < rows.length; k++) {
      rest = fround(rest - fround(at(row, k) * (solution[k] as number)));
    }
    solution[row] = fround(rest / at(row, row));
  }
  return solution;
}
