import { part } from "./part";

// Filters apply when they are changed; a list counts what is chosen; long lists go on in place.
export function forms(): void {
  document.addEventListener("change", event => {
    const changed = event.target as HTMLInputElement;
    if (changed.matches("[data-submit]")) changed.form?.requestSubmit();
    if (changed.id === "all") {
      for (const box of boxes()) box.checked = changed.checked;
    }
    if (changed.matches("#all, input[name=number]")) count();
  });
  document.addEventListener("chosen", count);
  document.addEventListener("submit", event => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "get") return;
    // Filters that say nothing stay out of the address.
    for (const field of form.querySelectorAll<HTMLInputElement>("input, select")) {
      if (field.name && !field.value) field.disabled = true;
    }
  });
  addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll<HTMLInputElement>(".filters :disabled")) field.disabled = false;
    count();
  });
  document.addEventListener("click", event => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[rel=next]");
    const place = link?.closest("[data-part]");
    if (!link || !place || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void more(link, place);
  });
}

async function more(link: HTMLAnchorElement, place: Element): Promise<void> {
  const html = await part(link.href, place.getAttribute("data-part") ?? "rows");
  const rows = place.querySelector("ol.rows");
  if (html === null || !rows) return location.assign(link.href);
  const added = document.createElement("div");
  added.innerHTML = html;
  const first = added.querySelector<HTMLElement>("[data-row]");
  rows.append(...added.querySelectorAll("[data-row]"));
  link.closest(".more")?.replaceWith(added.querySelector(".more") ?? "");
  first?.querySelector<HTMLElement>("a.name")?.focus();
}

export const boxes = (): HTMLInputElement[] =>
  [...document.querySelectorAll<HTMLInputElement>("input[name=number][type=checkbox]")];

function count(): void {
  const all = boxes();
  const chosen = all.filter(box => box.checked).length;
  const output = document.getElementById("chosen");
  if (output) output.textContent = String(chosen);
  document.querySelector(".bulk")?.classList.toggle("some", chosen > 0);
  const whole = document.getElementById("all") as HTMLInputElement | null;
  if (!whole) return;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}
