const ARMED_MS = 5000;

// What cannot be taken back asks to be pressed a second time.
export function sure(): void {
  document.addEventListener("click", event => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button.danger");
    if (!button || button.dataset.armed !== undefined) return;
    event.preventDefault();
    const said = button.textContent;
    button.dataset.armed = "";
    button.textContent = document.body.dataset.sure ?? said;
    // It is read out as well: a changed name of what has the focus is not, everywhere.
    document.getElementById("toast")?.replaceChildren(Object.assign(document.createElement("p"), { className: "unseen", textContent: button.textContent }));
    const back = (): void => {
      delete button.dataset.armed;
      button.textContent = said;
    };
    setTimeout(back, ARMED_MS);
    button.addEventListener("blur", back, { once: true });
  });
}
