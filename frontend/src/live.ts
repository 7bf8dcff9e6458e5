import { Age } from "./age";

/** Replaces the page's main part at every change of the road, and says how old it is. */
export function followRoad(main: HTMLElement, onReplaced: () => void): void {
  const url = main.dataset.live;
  if (!url) return;
  const age = new Age(main);
  let seen = main.dataset.seen ?? "";
  let source: EventSource | undefined;

  const open = (): void => {
    source ??= connect(`${url}&seen=${seen}`, age, (event) => {
      replace(main, event.data);
      seen = event.lastEventId;
      onReplaced();
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

/** The fold stays as the reader left it, and so does the focus on it. */
function replace(main: HTMLElement, html: string): void {
  const wasOpen = main.querySelector("details")?.open ?? false;
  const wasFocused = document.activeElement?.matches("summary") ?? false;
  main.innerHTML = html;
  const details = main.querySelector("details");
  if (details) details.open = wasOpen;
  if (wasFocused) main.querySelector("summary")?.focus();
}
