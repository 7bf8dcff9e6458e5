// Comforts for pages that are complete without them.
import { offerMyClock } from "./clock";
import { offerCopy } from "./copy";
import { offerKeep } from "./keep";
import { runKiosk } from "./kiosk";
import { followRoad } from "./live";
import { submitOnEnter } from "./look-up";
import { showMine } from "./mine";
import { offerMap } from "./open-map";
import { offerCamera } from "./scan";
import { offerVoice } from "./speak";

const LATEST_MS = 1000;

// What nobody misses in the first moment waits until the page is seen: it would take the processor
// from the painting. Not every browser tells of its first paint.
const afterPaint = (work: () => void): void => {
  const begin = once(work);
  if (document.hidden) return begin();
  addEventListener("load", () => setTimeout(begin, LATEST_MS));
  new PerformanceObserver((_, observer) => {
    observer.disconnect();
    setTimeout(begin);
  }).observe({ type: "paint", buffered: true });
};

function once(work: () => void): () => void {
  let left: (() => void) | undefined = work;
  return () => {
    left?.();
    left = undefined;
  };
}

const main = document.querySelector<HTMLElement>("main");
if (main) {
  const dress = (): void => {
    for (const offer of [offerCopy, offerKeep, offerMyClock, offerMap]) offer(main);
  };
  for (const begin of [submitOnEnter, runKiosk]) begin(main);
  afterPaint(() => {
    dress();
    followRoad(main, dress);
    for (const begin of [offerVoice, offerCamera, showMine]) begin(main);
  });
}
