// What is kept can be opened without a connection; nothing else is stored.
import "./push-worker";

interface Fetching extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
  waitUntil(done: Promise<unknown>): void;
}
const scope = self as unknown as {
  SHELL: string[];
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: string, on: (event: Fetching) => void): void;
};
const SHELL = `shell-${scope.SHELL.join("")}`;
const KEPT = "kept";
const IGNORE = { ignoreSearch: true, ignoreVary: true };

scope.addEventListener("install", (event) => {
  const pages = ["/parcels", "/offline"];
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll([...scope.SHELL, ...pages])).then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  const clean = caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELL && name !== KEPT).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/brand/")) event.respondWith(stored(event.request));
  else if (url.pathname === "/parcels/rows") event.respondWith(fresh(event.request, true));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request));
});

async function stored(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** From the server, and again into what is kept if it was kept already, or `always`. */
async function fresh(request: Request, always: boolean): Promise<Response> {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    const known = always || (await cache.match(request, IGNORE));
    // A page opened without its proof must not replace the one with the pick-up code.
    const poorer = !always && known && !request.url.includes("k=") && (known as Response).url.includes("k=");
    if (answer.ok && known && !poorer) {
      await cache.delete(request, IGNORE);
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const known = await cache.match(request, IGNORE);
    if (!known) throw error;
    const headers = new Headers(known.headers);
    headers.set("X-Kept", "1");
    return new Response(known.body, { status: known.status, headers });
  }
}

async function page(request: Request): Promise<Response> {
  try {
    return await fresh(request, false);
  } catch {
    const shell = await caches.open(SHELL);
    return (await shell.match(request, IGNORE)) ?? (await shell.match("/offline", IGNORE)) ?? Response.error();
  }
}
