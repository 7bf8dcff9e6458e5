import { drop, isKept, keep } from "./store";

// Either is only there over HTTPS and on localhost, and not in every browser.
const device: Partial<Navigator> = navigator;

/** The buttons of a parcel's page: keep it on this device, share it. */
export function offerKeep(main: HTMLElement): void {
  const number = main.dataset.number;
  const button = main.querySelector<HTMLButtonElement>("button.keep");
  if (number && button && "caches" in window) offer(button, number);
  offerShare(main);
}

/** The button that shares this page, or the address that it carries. */
export function offerShare(root: HTMLElement): void {
  const share = root.querySelector<HTMLButtonElement>("button.share");
  if (!share || !(device.share || device.clipboard)) return;
  share.hidden = false;
  share.addEventListener("click", () => void pass(share));
}

function offer(button: HTMLButtonElement, number: string): void {
  const show = (): void => {
    const is = isKept(number);
    button.textContent = (is ? button.dataset.kept : button.dataset.keep) ?? "";
    button.setAttribute("aria-pressed", String(is));
  };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const url = location.pathname + location.search;
    void (isKept(number) ? drop(number) : keep({ number, url })).then(show);
  });
}

/** Without the query: a link that shows personal data is not for sharing. */
async function pass(button: HTMLButtonElement): Promise<void> {
  const url = location.origin + (button.dataset.url ?? location.pathname);
  if (device.share) {
    await navigator.share({ title: document.title, url }).catch(() => undefined);
    return;
  }
  await device.clipboard?.writeText(url);
  const label = button.textContent;
  button.textContent = button.dataset.done ?? "";
  setTimeout(() => (button.textContent = label), 1600);
}
