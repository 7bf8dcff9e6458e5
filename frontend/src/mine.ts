import { offerShare } from "./keep";
import { drop, kept, type Kept, startWorker } from "./store";

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
    const answer = await fetch(asked, { headers: proofs(kept()) }).catch(() => undefined);
    if (!answer?.ok) return reveal(main, ".away", true);
    reveal(main, ".away", answer.headers.has("X-Kept"));
    place.innerHTML = await answer.text();
    linkBack(place);
    offerShare(place);
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

/** What the merchants' links proved, so that pick-up codes stand in the list. */
function proofs(rows: Kept[]): Record<string, string> {
  const pairs = rows.flatMap(({ number, url }) => {
    const key = new URL(url, location.origin).searchParams.get("k");
    return key ? [`${encodeURIComponent(number)}=${encodeURIComponent(key)}`] : [];
  });
  return pairs.length ? { "Milepost-Proofs": pairs.join(",") } : {};
}

/** Rows lead to the pages as they were kept: with the proof that the merchant's link carried. */
function linkBack(place: HTMLElement): void {
  const urls = new Map(kept().map((row) => [row.number, row.url]));
  for (const row of place.querySelectorAll<HTMLElement>("[data-row]")) {
    const url = urls.get(row.dataset.row ?? "");
    if (!url?.startsWith("/t/")) continue;
    const [link, news] = [row.querySelector("a"), row.querySelector<HTMLAnchorElement>("a.news")];
    const key = new URL(url, location.origin).searchParams.get("k");
    if (link) link.href = url;
    if (news && key) {
      const there = new URL(news.href);
      there.searchParams.set("k", key);
      news.href = there.href;
    }
  }
}

function reveal(main: HTMLElement, name: string, seen: boolean): void {
  const part = main.querySelector<HTMLElement>(name);
  if (part) part.hidden = !seen;
}
