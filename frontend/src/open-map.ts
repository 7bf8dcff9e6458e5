/** The button that puts a map with live position in the place of the strip. */
export function offerMap(main: HTMLElement): void {
  const button = main.querySelector<HTMLButtonElement>("button.open-map");
  const frame = main.querySelector<HTMLElement>(".map .frame");
  const { script, worker, style, road } = button?.dataset ?? {};
  if (!button || !frame || !script || !worker || !road) return;
  button.hidden = false;
  const label = button.textContent;
  let close: (() => void) | undefined;
  button.addEventListener("click", () => {
    if (close) {
      close();
      close = undefined;
      button.textContent = label;
      return;
    }
    if (style) link(style);
    void import(script)
      .then((module: typeof import("./bigmap")) => module.openMap(frame, worker, road))
      .then((closing) => {
        close = closing;
        button.textContent = button.dataset.close ?? "";
      })
      .catch(() => {
        button.textContent = button.dataset.failed ?? "";
        button.disabled = true;
      });
  });
}

function link(href: string): void {
  if (document.querySelector(`link[href="${href}"]`)) return;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = href;
  document.head.append(sheet);
}
