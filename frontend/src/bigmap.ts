// The big map, loaded when it is asked for. No tile server: the land is drawn from our own file,
// and over it the merchant's own map where there is one.
import { Map as MapView, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import { ownTiles, type OwnTiles } from "./own-tiles";

const REFRESH_MS = 60_000;
type Position = [number, number];
interface Road {
  features: { geometry: { coordinates: Position | Position[] } }[];
}

/** Draws the road into the frame; the answer closes the map again. */
export async function openMap(frame: HTMLElement, worker: string, road: string): Promise<() => void> {
  const answer = await fetch(road);
  if (!answer.ok) throw new Error(String(answer.status));
  const data = (await answer.json()) as Road;
  const theme = getComputedStyle(document.documentElement);
  const colour = (name: string): string => theme.getPropertyValue(name).trim();
  const own = await ownTiles(colour);
  setWorkerUrl(worker);
  const picture = frame.querySelector("svg");
  const place = document.createElement("div");
  place.className = "big";
  picture?.setAttribute("hidden", "");
  frame.append(place);
  const map = new MapView({
    container: place,
    style: styleOf(colour, road, own),
    bounds: boundsOf(data),
    fitBoundsOptions: { padding: 48, maxZoom: 9 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: own?.maxZoom ?? 12,
  });
  if (own?.attribution) place.append(credit(own.attribution));
  const timer = setInterval(() => {
    const source = map.getSource("road");
    if (source && "setData" in source) (source as { setData(url: string): void }).setData(road);
  }, REFRESH_MS);
  map.once("idle", () => {
    place.dataset.drawn = "true";
    if (own) place.dataset.tiles = String(own.layers.length);
  });
  return () => {
    clearInterval(timer);
    map.remove();
    place.remove();
    picture?.removeAttribute("hidden");
  };
}

function boundsOf(road: Road): [Position, Position] {
  const points = road.features.flatMap(({ geometry: { coordinates } }) =>
    (typeof coordinates[0] === "number" ? [coordinates] : coordinates) as Position[],
  );
  const across = points.map((point) => point[0]);
  const up = points.map((point) => point[1]);
  return [
    [Math.min(...across), Math.min(...up)],
    [Math.max(...across), Math.max(...up)],
  ];
}

// Who made the map has to be named on it.
function credit(text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = "credit";
  line.textContent = text;
  return line;
}

function styleOf(colour: (name: string) => string, road: string, own: OwnTiles | null): StyleSpecification {
  const travelled = ["!", ["get", "ahead"]];
  const line = { "line-color": colour("--accent"), "line-width": 3 };
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: "/map/land.json" },
      road: { type: "geojson", data: road },
      ...(own ? { own: own.source } : {}),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("--sea") } },
      { id: "land", type: "fill", source: "land", filter: ["==", ["get", "kind"], "land"], paint: { "fill-color": colour("--land") } },
      { id: "borders", type: "line", source: "land", filter: ["==", ["get", "kind"], "border"], paint: { "line-color": colour("--line"), "line-width": 1 } },
      ...(own?.layers ?? []),
      { id: "way", type: "line", source: "road", filter: ["all", ["has", "ahead"], travelled] as never, layout: { "line-cap": "round" }, paint: line },
      { id: "ahead", type: "line", source: "road", filter: ["all", ["has", "ahead"], ["get", "ahead"]] as never, paint: { ...line, "line-dasharray": [2, 2] } },
      { id: "stops", type: "circle", source: "road", filter: ["==", ["geometry-type"], "Point"] as never, paint: {
        "circle-radius": ["match", ["get", "kind"], "last", 8, 5] as never,
        "circle-color": ["match", ["get", "kind"], "last", colour("--accent"), colour("--surface")] as never,
        "circle-stroke-color": colour("--accent"),
        "circle-stroke-width": 2.5,
      } },
    ],
  };
}
