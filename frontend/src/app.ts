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
import { offerVoice } from "./voice";

// What nobody misses in the first moment waits until the page has been seen.
const afterPaint = (work: () => void): void => {
  if (document.hidden) work();
  else requestAnimationFrame(() => setTimeout(work));
};

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
