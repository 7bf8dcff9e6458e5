/** On the page for scanning: loads the reader of barcodes where there is a camera to read from. */
export function offerCamera(main: HTMLElement): void {
  const { camera, wasm } = main.dataset;
  if (!camera || !wasm) return;
  if (!navigator.mediaDevices) {
    const none = main.querySelector<HTMLElement>(".none");
    if (none) none.hidden = false;
    return;
  }
  void import(camera).then((module: typeof import("./camera")) => module.openCamera(main, wasm));
}
