// What was said goes by itself; as long as it can be taken back, it stays.
export function toast(): void {
  const said = document.querySelector("#toast p");
  if (!said) return;
  const seconds = Number(document.body.dataset.undoS) || 10;
  const undo = said.querySelector("button");
  setTimeout(() => said.remove(), (undo ? seconds : 6) * 1000);
}
