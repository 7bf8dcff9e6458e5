import { drop, kept, startWorker } from "./store";

/** Fills the page of the reader's own parcels from the list on this device. */
export function showMine(main: HTMLElement): void {
  const url = main.dataset.mine;
  const place = main.querySelector<HTMLElement>(".rows-here");
  if (!url || !place) return;
  let month = "";
  const show = async (): Promise<void> => {
    const numbers = kept().map((row) => row.number);
    reveal(main, ".empty", numbers.length === 0);
    if (numbers.length === 0) return place.replaceChildren();
    const asked = `${url}&n=${numbers.map(encodeURIComponent).join(",")}${month && `&month=${month}`}`;
    const answer = await fetch(asked).catch(() => undefined);
    if (!answer?.ok) return reveal(main, ".away", true);
    reveal(main, ".away", answer.headers.has("X-Kept"));
    place.innerHTML = await answer.text();
    linkBack(place);
  };
  place.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button");
    if (button?.dataset.month) {
      const name = button.dataset.month;
      const which = name < (month || name) ? 0 : 1;
      month = name;
      void show().then(() => place.querySelectorAll<HTMLElement>("[data-month]")[which]?.focus());
    }
    if (button?.dataset.number) void drop(button.dataset.number).then(show);
  });
  if (kept().length) void startWorker();
  void show();
}

/** Rows lead to the pages as they were kept: with the proof that the merchant's link carried. */
function linkBack(place: HTMLElement): void {
  const urls = new Map(kept().map((row) => [row.number, row.url]));
  for (const row of place.querySelectorAll<HTMLElement>("[data-row]")) {
    const link = row.querySelector("a");
    const url = urls.get(row.dataset.row ?? "");
    if (link && url?.startsWith("/t/")) link.href = url;
  }
}

function reveal(main: HTMLElement, name: string, seen: boolean): void {
  const part = main.querySelector<HTMLElement>(name);
  if (part) part.hidden = !seen;
}
