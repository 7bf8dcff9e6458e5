const SHOWN_MS = 1600;

/** Shows the copy buttons and lets them copy what they carry. */
export function offerCopy(root: HTMLElement): void {
  if (!navigator.clipboard) return; // only there over HTTPS and on localhost
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const label = [...button.childNodes];
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  button.replaceChildren(button.dataset.done ?? "");
  setTimeout(() => button.replaceChildren(...label), SHOWN_MS);
}
