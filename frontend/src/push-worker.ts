// Shows what the server pushes, and opens the parcel's page when it is tapped.

interface Pushed extends Event {
  data: { json(): { title: string; body: string; url: string; lang: string; tag: string } } | null;
  notification: { close(): void; data: { url: string } };
  waitUntil(done: Promise<unknown>): void;
}
const worker = self as unknown as {
  registration: { showNotification(title: string, options: object): Promise<void> };
  clients: { openWindow(url: string): Promise<unknown> };
  addEventListener(name: string, on: (event: Pushed) => void): void;
};

worker.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, url, lang, tag } = event.data.json();
  event.waitUntil(worker.registration.showNotification(title, { body, lang, tag, data: { url } }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only pages of our own: the address comes from outside.
  const url = new URL(event.notification.data.url, location.origin);
  event.waitUntil(worker.clients.openWindow(url.pathname + url.search));
});

export {};
