/** The link to the reader's own clock, which only the browser knows. */
export function offerMyClock(main: HTMLElement): void {
  const link = main.querySelector<HTMLAnchorElement>("a.my-clock");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!link || !zone) return;
  const url = new URL(location.href);
  url.searchParams.set("time", "mine");
  url.searchParams.set("tz", zone);
  link.href = url.search;
  link.hidden = false;
  for (const other of main.querySelectorAll<HTMLAnchorElement>(".switch a:not(.my-clock)")) {
    const there = new URL(location.href);
    there.searchParams.set("time", new URLSearchParams(other.search).get("time") ?? "scan");
    there.searchParams.delete("tz");
    other.href = there.search;
  }
}
