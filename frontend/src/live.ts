import { Age } from "./age";

/** Replaces the page's main part at every change of the road, and says how old it is. */
export function followRoad(main: HTMLElement, onReplaced: () => void): void {
  const url = main.dataset.live;
  if (!url) return;
  const age = new Age(main);
  const announce = herald(main);
  let seen = main.dataset.seen ?? "";
  let source: EventSource | undefined;

  const open = (): void => {
    source ??= connect(`${url}&seen=${seen}`, age, (event) => {
      replace(main, event.data);
      seen = event.lastEventId;
      onReplaced();
      announce();
    });
  };
  const close = (): void => {
    source?.close();
    source = undefined;
  };
  // A page that nobody sees holds no connection; browsers allow six to a host.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  if (!document.hidden) open();
}

function connect(url: string, age: Age, onMain: (event: MessageEvent<string>) => void): EventSource {
  const source = new EventSource(url);
  source.addEventListener("beat", () => age.reset());
  source.addEventListener("main", (event: MessageEvent<string>) => {
    onMain(event);
    age.reset();
  });
  return source;
}

/** What says aloud that something is new, to who hears the page. */
function herald(main: HTMLElement): () => void {
  const place = document.createElement("p");
  place.className = "unseen news-of-road";
  place.setAttribute("role", "status");
  main.after(place);
  return () => {
    const words = [".hero .pill", ".hero h1"].map((part) => main.querySelector(part)?.textContent?.trim() ?? "");
    place.textContent = words.filter(Boolean).join(". ");
  };
}

/** Which fold of the page it is. */
function folded(part: Element): string {
  return part.closest("details")?.className || "earlier";
}

/** Folds stay as the reader left them, and so do the focus on one and a code half typed. */
function replace(main: HTMLElement, html: string): void {
  const open = [...main.querySelectorAll("details[open]")].map(folded);
  const focused = document.activeElement?.matches("summary") ? folded(document.activeElement) : "";
  const code = main.querySelector<HTMLInputElement>("input[name=code]")?.value ?? "";
  main.innerHTML = html;
  for (const details of main.querySelectorAll("details")) {
    details.open ||= open.includes(folded(details));
    if (focused && folded(details) === focused) details.querySelector("summary")?.focus();
  }
  const field = main.querySelector<HTMLInputElement>("input[name=code]");
  if (field) field.value = code;
}
