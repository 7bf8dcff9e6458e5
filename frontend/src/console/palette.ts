import { part } from "./part";

// Ctrl-K: numbers, orders and pages, by the keyboard alone.
export function palette(): void {
  const dialog = document.getElementById("palette") as HTMLDialogElement | null;
  if (!dialog) return;
  const input = dialog.querySelector("input")!;
  const found = document.getElementById("found")!;
  let asked = 0;
  let wait = 0;

  const ask = async (): Promise<void> => {
    const turn = ++asked;
    const html = await part(`/console/find?q=${encodeURIComponent(input.value)}`, "palette");
    if (html === null || turn !== asked) return;
    found.innerHTML = html;
    options().forEach((one, index) => (one.id = `option-${index}`));
    select(0);
  };
  const options = (): HTMLElement[] => [...found.querySelectorAll<HTMLElement>("[role=option]")];
  const selected = (): number => options().findIndex(one => one.getAttribute("aria-selected") === "true");
  const select = (index: number): void => {
    const all = options();
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    const chosen = all[index];
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const open = (): void => {
    if (dialog.open) return dialog.close();
    dialog.showModal();
    input.value = "";
    void ask();
  };

  document.addEventListener("palette", open);
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = window.setTimeout(() => void ask(), 90);
  });
  input.addEventListener("keydown", event => {
    const count = options().length;
    if (event.key === "ArrowDown") select((selected() + 1) % Math.max(1, count));
    else if (event.key === "ArrowUp") select((selected() - 1 + count) % Math.max(1, count));
    else if (event.key === "Enter") options()[selected()]?.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", event => {
    if (event.target === dialog) dialog.close();
  });
}
