// A part of a page, as the server renders it. Null where there is none: signed out, or no network.
export async function part(url: string, name: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { headers: { "X-Part": name } });
    if (answer.status === 401) location.reload();
    return answer.ok || answer.status === 404 ? await answer.text() : null;
  } catch {
    return null;
  }
}

// Puts new rows in place of the old: what was chosen, focused and marked stays so.
export function swap(place: Element, html: string): void {
  const chosen = new Set(
    [...place.querySelectorAll<HTMLInputElement>("input[name=number]:checked")].map(one => one.value));
  const marked = place.querySelector<HTMLElement>(".at")?.dataset.number;
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.number;
  place.innerHTML = html;
  for (const box of place.querySelectorAll<HTMLInputElement>("input[name=number]")) {
    box.checked = chosen.has(box.value);
  }
  for (const row of place.querySelectorAll<HTMLElement>("[data-row]")) {
    if (row.dataset.number === marked) row.classList.add("at");
    if (row.dataset.number === focused && focused) row.querySelector<HTMLElement>("a.name")?.focus();
  }
  document.dispatchEvent(new Event("chosen"));
}
