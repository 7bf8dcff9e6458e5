// Loaded only where a number can be said.
import { spoken } from "./spoken";

interface Heard {
  results: ArrayLike<ArrayLike<{ transcript: string }>>;
}
interface Recognition extends EventTarget {
  lang: string;
  maxAlternatives: number;
  onresult: ((event: Heard) => void) | null;
  onerror: (() => void) | null;
  onend: (() => void) | null;
  start(): void;
}
type Maker = new () => Recognition;

/** The button that listens; where the browser cannot, it says how to write the words instead. */
export function openVoice(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>("button.voice");
  const said = root.querySelector<HTMLElement>(".said");
  const field = root.querySelector<HTMLTextAreaElement>("textarea[name=q]");
  if (!button || !said || !field) return;
  readWords(field);
  button.hidden = false;
  button.addEventListener("click", () => {
    const maker = recogniser();
    if (maker) listen(new maker(), button, said, field);
    else {
      said.textContent = button.dataset.none ?? "";
      field.focus();
    }
  });
}

function recogniser(): Maker | undefined {
  const global = window as unknown as Record<string, Maker | undefined>;
  return global.SpeechRecognition ?? global.webkitSpeechRecognition;
}

function listen(ear: Recognition, button: HTMLButtonElement, said: HTMLElement, field: HTMLTextAreaElement): void {
  const { listening = "", nothing = "", none = "" } = button.dataset;
  ear.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US";
  ear.maxAlternatives = 5;
  button.setAttribute("aria-pressed", "true");
  said.textContent = listening;
  ear.onresult = (event) => {
    const number = Array.from(event.results)
      .flatMap((result) => Array.from(result, (row) => spoken(row.transcript)))
      .find(Boolean);
    said.textContent = number ?? nothing;
    if (!number) return;
    field.value = number;
    field.form?.requestSubmit();
  };
  ear.onerror = () => {
    said.textContent = none;
  };
  ear.onend = () => {
    button.setAttribute("aria-pressed", "false");
    if (said.textContent === listening) said.textContent = nothing;
  };
  ear.start();
}

/** Words that were typed or dictated into the field are sent as the number that they say. */
function readWords(field: HTMLTextAreaElement): void {
  field.form?.addEventListener("submit", () => {
    if (/\d{4}/.test(field.value.normalize("NFKC"))) return;
    field.value = spoken(field.value) || field.value;
  });
}
