// Loaded on the page for scanning only: reads barcodes from the camera, on the device itself.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

const EVERY_MS = 160;

interface Parts {
  viewer: HTMLElement;
  video: HTMLVideoElement;
  start: HTMLButtonElement;
  none: HTMLElement;
}

/** Shows the button that opens the camera, and opens it at once. */
export function openCamera(main: HTMLElement, wasm: string): void {
  const viewer = main.querySelector<HTMLElement>(".viewer");
  const video = main.querySelector("video");
  const start = main.querySelector<HTMLButtonElement>("button.start");
  const none = main.querySelector<HTMLElement>(".none");
  if (!viewer || !video || !start || !none) return;
  const parts = { viewer, video, start, none };
  prepareZXingModule({ overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? wasm : path) } });
  viewer.querySelector(".stop")?.addEventListener("click", () => stop(parts));
  start.addEventListener("click", () => void look(parts));
  addEventListener("pagehide", () => stop(parts));
  void look(parts);
}

async function look(parts: Parts): Promise<void> {
  const { viewer, video, start, none } = parts;
  none.hidden = true;
  start.hidden = true;
  viewer.hidden = false;
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
    await video.play();
    const text = await read(video);
    stop(parts);
    if (text) send(text);
  } catch {
    stop(parts);
    none.hidden = false;
  }
}

async function read(video: HTMLVideoElement): Promise<string> {
  const detector = new BarcodeDetector();
  while (video.srcObject) {
    const found = video.readyState >= 2 ? await detector.detect(video) : [];
    // A label has several codes: all are sent, as those of a photograph are.
    const texts = new Set(found.map((code) => code.rawValue.trim()).filter(Boolean));
    if (texts.size) return [...texts].join("\n");
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
  return "";
}

/** The text goes where a pasted one goes: the server picks the number out. */
function send(text: string): void {
  navigator.vibrate?.(60);
  location.assign(`/?q=${encodeURIComponent(text.slice(0, 1500))}`);
}

function stop({ viewer, video, start }: Parts): void {
  const stream = video.srcObject;
  if (stream instanceof MediaStream) for (const track of stream.getTracks()) track.stop();
  video.srcObject = null;
  viewer.hidden = true;
  start.hidden = false;
}
