/** On a page where a number may be said: loads what listens and what reads words. */
export function offerVoice(main: HTMLElement): void {
  const script = main.querySelector<HTMLElement>("button.voice")?.dataset.script;
  if (script) void import(script).then((module: typeof import("./voice")) => module.openVoice(main));
}
