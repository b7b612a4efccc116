/**
 * Follows the pointer from the handle that it has taken hold of until it is let go.
 *
 * @param moved called with the pixels to the right of where it began.
 */
export function followPointer(event: PointerEvent, handle: HTMLElement, moved: (pixels: number) => void): void {
  event.preventDefault();
  const from = event.clientX;
  handle.setPointerCapture(event.pointerId);
  const move = ({ clientX }: PointerEvent): void => moved(clientX - from);
  const end = (): void => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', end);
    handle.removeEventListener('pointercancel', end);
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
}

/**
 * Follows the pointer from a handle in one row of a list until it is let go.
 *
 * @param rows the list's rows from top to bottom. @param from the index of the one that is dragged.
 * @param moved told of the index that it would get. @param ended told of the index that it gets; undefined when it was given up.
 */
export function dropPlace(
  event: PointerEvent, handle: HTMLElement, rows: readonly Element[], from: number, moved: (to: number) => void, ended: (to: number | undefined) => void,
): void {
  event.preventDefault();
  let to = from;
  handle.setPointerCapture(event.pointerId);
  const move = ({ clientY }: PointerEvent): void => {
    // Rows that lie wholly before the pointer, by their middle, without the one that is dragged.
    to = rows.filter((row, index) => index !== from && middle(row) < clientY).length;
    moved(to);
  };
  const stop = (): void => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', drop);
    handle.removeEventListener('pointercancel', cancel);
    window.removeEventListener('keydown', escape, true);
  };
  const drop = (): void => {
    stop();
    ended(to);
  };
  const cancel = (): void => {
    stop();
    ended(undefined);
  };
  const escape = (key: KeyboardEvent): void => {
    if (key.key === 'Escape') {
      key.stopPropagation();
      cancel();
    }
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', drop);
  handle.addEventListener('pointercancel', cancel);
  window.addEventListener('keydown', escape, true);
}

function middle(row: Element): number {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
