import { act } from "./keys";
import { part } from "./part";

const OWN = ".bulk button[name=action], .standing button[name=action]";

function option(button: HTMLButtonElement, does: () => void): HTMLElement {
  const made = document.createElement("a");
  made.setAttribute("role", "option");
  made.href = "#";
  made.append(Object.assign(document.createElement("strong"), { textContent: button.textContent }));
  const key = button.dataset.key;
  if (key) made.append(Object.assign(document.createElement("kbd"), { textContent: key.toUpperCase() }));
  made.addEventListener("click", event => {
    event.preventDefault();
    does();
  });
  return made;
}

// Ctrl-K: numbers, orders, pages and actions, by the keyboard alone.
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
    found.prepend(...here());
    if (options().length) found.querySelector(".empty")?.remove();
    options().forEach((one, index) => (one.id = `option-${index}`));
    select(0);
  };
  // What the page itself can do, with what is chosen in its list or the row that is marked.
  const here = (): HTMLElement[] => {
    const words = input.value.toLocaleLowerCase().split(/\s+/);
    const able = document.querySelector("[data-row].at, input[name=number]:checked");
    return [...document.querySelectorAll<HTMLButtonElement>(able ? OWN : ".standing button[name=action]")]
      .filter(button => words.every(word => button.textContent!.toLocaleLowerCase().includes(word)))
      .map(button => option(button, () => {
        dialog.close();
        act(button);
      }));
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
