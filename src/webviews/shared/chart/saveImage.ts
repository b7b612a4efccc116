/** Hands a picture to the user as a download. */
export function savePicture(canvas: HTMLCanvasElement, fileName: string): void {
  canvas.toBlob((blob) => {
    if (blob === null) {
      return;
    }
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    // A click by script: VS Code's webview takes a user's click on a link for itself and would open it outside.
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }, 'image/png');
}

/** A file name out of words: only letters, digits and dashes, so that it is valid everywhere. */
export function pictureName(...words: readonly string[]): string {
  const safe = words.map((word) => word.normalize('NFKD').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, ''));
  return `${safe.filter((word) => word !== '').join('-')}.png`;
}
