// A counter's page forgets: after a while without a touch it makes room for the next reader.

export function runKiosk(main: HTMLElement): void {
  const field = main.querySelector<HTMLInputElement>("input[name=n]");
  const reset = main.querySelector<HTMLElement>(".reset");
  if (!main.dataset.kiosk || !field || !reset) return;
  // A scanner types at any time, wherever the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  });
  const home = homeOf();
  leaveNoTrace(field);
  field.focus();
  // On a small screen the field stands below the answer: that is what is to be read.
  if (main.querySelector("[data-answer]")) scrollTo(0, 0);
  if (main.querySelector("[data-answer]")) startOver(main, reset, field, home);
}

/** Where the counter began, in the language that it was set up with. */
function homeOf(): string {
  const began = sessionStorage.getItem("kiosk") ?? new URLSearchParams(location.search).get("lang") ?? "";
  sessionStorage.setItem("kiosk", began);
  return began ? `/kiosk?lang=${encodeURIComponent(began)}` : "/kiosk";
}

/** Each answer takes the place of the last one: nobody goes back to another reader's parcel. */
function leaveNoTrace(field: HTMLInputElement): void {
  const { form } = field;
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    location.replace(`/kiosk?${asked}`);
  });
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".top a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
    });
  }
}

function startOver(main: HTMLElement, reset: HTMLElement, field: HTMLInputElement, home: string): void {
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
    if (left <= 0) return location.replace(home);
    // Each number has its own plural.
    if (words) words.textContent = words.dataset.left?.split("|")[left - 1] ?? "";
    if (reset.hidden) {
      reset.hidden = false;
      reset.querySelector("button")?.focus();
    }
  }, 1000);
}
