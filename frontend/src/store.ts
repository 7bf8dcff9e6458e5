// The reader's own list of parcels. It is kept on the device only.

export interface Kept {
  number: string;
  url: string;
}

const KEY = "parcels";
const CACHE = "kept";
const MOST = 100;

export function kept(): Kept[] {
  try {
    const rows: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(rows) ? rows.filter((row): row is Kept => typeof row?.number === "string") : [];
  } catch {
    return [];
  }
}

export function isKept(number: string): boolean {
  return kept().some((row) => row.number === number);
}

/** Keeps a parcel, and its page for when there is no connection, with a pick-up code if it shows one. */
export async function keep(row: Kept): Promise<void> {
  const rows = [row, ...kept().filter((other) => other.number !== row.number)].slice(0, MOST);
  localStorage.setItem(KEY, JSON.stringify(rows));
  await startWorker();
  await (await caches?.open(CACHE))?.add(row.url).catch(() => undefined);
}

export async function drop(number: string): Promise<void> {
  const gone = kept().find((row) => row.number === number);
  localStorage.setItem(KEY, JSON.stringify(kept().filter((row) => row.number !== number)));
  if (gone) await (await caches?.open(CACHE))?.delete(gone.url, { ignoreSearch: true });
}

/** A page for readers who keep something: nothing is installed for the others. */
export async function startWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
