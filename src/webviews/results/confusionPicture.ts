import { savePicture } from '../shared/chart/saveImage';
import { formatCount, formatShare } from '../shared/format';
import { readTheme, withAlpha } from '../shared/theme';
import type { ChartTheme } from '../shared/theme';
import { sum } from './confusionData';

const cell = 56;
const labelWidth = 140;
const headHeight = 92;
const scale = 2;

/** Draws the confusion matrix as the page shows it, and hands it to the user as PNG. */
export function saveMatrixPicture(matrix: readonly (readonly number[])[], classes: readonly string[], shares: boolean, fileName: string): void {
  const theme = readTheme();
  const canvas = document.createElement('canvas');
  canvas.width = (labelWidth + classes.length * cell + 16) * scale;
  canvas.height = (headHeight + classes.length * cell + 16) * scale;
  const context = canvas.getContext('2d');
  if (context === null) {
    return;
  }
  context.scale(scale, scale);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawHeads(context, theme, classes);
  matrix.forEach((row, actual) => drawRow(context, theme, row, actual, shares));
  savePicture(canvas, fileName);
}

function drawHeads(context: CanvasRenderingContext2D, theme: ChartTheme, classes: readonly string[]): void {
  context.fillStyle = theme.foreground;
  context.font = `600 14px ${theme.fontFamily}`;
  context.fillText('Confusion matrix', 16, 24);
  context.font = `12px ${theme.fontFamily}`;
  context.textAlign = 'center';
  context.fillText('Predicted', labelWidth + (classes.length * cell) / 2, 52);
  classes.forEach((label, index) => context.fillText(fitted(context, label, cell - 6), labelWidth + (index + 0.5) * cell, 78));
  context.textAlign = 'right';
  classes.forEach((label, index) => context.fillText(fitted(context, label, labelWidth - 28), labelWidth - 10, headHeight + (index + 0.5) * cell + 4));
}

function drawRow(context: CanvasRenderingContext2D, theme: ChartTheme, row: readonly number[], actual: number, shares: boolean): void {
  const total = sum(row);
  context.textAlign = 'center';
  row.forEach((count, predicted) => {
    const share = total === 0 ? 0 : count / total;
    const colour = theme.series[predicted === actual ? 0 : 4] ?? theme.foreground;
    const x = labelWidth + predicted * cell;
    const y = headHeight + actual * cell;
    context.fillStyle = count === 0 ? theme.background : withAlpha(colour, 0.08 + 0.52 * share);
    context.fillRect(x, y, cell - 1, cell - 1);
    context.strokeStyle = theme.grid;
    context.strokeRect(x, y, cell - 1, cell - 1);
    context.fillStyle = theme.foreground;
    context.fillText(shares ? formatShare(share) : formatCount(count), x + cell / 2, y + cell / 2 + 4);
  });
}

/** The text, shortened with an ellipsis until it fits. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  let shown = text;
  while (shown.length > 1 && context.measureText(shown === text ? shown : `${shown}…`).width > width) {
    shown = shown.slice(0, -1);
  }
  return shown === text ? text : `${shown}…`;
}
