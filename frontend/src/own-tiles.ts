// The merchant's own map beneath the road, where there is one: a PMTiles file of our own origin.
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import { openArchive, type Archive } from "./pmtiles";

export interface OwnTiles {
  source: SourceSpecification;
  layers: LayerSpecification[];
  attribution: string;
  maxZoom: number;
}
type Colour = (name: string) => string;

const KINDS: [RegExp, (id: string, colour: Colour) => LayerSpecification[]][] = [
  [/water|ocean|sea|river|lake/i, (id, colour) => [area(id, colour("--sea")), line(id, colour("--sea"), 1)]],
  [/road|transport|street|highway|rail/i, (id, colour) => [line(id, colour("--soft"), 1, 0.45)]],
  [/bound|admin/i, (id, colour) => [line(id, colour("--soft"), 1, 0.6)]],
  [/build/i, (id, colour) => [area(id, colour("--line"))]],
  [/place|poi|label|name|housenum/i, () => []],
  [/land|earth|park|green|wood/i, (id, colour) => [area(id, colour("--land"))]],
];
// A tile that is not in the file.
const CLEAR = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

/** null where the merchant has given no map, or one that cannot be read: the land is drawn anyway. */
export async function ownTiles(colour: Colour): Promise<OwnTiles | null> {
  const answer = await fetch("/map/tiles.json");
  const url = answer.ok ? ((await answer.json()) as { url: string | null }).url : null;
  if (!url?.startsWith("/") || url.startsWith("//")) return null;
  try {
    const archive = await openArchive(url);
    serve(archive);
    return {
      source: sourceOf(archive),
      layers: layersOf(archive, colour),
      attribution: new DOMParser().parseFromString(archive.attribution, "text/html").body.textContent ?? "",
      maxZoom: Math.min(18, archive.maxZoom + 2),
    };
  } catch {
    return null;
  }
}

function serve(archive: Archive): void {
  addProtocol("pmtiles", async ({ url }) => {
    const [z, x, y] = url.split("/").slice(-3).map(Number) as [number, number, number];
    const found = await archive.tile(z, x, y);
    const empty = archive.kind === "vector" ? new ArrayBuffer(0) : bytes(CLEAR);
    return { data: found ?? empty };
  });
}

function bytes(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

function sourceOf(archive: Archive): SourceSpecification {
  const shared = {
    tiles: ["pmtiles://own/{z}/{x}/{y}"], minzoom: archive.minZoom, maxzoom: archive.maxZoom, bounds: archive.bounds,
  };
  return archive.kind === "vector" ? { type: "vector", ...shared } : { type: "raster", tileSize: 256, ...shared };
}

function layersOf(archive: Archive, colour: Colour): LayerSpecification[] {
  if (archive.kind === "raster") return [{ id: "own", type: "raster", source: "own" }];
  const areas: LayerSpecification[] = [];
  const lines: LayerSpecification[] = [];
  for (const id of archive.layers) {
    const made = KINDS.find(([kind]) => kind.test(id))?.[1](id, colour) ?? [line(id, colour("--soft"), 1, 0.3)];
    for (const one of made) (one.type === "fill" ? areas : lines).push(one);
  }
  const land = areas.filter((one) => /earth|land/i.test(one.id));
  return [...land, ...areas.filter((one) => !land.includes(one)), ...lines];
}

function area(id: string, colour: string): LayerSpecification {
  return {
    id: `own-area-${id}`, type: "fill", source: "own", "source-layer": id,
    filter: ["==", ["geometry-type"], "Polygon"] as never, paint: { "fill-color": colour },
  };
}

function line(id: string, colour: string, width: number, opacity = 1): LayerSpecification {
  return {
    id: `own-line-${id}`, type: "line", source: "own", "source-layer": id,
    filter: ["==", ["geometry-type"], "LineString"] as never,
    paint: { "line-color": colour, "line-width": width, "line-opacity": opacity },
  };
}
