// Reads one PMTiles file (version 3) by ranges: https://github.com/protomaps/PMTiles, spec/v3.
export interface Archive {
  kind: "vector" | "raster";
  minZoom: number;
  maxZoom: number;
  bounds: [number, number, number, number];
  layers: string[];
  attribution: string;
  tile(z: number, x: number, y: number): Promise<ArrayBuffer | null>;
}
interface Entry { id: number; run: number; length: number; offset: number }
interface Header { root: Piece; metadata: Piece; leaves: number; tiles: number; packed: number; tilesPacked: number }
interface Piece { offset: number; length: number }

const FIRST = 16384;
const HEADER = 127;
const GZIP = 2;
const VECTOR = 1;
const DEEPEST = 4;
const KEPT = 64;

/** The archive at this address of our own; an Error where it is none that we can read. */
export async function openArchive(url: string): Promise<Archive> {
  const first = await range(url, 0, FIRST);
  const view = new DataView(first);
  const name = new TextDecoder().decode(first.slice(0, 7));
  if (name !== "PMTiles" || view.getUint8(7) !== 3) throw new Error("no PMTiles of version 3");
  const header = headerOf(view);
  const root = directory(await unpacked(await cut(url, first, header.root), header.packed));
  const known = JSON.parse(
    new TextDecoder().decode(await unpacked(await cut(url, first, header.metadata), header.packed)),
  ) as { vector_layers?: { id: string }[]; attribution?: string };
  const degrees = (at: number): number => view.getInt32(at, true) / 1e7;
  return {
    kind: view.getUint8(99) === VECTOR ? "vector" : "raster",
    minZoom: view.getUint8(100),
    maxZoom: view.getUint8(101),
    bounds: [degrees(102), degrees(106), degrees(110), degrees(114)],
    layers: (known.vector_layers ?? []).map((layer) => layer.id),
    attribution: known.attribution ?? "",
    tile: finder(url, header, root),
  };
}

function finder(url: string, header: Header, root: Entry[]): Archive["tile"] {
  const leaves = new Map<number, Promise<Entry[]>>();
  const leaf = (entry: Entry): Promise<Entry[]> => {
    let found = leaves.get(entry.offset);
    if (!found) {
      if (leaves.size >= KEPT) leaves.clear();
      found = range(url, header.leaves + entry.offset, entry.length)
        .then((body) => unpacked(body, header.packed))
        .then(directory);
      leaves.set(entry.offset, found);
    }
    return found;
  };
  return async (z, x, y) => {
    const wanted = tileId(z, x, y);
    let entries = root;
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      const entry = find(entries, wanted);
      if (!entry) return null;
      if (entry.run > 0) {
        return unpacked(await range(url, header.tiles + entry.offset, entry.length), header.tilesPacked);
      }
      entries = await leaf(entry);
    }
    return null;
  };
}

function headerOf(view: DataView): Header {
  const long = (at: number): number => Number(view.getBigUint64(at, true));
  return {
    root: { offset: long(8), length: long(16) },
    metadata: { offset: long(24), length: long(32) },
    leaves: long(40),
    tiles: long(56),
    packed: view.getUint8(97),
    tilesPacked: view.getUint8(98),
  };
}

async function range(url: string, offset: number, length: number): Promise<ArrayBuffer> {
  const answer = await fetch(url, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
  if (answer.status !== 206) throw new Error(String(answer.status));
  return answer.arrayBuffer();
}

/** A piece out of what has been read already, else from the file. */
async function cut(url: string, first: ArrayBuffer, piece: Piece): Promise<ArrayBuffer> {
  if (piece.length === 0) return new TextEncoder().encode("{}").buffer as ArrayBuffer;
  const end = piece.offset + piece.length;
  return piece.offset >= HEADER && end <= first.byteLength
    ? first.slice(piece.offset, end)
    : range(url, piece.offset, piece.length);
}

async function unpacked(body: ArrayBuffer, packed: number): Promise<ArrayBuffer> {
  if (packed < GZIP || body.byteLength < 2 || new Uint8Array(body)[0] !== 0x1f) return body;
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

function directory(body: ArrayBuffer): Entry[] {
  const bytes = new Uint8Array(body);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a directory ends too early");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  const count = varint();
  const entries: Entry[] = [];
  let id = 0;
  for (let index = 0; index < count; index += 1) {
    id += varint();
    entries.push({ id, run: 1, length: 0, offset: 0 });
  }
  for (const entry of entries) entry.run = varint();
  for (const entry of entries) entry.length = varint();
  entries.forEach((entry, index) => {
    const told = varint();
    const before = entries[index - 1];
    entry.offset = told === 0 && before ? before.offset + before.length : told - 1;
  });
  return entries;
}

/** The entry that holds a tile, or the leaf where it would be. */
function find(entries: Entry[], wanted: number): Entry | null {
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.id <= wanted) low = middle + 1;
    else high = middle - 1;
  }
  const entry = entries[high];
  if (!entry) return null;
  return entry.run === 0 || wanted - entry.id < entry.run ? entry : null;
}

/** Tiles are numbered along a Hilbert curve, zoom after zoom. */
export function tileId(z: number, x: number, y: number): number {
  let id = (4 ** z - 1) / 3;
  let [column, row] = [x, y];
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const right = column & side ? 1 : 0;
    const below = row & side ? 1 : 0;
    id += side * side * ((3 * right) ^ below);
    if (below === 0) {
      if (right === 1) [column, row] = [side - 1 - column, side - 1 - row];
      [column, row] = [row, column];
    }
  }
  return id;
}
