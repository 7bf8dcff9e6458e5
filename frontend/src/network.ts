// Trucks move on the map of the network page. Without script they stand where they last were.
type Told = [asset: string, lon: number, lat: number, course: number | null];
interface Spot { x: number; y: number }

const EVERY_MS = 2500;
const MOVES_MS = 2300;
const SVG = "http://www.w3.org/2000/svg";
const picture = document.querySelector<SVGSVGElement>("svg[data-trucks]");
const here = new Map<string, Spot>();

/** Web Mercator in degrees, as the server draws. */
function height(lat: number): number {
  const bound = Math.max(-80, Math.min(80, lat));
  return (-Math.log(Math.tan(Math.PI / 4 + (bound * Math.PI) / 360)) * 180) / Math.PI;
}

function placing(fit: string): (lon: number, lat: number) => Spot {
  const [west, south, left, bottom, east, north, right, top] = fit.split(" ").map(Number) as number[];
  const across = (right! - left!) / (east! - west!);
  const up = (top! - bottom!) / (height(north!) - height(south!));
  return (lon, lat) => ({ x: left! + (lon - west!) * across, y: bottom! + (height(lat) - height(south!)) * up });
}

function shape(course: number | null): SVGElement {
  const made = document.createElementNS(SVG, course === null ? "circle" : "path");
  if (course === null) made.setAttribute("r", "4");
  else {
    made.setAttribute("d", "M0-8L5.5 7L0 3.5L-5.5 7z");
    made.setAttribute("transform", `rotate(${course})`);
  }
  return made;
}

function put(mark: Element, { x, y }: Spot): void {
  mark.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
}

function move(mark: Element, asset: string, goal: Spot): void {
  const from = here.get(asset) ?? goal;
  here.set(asset, goal);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return put(mark, goal);
  const begin = performance.now();
  const step = (now: number): void => {
    const share = Math.min(1, (now - begin) / MOVES_MS);
    put(mark, { x: from.x + share * (goal.x - from.x), y: from.y + share * (goal.y - from.y) });
    if (share < 1 && here.get(asset) === goal) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

async function follow(svg: SVGSVGElement): Promise<void> {
  const answer = await fetch(svg.dataset.trucks ?? "");
  if (!answer.ok) return;
  const place = placing(svg.dataset.fit ?? "");
  for (const [asset, lon, lat, course] of (await answer.json()) as Told[]) {
    const mark = svg.querySelector(`[data-truck="${CSS.escape(asset)}"]`);
    if (!mark) continue;
    const old = mark.querySelector("path, circle");
    old?.replaceWith(shape(course));
    mark.classList.toggle("still", course === null);
    move(mark, asset, place(lon, lat));
  }
}

if (picture) {
  setInterval(() => {
    if (!document.hidden) void follow(picture).catch(() => undefined);
  }, EVERY_MS);
  void follow(picture).catch(() => undefined);
}
