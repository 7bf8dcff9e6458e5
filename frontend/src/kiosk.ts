// A counter's page forgets: after a while without a touch it makes room for the next reader.

export function runKiosk(main: HTMLElement): void {
  const field = main.querySelector<HTMLInputElement>("input[name=n]");
  const reset = main.querySelector<HTMLElement>(".reset");
  if (!main.dataset.kiosk || !field || !reset) return;
  // A scanner types at any time, wherever the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  });
  field.focus();
  // On a small screen the field stands below the answer: that is what is to be read.
  if (main.querySelector("[data-answer]")) scrollTo(0, 0);
  if (main.querySelector("[data-answer]")) startOver(main, reset, field);
}

function startOver(main: HTMLElement, reset: HTMLElement, field: HTMLInputElement): void {
  const idle = Number(main.dataset.kiosk);
  const warning = Number(main.dataset.warning);
  const words = reset.querySelector<HTMLElement>("[data-left]");
  let left = idle;
  const again = (): void => {
    if (!reset.hidden) field.focus();
    left = idle;
    reset.hidden = true;
  };
  reset.querySelector("button")?.addEventListener("click", again);
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => reset.hidden && again());
  setInterval(() => {
    left -= 1;
    if (left > warning) return;
    if (left <= 0) return location.replace("/kiosk");
    // Each number has its own plural.
    if (words) words.textContent = words.dataset.left?.split("|")[left - 1] ?? "";
    if (reset.hidden) {
      reset.hidden = false;
      reset.querySelector("button")?.focus();
    }
  }, 1000);
}
