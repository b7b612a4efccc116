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
