import Papa from 'papaparse';
import type { Predictions } from '../evaluate/evaluate';

/** Rows as `predictions.csv` lists them. */
export interface PredictionRows extends Predictions {
  /** 1-based line of each row in the data file. */
  readonly lines: Uint32Array;
  /** Class codes or numbers, one a row; absent where the truth isn't known. */
  readonly actual?: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
}

/** The text of a file of predictions: line, actual (where known) and predicted value, and each class's probability (or decision value, from a classifier without). */
export function predictionsCsv({ lines, actual, predicted, probabilities, ranksOnly, classes }: PredictionRows): string {
  const text = classes.length === 0
    ? (value: number): string => String(value)
    : (code: number): string => classes[code];
  const fields = [
    'line',
    ...(actual === undefined ? [] : ['actual']),
    'predicted',
    ...(probabilities === undefined ? [] : classes.map((label) => `${ranksOnly === true ? 'decision' : 'probability'}:${label}`)),
  ];
  const data = Array.from(lines, (line, row) => [
    String(line),
    ...(actual === undefined ? [] : [text(actual[row])]),
    text(predicted[row]),
    ...(probabilities === undefined ? [] : classes.map((_, label) => String(probabilities.values[row * probabilities.columns + label]))),
  ]);
  return `${Papa.unparse({ fields, data }, { newline: '\n' })}\n`;
}
