/** On the page for scanning: loads the reader of barcodes where there is a camera to read from. */
export function offerCamera(main: HTMLElement): void {
  const { camera, wasm } = main.dataset;
  const photo = main.querySelector<HTMLInputElement>("input[type=file]");
  // On a phone a photograph is taken to be read at once.
  if (matchMedia("(pointer: coarse)").matches) {
    photo?.addEventListener("change", () => photo.files?.length && photo.form?.requestSubmit());
  }
  if (!camera || !wasm) return;
  if (!navigator.mediaDevices) {
    const none = main.querySelector<HTMLElement>(".none");
    if (none) none.hidden = false;
    return;
  }
  void import(camera).then((module: typeof import("./camera")) => module.openCamera(main, wasm));
}
