const MINUTE_MS = 60_000;

/** "Updated 3 min ago": how long ago the page last agreed with the server. */
export class Age {
  private since = Date.now();

  constructor(private readonly main: HTMLElement) {
    setInterval(() => this.show(), MINUTE_MS);
  }

  reset(): void {
    this.since = Date.now();
    this.show();
  }

  private show(): void {
    const place = this.main.querySelector<HTMLElement>(".updated");
    if (!place) return;
    const minutes = Math.floor((Date.now() - this.since) / MINUTE_MS);
    const { updated = "{ago}", updatedNow = "" } = this.main.dataset;
    place.textContent = minutes ? updated.replace("{ago}", this.ago(minutes)) : updatedNow;
    place.hidden = false;
  }

  private ago(minutes: number): string {
    // Made when first needed: it takes some milliseconds.
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
    return minutes < 60 ? words.format(-minutes, "minute") : words.format(-Math.floor(minutes / 60), "hour");
  }
}
