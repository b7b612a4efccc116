import type { NumberFormat } from './cellText';

const commaDecimal = /^[+-]?\d+,\d+$/;
const pointDecimal = /^[+-]?\d*\.\d+$/;
const commaGroups = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const pointGroups = /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/;

/**
 * How a sample's numbers write decimals and thousands. A comma followed by three digits alone can mean either; then a
 * semicolon between fields, which programs use where the comma is the decimal point, decides.
 *
 * @param cells texts of cells, of all columns.
 */
export function detectNumberFormat(cells: Iterable<string>, delimiter: string): NumberFormat {
  let [commaDecimals, pointDecimals, commaThousands, sureCommaThousands, pointThousands, surePointThousands] = [0, 0, 0, 0, 0, 0];
  for (const cell of cells) {
    const [comma, point] = [cell.includes(','), cell.includes('.')];
    if (comma && commaGroups.test(cell)) {
      commaThousands++;
      sureCommaThousands += cell.includes('.') || cell.indexOf(',') !== cell.lastIndexOf(',') ? 1 : 0;
    } else if (comma && commaDecimal.test(cell)) {
      commaDecimals++;
    }
    if (point && pointGroups.test(cell)) {
      pointThousands++;
      surePointThousands += cell.includes(',') || cell.indexOf('.') !== cell.lastIndexOf('.') ? 1 : 0;
    } else if (point && pointDecimal.test(cell)) {
      pointDecimals++;
    }
  }
  const decimalComma = commaDecimals > 0 || surePointThousands > 0 || (delimiter === ';' && commaThousands > 0 && sureCommaThousands === 0);
  if (decimalComma && pointDecimals === 0 && sureCommaThousands === 0) {
    return { decimal: ',', thousands: pointThousands > 0 ? '.' : '' };
  }
  return { decimal: '.', thousands: commaThousands > 0 && commaDecimals === 0 ? ',' : '' };
}
