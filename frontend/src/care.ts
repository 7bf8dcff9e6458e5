// Offers web push on the care page; everything else there works without a script.

const button = document.querySelector<HTMLButtonElement>("button[data-push]");
const line = button?.closest<HTMLElement>(".push");
const said = line?.querySelector<HTMLElement>("[role=status]");
if (button && line && said && "serviceWorker" in navigator && "PushManager" in window) {
  line.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    subscribe(button)
      .then(
        () => (said.textContent = button.dataset.done ?? ""),
        () => (said.textContent = button.dataset.refused ?? ""),
      )
      .finally(() => (button.disabled = false));
  });
}

/** Asks the browser, which asks the reader, and tells the server. Throws where either says no. */
async function subscribe({ form, dataset }: HTMLButtonElement): Promise<void> {
  if (!form || (await Notification.requestPermission()) !== "granted") throw new Error("refused");
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(dataset.push ?? "") };
  const push = (await pushManager.getSubscription()) ?? (await pushManager.subscribe(options));
  const topics = [...form.querySelectorAll<HTMLInputElement>("input[name=topic]:checked")].map((box) => box.value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ push: push.toJSON(), topics, zone }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
}

export {};
