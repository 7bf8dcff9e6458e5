import { part } from "./part";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-row]")];
const marked = (): HTMLElement | undefined => rows().find(row => row.classList.contains("at"));
const dialog = (id: string): HTMLDialogElement => document.getElementById(id) as HTMLDialogElement;
let going = -Infinity;

// Single letters, wherever nobody is typing.
export function keys(): void {
  document.addEventListener("keydown", event => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return void document.dispatchEvent(new Event("palette"));
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return closePeek();
    const at = event.target as HTMLElement;
    const typing = at.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (typing || document.querySelector("dialog[open]")) return;
    if (event.timeStamp - going < 1500 && go(event.key)) return event.preventDefault();
    const does = ACTIONS[event.key] ?? ACTIONS[event.key.toLowerCase()];
    if (does && does(at) !== false) event.preventDefault();
    if (event.key === "g") going = event.timeStamp;
  });
  document.addEventListener("click", event => {
    if ((event.target as Element).closest("[data-close]")) closePeek();
  });
}

const ACTIONS: Record<string, (at: HTMLElement) => boolean | void> = {
  j: () => move(1),
  k: () => move(-1),
  x: () => choose(),
  "?": () => dialog("keys").showModal(),
  " ": at => (at.matches("button, a, summary, input") ? false : peek()),
  p: () => peek(),
  Enter: at => {
    if (at.matches("a, button, summary, input") || !marked()) return false;
    location.assign(marked()!.dataset.url ?? "");
  },
  z: () => document.querySelector<HTMLButtonElement>("#toast button")?.click(),
  a: () => press("a"),
  e: () => press("e"),
  "/": () => document.querySelector<HTMLElement>(".filters input[type=search], #find")?.focus(),
};

function go(key: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return link !== null;
}

function move(by: number): void {
  const all = rows();
  const now = all.findIndex(row => row.classList.contains("at"));
  const next = all[Math.max(0, Math.min(all.length - 1, now + by))];
  if (!next) return;
  all[now]?.classList.remove("at");
  next.classList.add("at");
  next.querySelector<HTMLElement>("a.name")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (!document.getElementById("peek")!.hidden) void show(next);
}

function choose(): void {
  const box = marked()?.querySelector<HTMLInputElement>("input[name=number]");
  box?.click();
}

// Acts on what is chosen; on the row that is marked where nothing is.
function press(key: string): void {
  const button = document.querySelector<HTMLButtonElement>(`.bulk [data-key="${key}"]`);
  if (button) act(button);
}

export function act(button: HTMLButtonElement): void {
  if (!button.closest(".bulk")) return button.click();
  if (!document.querySelector("input[name=number]:checked")) choose();
  if (document.querySelector("input[name=number]:checked")) button.click();
}

function peek(): void {
  const panel = document.getElementById("peek")!;
  const row = marked();
  if (!panel.hidden) closePeek();
  else if (row) void show(row);
}

async function show(row: HTMLElement): Promise<void> {
  const html = await part(row.dataset.url ?? "", "peek");
  const panel = document.getElementById("peek")!;
  if (html === null) return;
  panel.innerHTML = html;
  // Whoever acts in the preview stays in the list.
  const back = panel.querySelector<HTMLInputElement>("input[name=back]");
  if (back) back.value = location.pathname + location.search;
  panel.hidden = false;
}

function closePeek(): void {
  const panel = document.getElementById("peek");
  if (panel) panel.hidden = true;
}
