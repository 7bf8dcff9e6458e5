import { part } from "./part";
import { swap } from "./rows";

const SLOWEST_MS = 1500;

// Rows and pages follow the record. A page that nobody sees holds no connection open.
export function live(): void {
  again();
  const url = document.body.dataset.live;
  if (!url) return;
  let source: EventSource | null = null;
  let waiting = 0;
  let missed = false;

  const renew = async (): Promise<void> => {
    waiting = 0;
    const rows = document.querySelector("[data-part=rows]");
    if (rows) {
      const html = await part(location.href, "rows");
      const held = document.querySelector("dialog[open], .dragging, details.move[open]");
      if (html !== null && !held) swap(rows, html);
    }
    const whole = document.getElementById("whole");
    if (whole && !busy(whole)) await renewWhole(whole);
  };
  const open = (): void => {
    source = new EventSource(url);
    source.addEventListener("changed", () => {
      waiting ||= window.setTimeout(() => void renew(), SLOWEST_MS);
    });
    if (missed) void renew();
    missed = false;
  };
  const follow = (): void => {
    if (document.hidden) {
      source?.close();
      source = null;
      missed = true;
    } else if (!source) open();
  };
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => source?.close());
  follow();
}

// Somebody writes or reads on in it.
function busy(whole: Element): boolean {
  const open = whole.querySelector("details[open]") !== null;
  const reading = getSelection();
  const selected = reading && !reading.isCollapsed && whole.contains(reading.anchorNode);
  return open || selected || (document.activeElement?.matches("input, select, textarea, button") ?? false);
}

async function renewWhole(whole: Element): Promise<void> {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("whole");
  if (!found) return;
  const at = whole.contains(document.activeElement) ? (document.activeElement as HTMLAnchorElement).href : null;
  whole.replaceWith(found);
  if (at) [...found.querySelectorAll<HTMLAnchorElement>("a[href]")].find(one => one.href === at)?.focus({ preventScroll: true });
}

// A page that changes without an event: it is asked again as long as it says so.
function again(): void {
  const every = Number(document.body.dataset.again);
  if (!every) return;
  const timer = setInterval(() => {
    const whole = document.getElementById("whole");
    if (!whole || document.hidden) return;
    if (whole.querySelector("progress") || document.body.dataset.live) void renewWhole(whole);
    else clearInterval(timer);
  }, every);
}
