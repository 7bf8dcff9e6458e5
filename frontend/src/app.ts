// Comforts for a page that is complete without them.
import { offerCopy } from "./copy";
import { followRoad } from "./live";
import { submitOnEnter } from "./look-up";

const main = document.querySelector<HTMLElement>("main");
if (main) {
  offerCopy(main);
  followRoad(main, () => offerCopy(main));
  submitOnEnter(main);
}
