// New rows in place of the old: what was chosen, focused and marked stays so, and nothing moves away
// under a pointer that is about to click.
const STILL_MS = 6000;
const ONE_PAGE = 60;
let moved = -Infinity;
let later = 0;

document.addEventListener("pointermove", event => (moved = event.timeStamp), { passive: true });

const rowsOf = (place: Element): HTMLElement[] => [...place.querySelectorAll<HTMLElement>("[data-row]")];

export function swap(place: Element, html: string): void {
  clearTimeout(later);
  const next = document.createElement("div");
  next.innerHTML = html;
  const long = rowsOf(place).length > ONE_PAGE;
  if (!long && !pointed(place)) return renew(place, next);
  inPlace(place, next, long);
  if (long) return;
  const again = (): void => swap(place, html);
  later = window.setTimeout(again, STILL_MS);
  place.addEventListener("pointerleave", again, { once: true });
}

const pointed = (place: Element): boolean =>
  place.matches(":hover") && performance.now() - moved < STILL_MS && rowsOf(place).length > 0;

// Each row says what is new of it where it stands; what has left the list stays, greyed, for now.
function inPlace(place: Element, next: Element, long: boolean): void {
  const found = new Map(rowsOf(next).map(row => [row.dataset.number, row]));
  for (const row of rowsOf(place)) {
    const now = found.get(row.dataset.number);
    if (!now) row.classList.toggle("gone", !long);
    else if (!row.contains(document.activeElement)) {
      keep(row, now);
      row.replaceWith(now);
    }
  }
}

function keep(row: Element, now: Element): void {
  now.classList.toggle("at", row.classList.contains("at"));
  const [was, is] = [row, now].map(one => one.querySelector<HTMLInputElement>("input[name=number]"));
  if (was && is) is.checked = was.checked;
}

function renew(place: Element, next: Element): void {
  const before = new Map(rowsOf(place).map(row => [row.dataset.number, row]));
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.number;
  const anchor = place.querySelector<HTMLElement>(".at")?.dataset.number;
  const top = before.get(anchor)?.getBoundingClientRect().top;
  for (const row of rowsOf(next)) {
    const was = before.get(row.dataset.number);
    if (was) keep(was, row);
  }
  place.replaceChildren(...next.childNodes);
  for (const row of rowsOf(place)) {
    if (focused && row.dataset.number === focused) row.querySelector<HTMLElement>("a.name")?.focus({ preventScroll: true });
    // The row that is marked stays where it is on the screen.
    if (anchor && top !== undefined && row.dataset.number === anchor) scrollBy(0, row.getBoundingClientRect().top - top);
  }
  document.dispatchEvent(new Event("chosen"));
}
